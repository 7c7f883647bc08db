/** The list of suggestions below the input, and which row of it Enter may take. */

import { drawRecipient, drawVia, element } from './drawing.js';
import { isCertain, matchOf } from './matching.js';
import { keyOf } from './recipients.js';
import { strings } from './texts.js';

export class Listbox {
  #input;
  #empty = element('p', 'empty', { hidden: true, ariaHidden: true });
  #highlight = {};
  #pressed;

  constructor(input, ariaLabel, onTake) {
    const id = `${input.id}-list`;
    this.#input = input;
    this.list = element('ul', 'list', {
      role: 'listbox', id, ariaLabel, hidden: true,
      onpointerdown: (event) => this.#press(event),
      onclick: (event) => this.#click(event, onTake),
    });
    Object.assign(input, { role: 'combobox', ariaAutoComplete: 'list', ariaExpanded: false });
    input.setAttribute('aria-controls', id);
  }

  get elements() {
    return [this.list, this.#empty];
  }

  get isOpen() {
    return !this.list.hidden || !this.#empty.hidden;
  }

  get hasRows() {
    return !this.list.hidden;
  }

  /** Show the answer to `text`; the first row is highlighted if it is what the text says. */
  show(rows, text, { taken, isAnswered }) {
    const rowOf = (recipient, i) => this.#draw(recipient, i, text, taken.has(keyOf(recipient)));
    this.list.replaceChildren(...rows.map(rowOf));
    this.list.hidden = !rows.length;
    this.#input.ariaExpanded = rows.length > 0;
    // An address that nobody has yet is nothing to wonder at.
    const isMissing = isAnswered && !rows.length && !text.includes('@');
    this.#empty.hidden = !isMissing;
    this.#empty.textContent = isMissing ? strings.none : '';
    this.outdate();
    if (rows.length && isCertain(rows[0], text)) this.#select(this.list.firstChild, text);
  }

  /** The text has changed: the rows stay until the next answer, but Enter takes none of them. */
  outdate() {
    this.#highlight.row?.removeAttribute('aria-selected');
    this.#highlight = {};
    this.#input.removeAttribute('aria-activedescendant');
  }

  close() {
    this.outdate();
    this.list.replaceChildren();
    this.list.hidden = this.#empty.hidden = true;
    this.#input.ariaExpanded = false;
  }

  /** Go to another row by an arrow key. */
  move(step, text) {
    const rows = [...this.list.children];
    const index = rows.indexOf(this.#highlight.row);
    const row = rows.at(index < 0 && step < 0 ? -1 : (index + step) % rows.length);
    this.outdate();
    this.#select(row, text);
    // Not before an arrow key: a screen reader would stop speaking the letters that are typed.
    this.#input.setAttribute('aria-activedescendant', row.id);
    row.scrollIntoView({ block: 'nearest' });
  }

  /** The highlighted recipient, if it was to be seen for this text when the key went down. */
  seen(text, timeStamp) {
    const { row, ...highlight } = this.#highlight;
    return highlight.text === text && highlight.since <= timeStamp ? row.recipient : undefined;
  }

  #select(row, text) {
    row.ariaSelected = true;
    this.#highlight = { row, text, since: performance.now() };
  }

  #draw(recipient, i, text, isTaken) {
    const address = isTaken ? strings.already : recipient.address;
    const match = isTaken ? {} : matchOf(recipient, text);
    const drawn = [...drawRecipient(recipient, address, match), drawVia(recipient, match)];
    const isGuess = recipient.match?.kind === 'corrected';
    const note = isGuess && element('span', 'note', { textContent: strings.mean });
    return element('li', 'option', { recipient, id: `${this.list.id}-${i}`, role: 'option' }, ...drawn, note);
  }

  #press(event) {
    event.preventDefault(); // The focus stays in the input.
    this.#pressed = rowAt(event);
  }

  /** A click counts for the row that it began on: rows may change below the pointer. */
  #click(event, onTake) {
    const row = rowAt(event);
    const isFromAssistiveTechnology = event.detail === 0;
    if (row && (row === this.#pressed || isFromAssistiveTechnology)) onTake(row.recipient);
  }
}

const rowAt = ({ target }) => target.closest('[role=option]');
