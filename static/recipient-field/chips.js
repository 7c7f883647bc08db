/** The box of chips before the input: which are drawn, selected and in focus; their keys and clicks. */

import { drawRecipient, element } from './drawing.js';
import { formatMailbox } from './mailboxes.js';
import { isValid, keyOf, nameOf, without } from './recipients.js';
import { phrase, strings } from './texts.js';
import { afterPress, isByTouch } from './touch.js';

const PAGE = 100;

/** Stops of the arrow keys: not the crosses, whose work the Delete key does. */
const STOPS = 'input, button:not(:empty, .recipient-remove)';

export class Chips {
  #input;
  #actions;
  #limit = PAGE;
  #recipients = [];
  #selection = new Set(); // Of keys: what is learnt of a recipient makes a new object.
  #anchor;
  #list;
  #more;

  /** `actions`: edit, expand and touch one recipient, remove some, say a text. */
  constructor(input, ariaLabel, actions) {
    this.#input = input;
    this.#actions = actions;
    this.#list = element('ul', 'chips', { role: 'list', ariaLabel });
    this.#more = element('button', 'more', { type: 'button', tabIndex: -1, onclick: () => this.#drawMore() });
    this.box = element('div', 'box', { onclick: ({ target }) => target === this.box && input.focus() });
    input.replaceWith(this.box);
    this.box.append(this.#more, this.#list, input);
    input.addEventListener('focus', () => this.#select([]));
    this.box.addEventListener('focusout', ({ relatedTarget }) => {
      if (!this.box.contains(relatedTarget)) this.#select([]);
    });
  }

  /** Of many, only the newest and those to be mended: a browser lays out all of them at each key. */
  draw(recipients) {
    afterPress(this.box, () => this.#drawAll(recipients));
  }

  #drawAll(recipients) {
    const focused = this.#buttons.indexOf(this.#focused);
    const drawn = new Map([...this.#list.children].map((item) => [item.recipient, item]));
    const faulty = recipients.filter((each) => !isValid(each));
    const shown = new Set([...recipients.filter(isValid), ...faulty].slice(-this.#limit));
    const rest = recipients.length - shown.size;
    const selection = this.#selection; // It goes with the focus.
    this.#recipients = recipients;
    this.#list.replaceChildren(...recipients.filter((each) => shown.has(each))
      .map((each) => drawn.get(each) ?? this.#draw(each)));
    this.#more.textContent = rest ? `+${phrase('recipients', rest)}` : '';
    this.#buttons[focused]?.focus();
    this.#select(recipients.filter((each) => selection.has(keyOf(each))));
  }

  /** Show the addresses of those whose names do not tell who they are. */
  distinguish(isAmbiguous) {
    for (const item of this.#list.children) {
      item.classList.toggle('recipient-distinct', isAmbiguous(item.recipient));
    }
  }

  /** What a key or a movement means: the selected ones, or else the one given. */
  meant(recipient) {
    return this.#selection.has(keyOf(recipient)) ? this.#selected : [recipient];
  }

  /** The chip of this recipient, or else the input. */
  focus(recipient) {
    const item = recipient && [...this.#list.children].find((each) => keyOf(each.recipient) === keyOf(recipient));
    (item?.firstChild ?? this.#input).focus();
  }

  /** Who comes after these. */
  after(recipients) {
    return this.#recipients[this.#indexOf(recipients.at(-1)) + 1];
  }

  /** To the last chip from the input. */
  enter({ shiftKey }) {
    this.#walk(this.#input, -1, shiftKey);
  }

  /** Whether a key on a chip is done with. */
  onKey({ key, target, shiftKey }) {
    const { recipient } = target.parentNode;
    const step = this.stepOf(key);
    if (step) this.#walk(target, step, shiftKey);
    else if (recipient && /^(Backspace|Delete)$/.test(key)) this.#actions.remove(this.meant(recipient));
    else if (/^[^ ]$/u.test(key)) this.#input.focus(); // There the letter is typed.
    return Boolean(step) || /^(Backspace|Delete)$/.test(key);
  }

  /** What an arrow key means: 1 or -1, and to an end by Home and End. */
  stepOf(key) {
    const [back, forth] = this.isRightToLeft ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
    return { [back]: -1, [forth]: 1, Home: -Infinity, End: Infinity }[key];
  }

  get isRightToLeft() {
    return this.box.matches(':dir(rtl)');
  }

  /** Select all; whether there are any. */
  selectAll() {
    if (!this.#recipients.length) return false;
    this.#list.lastChild.firstChild.focus();
    this.#select(this.#recipients);
    this.#actions.say(phrase('selected', this.#recipients.length));
    return true;
  }

  /** Copy or cut chips, if one has the focus. */
  onCopy(event) {
    const recipient = this.box.contains(this.#focused) && this.#focused.parentNode.recipient;
    if (!recipient) return;
    const meant = this.meant(recipient);
    event.clipboardData.setData('text/plain', meant.map(formatMailbox).join(', '));
    event.preventDefault();
    if (event.type === 'cut') this.#actions.remove(meant);
  }

  #drawMore() {
    this.#limit += PAGE;
    this.draw(this.#recipients);
    this.#list.firstChild.firstChild.focus();
  }

  #draw(recipient) {
    const button = (action, text, onclick, ...children) => element('button', action, {
      type: 'button', tabIndex: -1, onclick,
      ariaLabel: text && `${text} ${nameOf(recipient)}: ${strings[action]}`,
    }, text, ...children);
    return element('li', 'chip', { recipient, title: recipient.address, draggable: true },
      button('edit', null, (event) => this.#onClick(recipient, event), ...drawRecipient(recipient, recipient.address)),
      recipient.members_visible
        && button('expand', `+${recipient.member_count ?? ''}`, () => this.#actions.expand(recipient)),
      button('remove', '×', () => this.#actions.remove([recipient])));
  }

  /** One click selects, two edit; what is to be mended is edited at once, and so it is by Enter. */
  #onClick(recipient, { detail, currentTarget, ctrlKey, metaKey, shiftKey }) {
    const isToggled = ctrlKey || metaKey;
    if (!isToggled && !shiftKey && (detail !== 1 || !isValid(recipient))) return this.#actions.edit(recipient);
    currentTarget.focus();
    if (shiftKey) return this.#extend(recipient);
    const others = without(this.#selected, [recipient]);
    const wasSelected = others.length < this.#selection.size;
    this.#select(!isToggled ? [] : wasSelected ? others : [...others, recipient]);
    this.#anchor = recipient;
    if (isByTouch()) this.#actions.touch(recipient);
  }

  #walk(from, step, isSelecting) {
    const stops = [...this.box.querySelectorAll(STOPS)];
    (stops[Math.max(stops.indexOf(from) + step, 0)] ?? this.#input).focus();
    const { recipient } = this.#focused.parentNode;
    if (!isSelecting) this.#select([]);
    if (!isSelecting || from === this.#input) this.#anchor = recipient;
    if (isSelecting && recipient) this.#extend(recipient);
  }

  /** Select from the anchor to a recipient. */
  #extend(recipient) {
    const [start, end] = [this.#anchor ?? recipient, recipient]
      .map((each) => this.#indexOf(each)).sort((a, b) => a - b);
    this.#select([...this.#selected, ...this.#recipients.slice(Math.max(start, 0), end + 1)]);
  }

  #select(recipients) {
    this.#selection = new Set(recipients.map(keyOf));
    for (const item of this.#list.children) {
      const isSelected = this.#selection.has(keyOf(item.recipient));
      item.classList.toggle('recipient-selected', isSelected);
      item.firstChild.ariaPressed = isSelected ? true : null;
    }
  }

  get #selected() {
    return this.#recipients.filter((each) => this.#selection.has(keyOf(each)));
  }

  #indexOf(recipient) {
    return this.#recipients.findIndex((each) => keyOf(each) === keyOf(recipient));
  }

  get #buttons() {
    return [...this.#list.querySelectorAll('button')];
  }

  get #focused() {
    return this.box.getRootNode().activeElement;
  }
}
