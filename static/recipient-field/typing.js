/** What a person types: when the directory is asked, and what Enter, Tab and separators take. */

import { Listbox } from './listbox.js';
import { parseMailboxes } from './mailboxes.js';
import { describe, isValid } from './recipients.js';
import { hasDot, repair } from './repairs.js';
import { phrase, strings } from './texts.js';

const PAUSE = 80;
const SEPARATOR_AT_END = /[,;，；]\s*$/;

export class Typing {
  #input;
  #directory;
  #notice;
  #field;
  #listbox;
  #question = new AbortController();
  #isAsking = false;
  #hasComplained = false;

  /** `field` has take(recipients), fail(error), typed() and taken(), the addresses that are there. */
  constructor(input, { label, directory, notice, field }) {
    this.#input = input;
    this.#directory = directory;
    this.#notice = notice;
    this.#field = field;
    this.#listbox = new Listbox(input, label, (row) => this.#take([row]));
    Object.assign(input, { type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: false });
    input.addEventListener('input', (event) => this.#onInput(event));
    input.addEventListener('compositionend', (event) => this.#onInput(event));
    input.addEventListener('paste', (event) => this.#onPaste(event));
    input.addEventListener('focus', () => this.suggest());
    input.addEventListener('blur', () => this.#onBlur());
  }

  get elements() {
    return this.#listbox.elements;
  }

  get text() {
    return this.#input.value.trim();
  }

  set text(text) {
    this.#input.value = text;
    this.suggest();
  }

  /** Ask the directory about the present text. A newer question ends an older one. */
  async suggest() {
    const { text } = this;
    const question = this.#ask();
    if (!text) return this.#listbox.close();
    this.#isAsking = true;
    try {
      await pause(PAUSE);
      question.throwIfAborted();
      const rows = await this.#directory.complete(text, question);
      if (!question.aborted) this.#show(rows, text);
    } catch (error) {
      if (question.aborted) return;
      this.#show([], text, false);
      this.#field.fail(error);
    }
  }

  /** End the question and close the list; whether there was something to end. */
  stop() {
    const wasOpen = this.#listbox.isOpen;
    this.#ask();
    this.#listbox.close();
    return wasOpen;
  }

  /** Go to another row, or open the list again. */
  move(step) {
    if (!this.#listbox.hasRows) return this.suggest();
    this.#ask(); // Its answer would change the rows below the highlight.
    this.#listbox.move(step, this.text);
  }

  /**
   * Take the highlighted row, or else whole addresses. All other text stays, with what is wrong:
   * nobody is addressed whom the person could not see when the key went down.
   */
  accept({ timeStamp, key }) {
    const { text } = this;
    const row = this.#listbox.seen(text, timeStamp);
    const list = parseMailboxes(text);
    if (row) this.#take([row]);
    else if (list.length && !repair(text) && isList(list)) this.#take(list);
    // An answer that is on its way says more, if the person stays to see it.
    else if (text && (key === 'Tab' || !this.#isAsking || text.includes('@'))) this.#complain(text);
  }

  /** Take the text if it is whole addresses and nothing else. */
  takeWhole() {
    const list = parseMailboxes(this.text);
    if (!list.length || !list.every(isValid) || repair(this.text)) return false;
    this.#take(list);
    return true;
  }

  /** A new question's signal, in place of the one before. */
  #ask() {
    this.#question.abort();
    this.#question = new AbortController();
    this.#isAsking = false;
    return this.#question.signal;
  }

  #show(rows, text, isAnswered = true) {
    this.#isAsking = false;
    if (text !== this.text) return;
    const address = repair(text);
    const isListed = rows.some((row) => row.address === address);
    const repaired = address && !isListed ? [{ address, match: { kind: 'corrected' } }] : [];
    const all = [...repaired, ...rows];
    this.#listbox.show(all, text, { taken: this.#field.taken(), isAnswered });
    this.#notice.say(`${phrase('suggestions', all.length)}. ${all.slice(0, 1).map(describe)}`);
  }

  #take(rows) {
    this.text = '';
    this.#field.take(rows.map(({ match, ...recipient }) => recipient));
  }

  #complain(text) {
    const meant = repair(text);
    const advice = meant ? phrase('meant', meant) : this.#listbox.hasRows && strings.choose;
    this.#notice.show(`${text}: ${[strings.invalid, advice].filter(Boolean).join(', ')}`);
    this.#hasComplained = true;
  }

  #onInput(event) {
    this.#field.typed();
    this.#listbox.outdate();
    this.#input.classList.remove('recipient-unfinished');
    if (this.#hasComplained) this.#notice.say('');
    this.#hasComplained = false;
    // While an input method shows candidates, nothing is asked; touch keyboards always compose.
    if (event.isComposing && !matchMedia('(pointer: coarse)').matches) return;
    const isEnded = SEPARATOR_AT_END.test(this.text) && parseMailboxes(this.text).every(hasDot);
    if (!isEnded || !this.takeWhole()) this.suggest();
  }

  #onPaste(event) {
    if (this.#input.readOnly) return;
    const { value, selectionStart, selectionEnd } = this.#input;
    const pasted = event.clipboardData.getData('text');
    const text = value.slice(0, selectionStart) + pasted + value.slice(selectionEnd);
    const list = parseMailboxes(text);
    if (!list.some(isValid) || repair(text.trim())) return;
    event.preventDefault();
    this.#take(list);
  }

  #onBlur() {
    const root = this.#input.getRootNode();
    if (this.#input === root.activeElement) return; // Only the window has lost the focus.
    if (this.takeWhole()) return;
    this.stop();
    this.#input.classList.toggle('recipient-unfinished', this.text !== '');
  }
}

/** Whether all are addresses, or enough of them for the others to become chips to be mended. */
function isList(mailboxes) {
  const isWhole = (each) => isValid(each) && hasDot(each);
  return mailboxes.every(isValid) || (mailboxes.length > 1 && mailboxes.some(isWhole));
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
