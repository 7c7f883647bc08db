/** The list: a row for each contact, with a tick; which row has the focus, and what arrow keys do. */

import { drawRecipient, drawVia, element } from '../recipient-field/drawing.js';
import { keyOf, reasonOf } from '../recipient-field/recipients.js';
import { drawInside } from './members.js';
import { phrase, strings } from './texts.js';

/** Rows that PageUp and PageDown go over. */
const PAGE = 8;

export class Rows {
  #book;
  #ticks;
  #taken = new Map();
  #anchor;

  constructor(book, ticks) {
    this.#book = book;
    this.#ticks = ticks;
    this.list = element('ul', 'list', {
      role: 'list', ariaLabel: strings.list,
      onclick: (event) => this.#onClick(event),
    });
    this.list.addEventListener('focusin', (event) => this.#enter(rowAround(event.target)));
  }

  get size() {
    return this.#rows.length;
  }

  /** Show these; `taken` says in which fields they may be already. */
  show(recipients, taken) {
    this.#taken = taken;
    this.#anchor = undefined;
    this.list.replaceChildren();
    this.append(recipients);
  }

  /** Add those of the next page; one that a change has moved there from this page is here already. */
  append(recipients) {
    const known = new Set(this.#rows.map(({ recipient }) => keyOf(recipient)));
    const fresh = recipients.filter((each) => !known.has(keyOf(each)));
    this.list.append(...fresh.map((each) => this.#draw(each)));
    if (!this.list.querySelector('input[tabindex="0"]')) this.#enter(this.#rows[0]);
  }

  /** Let every tick be as it is kept. */
  refresh() {
    for (const row of this.#rows) row.tick.checked = row.isTaken || this.#ticks.has(row.recipient);
  }

  /** Go to the row that had the focus, or the first one; whether there is any. */
  focus() {
    const tick = this.list.querySelector('input[tabindex="0"]');
    tick?.focus();
    return Boolean(tick);
  }

  /** The contact whose row has the focus. */
  get current() {
    const row = rowAround(this.list.getRootNode().activeElement);
    return row?.isTaken === false ? row.recipient : undefined;
  }

  /** What a key does on a row; false where it does nothing here, 'above' before the first row. */
  onKey({ key, target }) {
    const row = rowAround(target);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE, Home: -Infinity, End: Infinity }[key];
    if (step) return this.#move(row, step);
    const forth = this.list.matches(':dir(rtl)') ? 'ArrowLeft' : 'ArrowRight';
    if (key === forth) row.querySelector('button')?.focus();
    else if (/^Arrow(Left|Right)$/.test(key)) row.tick.focus();
    else return false;
    return true;
  }

  #move(row, step) {
    const rows = this.#rows;
    const place = rows.indexOf(row) + step;
    if (place < 0 && step === -1) return 'above';
    const next = rows[Math.max(0, Math.min(place, rows.length - 1))];
    next.tick.focus();
    next.scrollIntoView({ block: 'nearest' });
    return true;
  }

  #draw(recipient) {
    const where = this.#taken.get(keyOf(recipient));
    const isTaken = where !== undefined;
    const tick = element('input', 'tick', {
      type: 'checkbox', tabIndex: -1, checked: isTaken || this.#ticks.has(recipient), ariaDisabled: isTaken || null,
    });
    tick.setAttribute('form', ''); // It is not the message's.
    const drawn = drawRecipient(recipient, recipient.address, recipient.match);
    const note = isTaken && element('span', 'note', { textContent: phrase('already', strings[where]) });
    const label = element('label', 'pick', { title: titleOf(recipient) },
      tick, ...drawn, note, drawVia(recipient, recipient.match ?? {}));
    const inside = recipient.kind === 'group' ? drawInside(recipient, this.#book) : [];
    return element('li', 'row', { recipient, tick, isTaken }, label, ...inside);
  }

  /** A tick was set, or with Shift all from the one before to this one. */
  #onClick(event) {
    const row = rowAround(event.target);
    if (event.target !== row?.tick) return;
    if (row.isTaken) return event.preventDefault();
    const rows = this.#rows;
    const range = [rows.indexOf(event.shiftKey ? this.#anchor ?? row : row), rows.indexOf(row)];
    const [start, end] = range.sort((a, b) => a - b);
    const meant = rows.slice(Math.max(start, 0), end + 1).filter((each) => !each.isTaken);
    this.#anchor = row;
    this.#ticks.set(meant.map(({ recipient }) => recipient), row.tick.checked);
  }

  /** Only one row is on the way of the Tab key. */
  #enter(row) {
    for (const each of this.list.querySelectorAll('[tabindex="0"]')) each.tabIndex = -1;
    for (const each of row?.querySelectorAll('input, .recipient-members-button') ?? []) each.tabIndex = 0;
  }

  get #rows() {
    return [...this.list.children];
  }
}

const rowAround = (target) => target?.closest?.('.recipient-row');

/** Long names and addresses are cut. */
const titleOf = (entry) => [entry.name, entry.address, reasonOf(entry)].filter(Boolean).join('\n');
