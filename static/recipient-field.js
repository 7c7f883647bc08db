/** <recipient-field>: suggestions and chips around the page's own input; see docs/recipient-field.md. */

import { format, isAddress, parseList } from './recipient-field/addresses.js';
import { complete } from './recipient-field/directory.js';
import { expand, guard } from './recipient-field/sending.js';
import { count, strings } from './recipient-field/strings.js';
import { chip, describe, element, nameOf, option } from './recipient-field/view.js';

const key = ({ address }) => address.toLowerCase();
const isValid = ({ address }) => isAddress(address);

class RecipientField extends HTMLElement {
  static formAssociated = true;

  /** Entries of the completions API, or what was typed. */
  recipients = [];

  #internals = this.attachInternals();
  #question; // not answered yet

  connectedCallback() {
    const input = this.querySelector('input, textarea');
    if (this.input || !input) return;
    const hadFocus = input === document.activeElement;
    const ariaLabel = input.labels[0]?.textContent;
    this.input = input;
    this.isBlind = this.hasAttribute('quiet') || /bcc/i.test(input.name); // Recipients don't see each other.
    this.chips = element('ul', { role: 'list', ariaLabel });
    this.list = element('ul', {
      role: 'listbox', ariaLabel, id: `${input.id}-list`,
      onpointerdown: () => false, // The input keeps the focus.
      onclick: ({ target }) => this.#take([target.closest('li').recipient]),
    });
    this.status = element('p', { role: 'status' });
    const box = element('div', {
      onkeydown: (event) => this.#onKey(event),
      oninput: (event) => this.#onInput(event),
      onpaste: (event) => this.#onPaste(event),
      onclick: ({ target }) => target === box && input.focus(),
    });
    input.addEventListener('compositionend', (event) => this.#onInput(event));
    input.addEventListener('focus', () => this.#suggest());
    input.addEventListener('blur', () => this.#onBlur());
    Object.assign(input, { role: 'combobox', ariaAutoComplete: 'list', autocomplete: 'off', spellcheck: false });
    input.setAttribute('aria-controls', this.list.id);
    input.setAttribute('form', ''); // The form talks to this element instead.
    this.setAttribute('name', input.name);
    input.replaceWith(box);
    box.append(this.chips, input);
    this.append(this.list, this.status);
    this.value = input.value;
    if (hadFocus) input.focus();
    if (!this.hasAttribute('quiet')) guard(this, this.#internals.form);
  }

  /** An ordinary To string; what is still being typed belongs to it. */
  get value() {
    return this.#everybody.map(format).join(', ');
  }

  set value(text) {
    this.input.value = '';
    this.#suggest();
    this.update(parseList(text));
  }

  get #everybody() {
    return [...this.recipients, ...parseList(this.input.value)];
  }

  /** To, Cc and Bcc: the fields of this form. */
  get fields() {
    return [...(this.#internals.form ?? document).querySelectorAll('recipient-field:defined')];
  }

  formResetCallback() {
    this.value = this.input.defaultValue;
  }

  formStateRestoreCallback(value) {
    this.value = value;
  }

  get #taken() {
    return new Set(this.fields.flatMap(({ recipients }) => recipients).map(key));
  }

  /** Adds those whom no field of the form has yet. */
  add(recipients) {
    const taken = this.#taken;
    const added = recipients.filter((each) => !taken.has(key(each)) && taken.add(key(each)));
    const double = recipients.find((each) => !added.includes(each));
    this.say(double ? `${nameOf(double)}: ${strings.already}` : `${added.map(nameOf)}: ${strings.added}`, double && {});
    this.update([...this.recipients, ...added]);
  }

  /** Shows these chips and tells the form. */
  update(recipients) {
    const buttons = this.chips.getElementsByTagName('button');
    const focused = [...buttons].indexOf(document.activeElement);
    this.recipients = recipients;
    this.chips.replaceChildren(...recipients.map((each) => chip(each, this)));
    buttons[focused]?.focus();
    this.#tellForm();
    this.dispatchEvent(new Event('change', { bubbles: true }));
    this.#identify();
  }

  #tellForm() {
    const { input, value } = this;
    const bad = this.#everybody.find((each) => !isValid(each));
    const fault = bad ? `${bad.address}: ${strings.invalid}` : value ? '' : input.validationMessage;
    this.#internals.setValidity({ customError: fault }, fault, input);
    this.#internals.setFormValue(value);
  }

  /** The directory knows names, icons and warnings for typed addresses, and who is meant by a name. */
  async #identify() {
    const unknown = this.recipients.slice(-20).find(({ kind }) => !kind);
    if (!unknown) return;
    unknown.kind = isValid(unknown) ? 'contact' : 'invalid';
    const rows = await complete(this, unknown.address).catch(() => []);
    const known = isValid(unknown) ? rows.find((row) => key(row) === key(unknown)) : rows[0];
    Object.assign(unknown, known, { name: unknown.name || known?.name });
    this.update(this.recipients);
  }

  /** Speaks after a pause, in which a newer text may take over; with actions, shows it at once. */
  say(text, actions) {
    const speak = () => {
      this.status.className = actions ? 'shown' : '';
      this.status.replaceChildren(text, ...Object.entries(actions ?? {}).map(([textContent, act]) =>
        element('button', { type: 'button', textContent, onclick: () => { this.say(''); this.input.focus(); act(); } })));
    };
    clearTimeout(this.timer);
    if (actions) speak(); else this.timer = setTimeout(speak, 300);
    this.status.querySelector('button')?.focus();
  }

  async #suggest(text = this.input.value.trim()) {
    this.#question?.abort();
    const question = this.#question = text && new AbortController();
    if (!text) return this.#show([]);
    await new Promise((resolve) => setTimeout(resolve, 80));
    setTimeout(() => question.abort(), 5000);
    const rows = await complete(this, text, question.signal).catch(() => {});
    if (question !== this.#question) return;
    this.#question = null;
    this.#show(rows ?? []);
    if (rows) this.say([count('suggestions', rows.length), ...rows.slice(0, 1).map(describe)].join('. '));
    else this.say(strings.offline, {});
  }

  #show(rows) {
    const taken = this.#taken;
    const text = this.input.value.trim().toLowerCase();
    this.list.replaceChildren(...rows.map((row, i) => option(row, `${this.list.id}-${i}`, taken.has(key(row)))));
    this.list.hidden = !rows.length;
    this.input.ariaExpanded = `${rows.length > 0}`;
    this.input.removeAttribute('aria-activedescendant');
    // A complete address is taken as typed, never corrected to somebody else's.
    if (!isAddress(text) || rows[0]?.address.startsWith(text)) this.#select(this.list.firstChild);
  }

  get #selected() {
    return this.list.querySelector('[aria-selected]');
  }

  #select(row) {
    this.#selected?.removeAttribute('aria-selected');
    row?.setAttribute('aria-selected', true);
  }

  #move(step) {
    const rows = [...this.list.children];
    const row = rows.at((rows.indexOf(this.#selected) + step) % rows.length);
    if (!row) return this.#suggest();
    this.#select(row);
    // Only now: naming a row while letters are typed would silence their echo.
    this.input.setAttribute('aria-activedescendant', row.id);
    row.scrollIntoView({ block: 'nearest' });
  }

  #take(recipients) {
    this.input.value = '';
    this.#suggest();
    this.add(recipients);
  }

  /** Takes the highlighted row, else the text; who is meant by it may turn out later. */
  #accept() {
    const address = this.input.value.trim();
    if (!this.#question && this.#selected) this.#take([this.#selected.recipient]);
    else if (address && !this.#takeWhole()) this.#take(this.#question ? [{ address }] : parseList(address));
  }

  #onKey(event) {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[key];
    if (target !== this.input) {
      if (step) this.#walk(target, step);
      else if (key === 'Backspace' || key === 'Delete') this.remove(target.parentNode.recipient);
      else if (/^[^ ]$/u.test(key)) return this.input.focus(); // The letter is typed there.
      else return;
    } else if (key === 'Tab') return this.#accept();
    else if (key === 'Enter') this.#accept();
    else if (key === 'ArrowDown') this.#move(1);
    else if (key === 'ArrowUp') this.#move(-1);
    else if (key === 'Escape' && !this.list.hidden) this.#suggest('');
    else if ((key === 'Backspace' || key === 'ArrowLeft') && !target.selectionEnd && !event.repeat) this.#walk(target, -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** From a chip or the input to its neighbour. */
  #walk(from, step) {
    const stops = [...this.chips.querySelectorAll('.recipient-edit, .recipient-expand'), this.input];
    (stops[Math.max(stops.indexOf(from) + step, 0)] ?? this.input).focus();
  }

  #onInput(event) {
    this.#tellForm();
    // While composing, the keys and the place below belong to the input method, but not on touch screens.
    if (event.isComposing && !matchMedia('(pointer: coarse)').matches) return;
    if (!/[,;，；]\s*$/.test(this.input.value) || !this.#takeWhole()) this.#suggest();
  }

  #onPaste(event) {
    const { value, selectionStart, selectionEnd } = this.input;
    const pasted = event.clipboardData.getData('text');
    const list = parseList(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd));
    if (!list.some(isValid)) return;
    event.preventDefault();
    this.#take(list);
  }

  #onBlur() {
    // If only the window lost the focus, the input is still active.
    if (this.input !== document.activeElement && !this.#takeWhole()) this.#suggest('');
  }

  #takeWhole() {
    const list = parseList(this.input.value);
    const isWhole = list.length && list.every(isValid);
    if (isWhole) this.#take(list);
    return isWhole;
  }

  /** Enter, a double click, or a click on what is not an address. */
  edit(recipient, { detail, currentTarget }) {
    if (detail === 1 && isValid(recipient)) return currentTarget.focus();
    const typed = parseList(this.input.value);
    this.input.value = format(recipient);
    this.remove(recipient);
    this.add(typed);
    this.input.focus();
  }

  expand(group) {
    expand(this, group).catch(() => this.say(strings.offline, {}));
  }

  remove(recipient) {
    const index = this.recipients.indexOf(recipient);
    this.update(this.recipients.filter((each) => each !== recipient));
    (this.chips.children[index]?.firstChild ?? this.input).focus();
    this.say(`${nameOf(recipient)}: ${strings.removed}`);
  }
}

customElements.define('recipient-field', RecipientField);
