/** The parts of the dialog, from its search to its buttons, and what they say. */

import { element } from '../recipient-field/drawing.js';
import { phrase as fieldPhrase } from '../recipient-field/texts.js';
import { describeFailure } from './failures.js';
import { phrase, strings } from './texts.js';

/** Which contacts are shown; the last one is those that are ticked. */
export const VIEWS = ['all', 'groups', 'people', 'ticked'];

export class Panel {
  #actions;
  #tabs;
  #status = element('p', 'status', { role: 'status' });
  #count = element('span', 'count', { role: 'status' });
  #end = element('div', 'end');
  #more;
  #clear;
  #bar;
  #sight;

  /** `actions`: show(view), typed(), more(), clear(), addTo(name), close(). */
  constructor(list, targets, actions) {
    this.#actions = actions;
    this.search = element('input', 'search', {
      type: 'text', role: 'searchbox', autocomplete: 'off', autocapitalize: 'none', spellcheck: false,
      enterKeyHint: 'search', maxLength: 300, placeholder: strings.search, ariaLabel: strings.search,
      oninput: (event) => event.isComposing || actions.typed(),
      oncompositionend: () => actions.typed(),
    });
    this.search.setAttribute('form', ''); // It is not the message's.
    this.#tabs = VIEWS.map((view) => button('tab', strings[view], () => actions.show(view)));
    this.#more = button('more', strings.more, () => actions.more());
    this.#clear = button('clear', strings.clear, () => actions.clear());
    this.scroller = element('div', 'scroller', { tabIndex: -1 }, list, this.#end);
    this.#bar = this.#drawBar(targets);
    this.dialog = element('dialog', 'dialog', { ariaLabel: strings.title }, element('div', 'frame', {},
      element('div', 'head', {},
        element('h2', 'title', { textContent: strings.title }),
        button('close', '×', () => actions.close(), strings.close)),
      this.search,
      element('div', 'tabs', { role: 'group', ariaLabel: strings.show }, ...this.#tabs),
      this.#status, this.scroller, this.#bar));
    // The next page comes before the end of this one is seen.
    this.#sight = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && actions.more(),
      { root: this.scroller, rootMargin: '400px' });
  }

  set view(view) {
    this.#tabs.forEach((tab, i) => { tab.ariaPressed = VIEWS[i] === view; });
  }

  /** Say how many rows there are, and what stands below them. */
  showEnd(size, { hasMore, isCut, nothing, view }) {
    const isNarrow = view !== 'all' && view !== 'ticked';
    this.#say(size ? phrase(view === 'ticked' ? 'chosen' : hasMore ? 'partly' : 'found', size) : nothing);
    if (hasMore) this.#setEnd(this.#more);
    else if (isCut) this.#setEnd(phrase('cut', size));
    else if (!size && isNarrow) this.#setEnd(button('more', strings.everywhere, () => this.#actions.show('all')));
    else this.#setEnd();
    if (hasMore) this.#sight.observe(this.#more);
  }

  /** An answer is on its way; to a new question, if what is shown answers another one. */
  wait(isNew) {
    this.#say(strings.waiting);
    this.scroller.ariaBusy = isNew;
  }

  fail(error, retry) {
    this.#say('');
    const failure = element('p', 'failure', { role: 'alert' });
    this.#setEnd(failure);
    failure.append(...describeFailure(error, retry));
  }

  /** Say how many are ticked, and whom they reach. */
  count({ size, reach: [all, external] }) {
    const facts = [
      phrase('chosen', size),
      all !== size && phrase('reach', all),
      external > 0 && fieldPhrase('external', external),
    ];
    this.#count.textContent = size ? facts.filter(Boolean).join(' · ') : '';
    const tab = this.#tabs[VIEWS.indexOf('ticked')];
    tab.textContent = phrase('ticked', size);
    tab.classList.toggle('recipient-some', size > 0);
    this.#bar.classList.toggle('recipient-some', size > 0);
    for (const each of this.#bar.querySelectorAll('button')) each.disabled = !size;
  }

  #drawBar(targets) {
    const adds = targets.map((name) => button('add', strings[name], () => this.#actions.addTo(name),
      `${strings.add} ${strings[name]}`));
    return element('div', 'bar', {},
      element('div', 'chosen', {}, this.#count, this.#clear),
      element('div', 'adds', { role: 'group', ariaLabel: strings.add },
        element('span', 'add-label', { textContent: strings.add, ariaHidden: true }), ...adds),
      element('p', 'keys', { textContent: phrase('keys', strings[targets[0]]) }));
  }

  #setEnd(...parts) {
    const hadFocus = this.#end.matches(':focus-within');
    this.#sight.disconnect();
    this.#end.replaceChildren(...parts);
    if (hadFocus) (parts.includes(this.#more) ? this.#more : this.search).focus();
  }

  #say(text) {
    this.#status.textContent = text;
    this.scroller.ariaBusy = false;
  }
}

/** A button with a text, and a longer name for those who do not see where it stands. */
function button(part, textContent, onclick, ariaLabel = null) {
  return element('button', part, { type: 'button', textContent, onclick, ariaLabel });
}
