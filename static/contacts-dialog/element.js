/** The custom element around a page's own button; how and why: docs/contacts-dialog.md */

import { AddressBook } from './address-book.js';
import { listenForKeys } from './keys.js';
import { Panel } from './panel.js';
import { Rows } from './rows.js';
import { Search } from './search.js';
import { addTo, findTaken, targetNames } from './targets.js';
import { strings } from './texts.js';
import { Ticks } from './ticks.js';

const PAUSE = 120;
const KINDS = { groups: 'group', people: 'person' };

/** Its public members are described in contacts-dialog.d.ts. */
export class ContactsDialog extends HTMLElement {
  #book = new AddressBook(this);
  #ticks = new Ticks(() => this.#onTicks());
  #rows = new Rows(this.#book, this.#ticks);
  #search = new Search(this.#book, {
    page: (items, facts) => this.#show(items, facts),
    wait: (isFirst) => this.#panel.wait(isFirst),
    fail: (error, isFirst) => this.#fail(error, isFirst),
  });

  #panel;
  #view = 'all';
  #timer;

  connectedCallback() {
    this.addEventListener('click', this);
    this.querySelector('button')?.setAttribute('aria-haspopup', 'dialog');
  }

  disconnectedCallback() {
    this.removeEventListener('click', this);
    this.close();
  }

  /** A click on the page's own button. */
  handleEvent({ target }) {
    if (target.closest('button') && !this.#panel?.dialog.contains(target)) this.open();
  }

  get isOpen() {
    return Boolean(this.#panel?.dialog.open);
  }

  open() {
    if (this.isOpen || !this.isConnected) return;
    this.#panel ??= this.#build();
    this.append(this.#panel.dialog);
    this.#panel.dialog.showModal();
    this.#panel.search.focus();
    this.#panel.count(this.#ticks);
    this.#ask();
  }

  close() {
    clearTimeout(this.#timer);
    this.#search.stop();
    this.#panel?.dialog.close();
  }

  #build() {
    const panel = new Panel(this.#rows.list, targetNames(this), {
      show: (view) => this.#turnTo(view),
      typed: () => this.#onTyped(),
      more: () => this.#search.more(),
      clear: () => this.#clear(),
      addTo: (name) => this.#addTo(name),
      close: () => this.close(),
    });
    listenForKeys(panel, this.#rows, { add: () => this.#addCurrent() });
    panel.dialog.addEventListener('close', () => this.#search.stop());
    // A click beside the dialog is one on its backdrop: inside, the frame takes it.
    panel.dialog.addEventListener('click', ({ target }) => target === panel.dialog && this.close());
    return panel;
  }

  /* What is shown */

  #onTyped() {
    clearTimeout(this.#timer);
    if (this.#view === 'ticked') this.#view = 'all';
    this.#search.stop(); // An answer to another text is of no use any more.
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  #turnTo(view) {
    this.#view = view;
    clearTimeout(this.#timer);
    this.#ask();
  }

  #ask() {
    this.#panel.view = this.#view;
    if (this.#view === 'ticked') {
      this.#search.stop();
      this.#show(this.#ticks.recipients, { isFirst: true, nothing: strings.untouched });
    } else {
      this.#search.ask({ text: this.#panel.search.value.trim(), kind: KINDS[this.#view] });
    }
  }

  #show(items, { isFirst, isCut, hasMore, text, nothing = text ? strings.none : strings.empty }) {
    if (isFirst) {
      const hadFocus = this.#rows.list.matches(':focus-within');
      this.#rows.show(items, findTaken(this));
      this.#panel.scroller.scrollTop = 0;
      // Who went to the rows before the answer came goes on there.
      if (hadFocus && !this.#rows.focus()) this.#panel.search.focus();
    } else {
      this.#rows.append(items);
    }
    this.#panel.showEnd(this.#rows.size, { hasMore, isCut, nothing, view: this.#view });
  }

  #fail(error, isFirst) {
    if (isFirst) {
      if (this.#rows.list.matches(':focus-within')) this.#panel.search.focus();
      this.#rows.show([], new Map());
    }
    this.#panel.fail(error, () => this.#search.again());
    const detail = { status: error.status ?? 0 };
    this.dispatchEvent(new CustomEvent('directoryerror', { bubbles: true, detail }));
  }

  /* What is ticked */

  #onTicks() {
    this.#rows.refresh();
    this.#panel.count(this.#ticks);
  }

  #clear() {
    this.#ticks.clear();
    if (this.#view === 'ticked') this.#turnTo('all');
    this.#panel.search.focus();
  }

  /** Enter on a row adds those that are ticked, or else that one. */
  #addCurrent() {
    const { current } = this.#rows;
    if (!this.#ticks.size && current) this.#ticks.set([current], true);
    if (this.#ticks.size) this.#addTo(targetNames(this)[0]);
    return true;
  }

  #addTo(field) {
    const { recipients } = this.#ticks;
    this.#ticks.clear();
    this.close(); // Before the field speaks, which nobody could hear behind the dialog.
    const options = { bubbles: true, cancelable: true, detail: { field, recipients } };
    if (this.dispatchEvent(new CustomEvent('contacts-chosen', options))) addTo(this, field, recipients);
  }
}

if (!customElements.get('contacts-dialog')) customElements.define('contacts-dialog', ContactsDialog);
