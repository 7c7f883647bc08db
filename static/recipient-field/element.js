/** The custom element around a page's own input; how and why: docs/recipient-field.md */

import { whenInputComes } from './arrival.js';
import { Chips } from './chips.js';
import { Directory } from './directory.js';
import { listenForDragging } from './dragging.js';
import { historyOf } from './history.js';
import { listenForKeys } from './keys.js';
import { Lookup } from './lookup.js';
import { formatMailbox, parseMailboxes } from './mailboxes.js';
import { Notice } from './notice.js';
import { foldedName, keyOf, nameOf, outcome, sharedNames, whoAre, without } from './recipients.js';
import { guardSending } from './sending.js';
import { phrase, strings } from './texts.js';
import { isByTouch } from './touch.js';
import { Typing } from './typing.js';

const LIMIT = 50;

/** Its public members are described in recipient-field.d.ts. */
export class RecipientField extends HTMLElement {
  // Not a field: bundlers rewrite all private members of a class that has a static one.
  static get formAssociated() {
    return true;
  }

  #internals = this.attachInternals();
  #connection = new AbortController();
  #directory = new Directory(this);
  #lookup = new Lookup(this.#directory);
  #notice = new Notice(() => this.#input.focus());
  #recipients = [];
  #input;
  #label;
  #chips;
  #typing;

  connectedCallback() {
    this.#connection = new AbortController();
    if (this.#input) this.#connect();
    else whenInputComes(this, this.#connection.signal, (input) => {
      this.#build(input);
      this.#connect();
    });
  }

  disconnectedCallback() {
    this.#connection.abort();
    this.#typing?.stop();
    this.#notice.stop();
  }

  formDisabledCallback(isDisabled) {
    if (this.#input) this.#input.disabled = isDisabled;
  }

  formResetCallback() {
    if (this.#input) this.value = this.#input.defaultValue;
  }

  formStateRestoreCallback(value) {
    this.value = value;
  }

  get input() {
    return this.#input ?? null;
  }

  get form() {
    return this.#internals.form;
  }

  get name() {
    return this.getAttribute('name') ?? '';
  }

  set name(name) {
    this.setAttribute('name', name);
  }

  get value() {
    return this.#everybody.map(formatMailbox).join(', ');
  }

  set value(text) {
    this.#typing.text = '';
    this.#history.clear();
    this.#update(parseMailboxes(text ?? ''));
  }

  get recipients() {
    return [...this.#recipients];
  }

  set recipients(recipients) {
    this.#history.clear();
    this.#update([...recipients]);
  }

  add(recipients) {
    this.#step(() => this.#add([...recipients]));
  }

  undo() {
    return this.#restore(this.#history.undo(this.#state));
  }

  redo() {
    return this.#restore(this.#history.redo(this.#state));
  }

  /* How it begins */

  #build(input) {
    const { name, value } = input;
    const root = this.getRootNode();
    const { activeElement } = root;
    const label = (input.labels[0]?.textContent ?? input.ariaLabel ?? name).trim();
    this.name = name;
    this.#input = input;
    this.#label = label;
    this.#chips = new Chips(input, label, {
      edit: (recipient) => this.#edit(recipient),
      expand: (group) => this.#expand(group),
      remove: (recipients) => this.#remove(recipients),
      touch: (recipient) => this.#offer(recipient),
      say: (text) => this.#notice.say(text),
    });
    this.#typing = new Typing(input, {
      label,
      directory: this.#directory,
      notice: this.#notice,
      field: {
        take: (recipients) => this.add(recipients),
        taken: () => this.#taken,
        typed: () => this.#tellForm(),
        fail: (error) => this.#fail(error),
      },
    });
    listenForKeys(input, this.#chips, this.#typing, {
      undo: () => this.undo(),
      redo: () => this.redo(),
      moveBy: (step, recipient) => this.#moveBy(step, recipient),
    });
    // The element takes part in the form instead of the input.
    input.setAttribute('form', '');
    if (input.disabled) this.setAttribute('disabled', '');
    input.disabled = this.matches(':disabled');
    this.append(...this.#typing.elements, this.#notice.element);
    listenForDragging(this, {
      meant: (recipient) => this.#chips.meant(recipient),
      onDrop: (from, recipients) => from.#move(recipients, this),
    });
    this.value = value;
    // An input that is moved loses the focus.
    if (activeElement === input) input.focus();
  }

  /** Begin what ends with the connection to the page. */
  #connect() {
    const { signal } = this.#connection;
    for (const type of ['copy', 'cut']) {
      // With a chip in focus, browsers send these to various elements.
      this.ownerDocument.addEventListener(type, (event) => this.#chips.onCopy(event), { signal });
    }
    if (this.form && !this.#isQuiet) this.#guard(signal);
    this.#identify();
  }

  #guard(signal) {
    const sent = () => this.#fields.filter((field) => !field.#input.disabled);
    // Where it is not seen, the question would only hold the message back.
    const isFirst = () => this === sent().find((field) => !field.#isQuiet && field.checkVisibility());
    guardSending(this.form, {
      signal,
      notice: this.#notice,
      limit: () => Number(this.getAttribute('warn-above') ?? LIMIT),
      recipients: () => (isFirst() ? sent().flatMap((field) => field.#everybody) : undefined),
    });
  }

  /* State */

  get #everybody() {
    return [...this.#recipients, ...parseMailboxes(this.#input?.value ?? '')];
  }

  /** The fields of the form, or else of the page, in their order. */
  get #fields() {
    const { form } = this;
    const all = form ? form.elements : this.getRootNode().querySelectorAll('recipient-field');
    const fields = [...all].filter((each) => each instanceof RecipientField && each.#input);
    return fields.includes(this) ? fields : [this];
  }

  /** Those that a person can see and change, this one included, in their order. */
  get #reachable() {
    return this.#fields.filter((field) => field === this || (!field.#isFixed && field.checkVisibility()));
  }

  /** Whether a person may change nothing: disabled, in a disabled fieldset, or read-only. */
  get #isFixed() {
    return this.#input.matches(':read-only');
  }

  get #taken() {
    return new Set(this.#fields.flatMap((field) => field.#recipients).map(keyOf));
  }

  get #isQuiet() {
    return this.matches('[quiet]');
  }

  /** Whether recipients here do not see each other. */
  get #isBlind() {
    return this.#isQuiet || /bcc/i.test(this.name);
  }

  get #history() {
    return historyOf(this.form ?? this.ownerDocument);
  }

  /** The recipients of all fields; arrays are never changed in place. */
  get #state() {
    return new Map(this.#fields.map((field) => [field, field.#recipients]));
  }

  /** Do what can be undone. */
  #step(change) {
    const before = this.#state;
    change();
    if ([...before].some(([field, recipients]) => field.#recipients !== recipients)) this.#history.record(before);
  }

  #restore(state) {
    for (const [field, recipients] of state ?? []) field.#update(recipients);
    return Boolean(state);
  }

  #update(recipients) {
    this.#recipients = recipients.map((each) => this.#lookup.complete(each));
    this.#chips.draw(this.#recipients);
    this.#tellForm();
    this.#distinguish();
    this.dispatchEvent(new Event('change', { bubbles: true }));
    this.#identify();
  }

  #tellForm() {
    const { value } = this;
    const isMissing = this.#input.required && !value;
    this.#internals.setValidity({ valueMissing: isMissing }, this.#input.validationMessage || ' ', this.#input);
    this.#internals.setFormValue(value);
  }

  /** Two of one name are told apart by their addresses, and so is a name that only the sender gave. */
  #distinguish() {
    const fields = this.#fields;
    const shared = sharedNames(fields.flatMap((field) => field.#recipients));
    const isAmbiguous = (each) => !each.kind || each.name?.includes('@') || shared.has(foldedName(each));
    for (const field of fields) field.#chips.distinguish(isAmbiguous);
  }

  /** Learn what the directory knows of typed addresses, so that a group warns also if it was typed. */
  #identify() {
    const learnt = () => this.#update(this.#recipients);
    this.#lookup.learn(() => this.#recipients, learnt, this.#connection.signal);
  }

  #fail({ status = 0 }) {
    const options = { bubbles: true, cancelable: true, detail: { status } };
    if (!this.dispatchEvent(new CustomEvent('directoryerror', options))) return;
    this.#notice.show(status === 401 ? strings.expired : strings.offline);
  }

  /* Steps */

  #add(recipients) {
    const taken = this.#taken;
    const added = recipients.filter((each) => !taken.has(keyOf(each)) && taken.add(keyOf(each)));
    const double = recipients.find((each, i) => each !== added[i]);
    if (added.length) this.#update([...this.#recipients, ...added]);
    if (this.#input.matches(':focus')) this.#input.scrollIntoView({ block: 'nearest' });
    if (double) this.#notice.show(`${nameOf(double)}: ${strings.already}`);
    else this.#notice.say(outcome(added));
  }

  #remove(recipients) {
    if (this.#isFixed) return;
    const next = this.#chips.after(recipients);
    this.#step(() => this.#update(without(this.#recipients, recipients)));
    this.#chips.focus(next);
    this.#report(recipients, strings.removed);
  }

  #move(recipients, target) {
    const others = without(this.#recipients, recipients);
    const moved = without(this.#recipients, others); // Some may be gone by now.
    if (!moved.length || this.#isFixed || !this.#reachable.includes(target)) return;
    this.#step(() => {
      this.#update(others);
      target.#update([...target.#recipients, ...moved]);
    });
    target.#chips.focus(target.#recipients.at(-1));
    target.#report(moved, phrase('moved', target.#label));
  }

  #moveBy(step, recipient) {
    const fields = this.#reachable;
    const target = fields[fields.indexOf(this) + step];
    if (target) this.#move(this.#chips.meant(recipient), target);
    return Boolean(step);
  }

  /** What a finger can do with a chip, as it reaches no keys. */
  #offer(recipient) {
    if (this.#isFixed) return;
    const moves = this.#reachable.filter((field) => field !== this).map((field) => (
      [phrase('move', field.#label), () => this.#move([recipient], field)]));
    this.#notice.offer(nameOf(recipient), {
      [strings.edit]: () => this.#edit(recipient),
      ...Object.fromEntries(moves),
    });
  }

  /** Say what has become of recipients; of several, or by touch, it can be taken back by a click. */
  #report(recipients, what) {
    const text = `${whoAre(recipients)}: ${what}`;
    if (recipients.length > 1 || isByTouch()) this.#notice.offer(text, { [strings.undo]: () => this.undo() });
    else this.#notice.say(text);
  }

  #edit(recipient) {
    if (this.#isFixed) return;
    this.#step(() => {
      this.#add(parseMailboxes(this.#typing.text));
      this.#update(without(this.#recipients, [recipient]));
    });
    this.#typing.text = formatMailbox(recipient);
    this.#input.focus();
  }

  async #expand(group) {
    if (this.#isFixed) return;
    try {
      const members = await this.#directory.members(group, this.#connection.signal);
      if (this.#isBlind) this.#replace(group, members, this);
      else this.#askToReplace(group, members);
    } catch (error) {
      if (this.isConnected) this.#fail(error);
    }
  }

  #askToReplace(group, members) {
    const bcc = this.#reachable.find((field) => field.#isBlind);
    this.#notice.ask(`${nameOf(group)}: ${strings.visible}`, {
      [strings.cancel]() {},
      [strings.expand]: () => this.#replace(group, members, this),
      ...bcc && { [strings.bcc]: () => this.#replace(group, members, bcc) },
    });
  }

  #replace(group, members, target) {
    if (without([group], this.#recipients).length) return; // It is gone by now.
    this.#step(() => {
      this.#update(without(this.#recipients, [group]));
      target.#add(members);
    });
    this.#notice.offer(`${nameOf(group)}: ${phrase('members', members.length)}`, {
      [strings.undo]: () => this.undo(),
    });
    this.#input.focus();
  }
}

if (!customElements.get('recipient-field')) customElements.define('recipient-field', RecipientField);
