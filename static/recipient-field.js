/** <recipient-field>: suggestions and chips around a page's own input; see docs/recipient-field.md. */

const texts = {
  group: ['group', 'Gruppe', '群组'],
  members: ['# member|# members', '# Mitglied|# Mitglieder', '# 位成员'],
  external: ['# external', '# extern', '外部 #'],
  hold: ['needs approval', 'braucht Freigabe', '需要审批'],
  reject: ['sending not allowed', 'Senden nicht erlaubt', '不允许发送'],
  already: ['already added', 'schon vorhanden', '已有'],
  added: ['added', 'hinzugefügt', '已添加'],
  remove: ['remove', 'entfernen', '移除'],
  removed: ['removed', 'entfernt', '已移除'],
  invalid: ['not an address', 'keine Adresse', '不是有效地址'],
  suggestions: ['# suggestion|# suggestions', '# Vorschlag|# Vorschläge', '# 条建议'],
  offline: ['Directory offline', 'Verzeichnis offline', '通讯录离线'],
  expand: ['replace with members', 'durch Mitglieder ersetzen', '替换为成员'],
  visible: ['Members will see each other', 'Mitglieder sehen einander', '成员会看到彼此'],
  bcc: ['Put in Bcc', 'In Bcc setzen', '放入密送'],
  undo: ['Undo', 'Rückgängig', '撤销'],
  recipients: ['# recipients', '# Empfänger', '# 位收件人'],
  send: ['Send anyway', 'Trotzdem senden', '仍然发送'],
  cancel: ['Cancel', 'Abbrechen', '取消'],
};
const column = ['de', 'zh'].indexOf(document.documentElement.lang.slice(0, 2)) + 1;

/** In the page's language; a page may replace them. */
export const strings = Object.fromEntries(Object.entries(texts).map(([name, row]) => [name, row[column]]));

function count(name, number = '') {
  const [one, many = one] = strings[name].split('|');
  return (number === 1 ? one : many).replace('#', number).trim();
}

// RFC 5322 section 3.4; separators inside quotes or angle brackets are text.
const PART = /("(\\.|[^"\\\r\n])*"|<[^<>\r\n]*>|[^,;，；\r\n])+/g;
const WORD = String.raw`[^\s"(),.:;<>@[\\\]]+`;
const ADDRESS = RegExp(String.raw`^${WORD}(\.${WORD})*@${WORD}(\.${WORD})*$`);

const isValid = ({ address }) => ADDRESS.test(address);
const key = ({ address }) => address.toLowerCase();
const nameOf = ({ name, address }) => name || address;

function parse(part) {
  const [, name, bracketed] = part.match(/^(.*)<(.*)>$/) ?? [];
  const address = (bracketed ?? part).trim();
  if (!isValid({ address })) return { address: part, kind: 'invalid' };
  return { address, name: name?.trim().replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1') };
}

export function parseList(text) {
  return (text.match(PART) ?? []).map((part) => part.trim()).filter(Boolean).map(parse);
}

/** Always quoted, so that nothing in a name can be misread. */
export function format({ name, address }) {
  return name ? `"${name.replace(/\s+/g, ' ').replace(/["\\]/g, '\\$&')}" <${address}>` : address;
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter(Boolean));
  return made;
}

function facts({ kind, member_count: members, external_count: outsiders, posting, moderated }) {
  return Object.entries({
    group: kind === 'group' && strings.group,
    members: members >= 0 && count('members', members),
    external: (outsiders > 0 || kind === 'external') && count('external', outsiders),
    hold: (posting ? posting === 'hold' : moderated) && strings.hold,
    reject: /reject|defer/.test(posting) && strings.reject,
    invalid: kind === 'invalid' && strings.invalid,
  }).filter(([, text]) => text);
}

function describe(recipient) {
  return [nameOf(recipient), ...facts(recipient).map(([, text]) => text)].join(', ');
}

function parts(recipient, more) {
  const { icon, kind } = recipient;
  const spans = [['name', nameOf(recipient)], ...facts(recipient), more].filter(Boolean);
  return [
    element('span', { className: `recipient-icon ${kind}` }, icon && element('img', { src: icon, alt: '' })),
    ...spans.map(([name, textContent]) => element('span', { className: `recipient-${name}`, textContent })),
  ];
}

function option(recipient, id, isTaken) {
  const address = isTaken ? strings.already : recipient.address;
  return element('li', { recipient, id, role: 'option' }, ...parts(recipient, address !== nameOf(recipient) && ['address', address]));
}

function chip(recipient, field) {
  const button = (action, text, ...children) => element('button', {
    type: 'button', tabIndex: -1, className: `recipient-${action}`,
    ariaLabel: text && `${text} ${nameOf(recipient)}: ${strings[action]}`,
    onclick: (event) => field[action](recipient, event),
  }, text, ...children);
  return element('li', { recipient, title: recipient.address },
    button('edit', null, ...parts(recipient)),
    recipient.members_visible && button('expand', `+${recipient.member_count ?? ''}`),
    button('remove', '×'));
}

customElements.define('recipient-field', class extends HTMLElement {
  static formAssociated = true;

  recipients = [];

  #internals = this.attachInternals();
  #question;
  #initial;

  connectedCallback() {
    const given = this.querySelector('input, textarea');
    if (this.input || !given) return;
    const { id, name, value } = given;
    const input = given.matches('input') ? given : element('input');
    for (const attribute of given.attributes) input.setAttribute(attribute.name, attribute.value);
    const hadFocus = given === document.activeElement;
    this.#initial = value;
    const ariaLabel = given.labels[0]?.textContent;
    this.input = input;
    const isQuiet = this.hasAttribute('quiet');
    this.isBlind = isQuiet || /bcc/i.test(name);
    this.chips = element('ul', { role: 'list', ariaLabel });
    this.list = element('ul', {
      role: 'listbox', ariaLabel, id: `${id}-list`,
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
    input.addEventListener('blur', () => {
      // Still active if only the window lost the focus.
      if (input !== document.activeElement && !this.#takeWhole()) this.#suggest('');
    });
    Object.assign(input, { role: 'combobox', ariaAutoComplete: 'list', autocomplete: 'off', spellcheck: false });
    input.setAttribute('aria-controls', this.list.id);
    input.setAttribute('form', '');
    this.setAttribute('name', name);
    given.replaceWith(box);
    box.append(this.chips, input);
    this.append(this.list, this.status);
    this.value = value;
    if (hadFocus) input.focus();
    if (!isQuiet) this.#guard(this.#internals.form);
  }

  /** An ordinary To string, with what is still being typed. */
  get value() {
    return this.everybody.map(format).join(', ');
  }

  set value(text) {
    this.input.value = '';
    this.#suggest();
    this.update(parseList(text));
  }

  get everybody() {
    return [...this.recipients, ...parseList(this.input.value)];
  }

  get fields() {
    return [...(this.#internals.form ?? document).querySelectorAll('recipient-field:defined')];
  }

  formResetCallback() {
    this.value = this.#initial;
  }

  formStateRestoreCallback(value) {
    this.value = value;
  }

  get #taken() {
    return new Set(this.fields.flatMap(({ recipients }) => recipients).map(key));
  }

  /** Adds whom no field has. */
  add(recipients) {
    const taken = this.#taken;
    const added = recipients.filter((each) => !taken.has(key(each)) && taken.add(key(each)));
    const double = recipients.find((each) => !added.includes(each));
    this.say(double ? `${nameOf(double)}: ${strings.already}` : `${added.map(nameOf)}: ${strings.added}`, double && {});
    this.update([...this.recipients, ...added]);
  }

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
    this.#internals.setValidity({ valueMissing: input.required && !value }, input.validationMessage, input);
    this.#internals.setFormValue(value);
  }

  /** Asks who has an address, or was meant by a name. */
  async #identify() {
    const unknown = this.recipients.slice(-20).find(({ kind }) => !kind);
    if (!unknown) return;
    unknown.kind = isValid(unknown) ? 'contact' : 'invalid';
    const rows = await this.#complete(unknown.address).catch(() => []);
    const known = isValid(unknown) ? rows.find((row) => key(row) === key(unknown)) : rows[0];
    Object.assign(unknown, known, { name: unknown.name || known?.name });
    this.update(this.recipients);
  }

  async #get(path, signal = AbortSignal.timeout(5000)) {
    const authorization = await this.authorize?.();
    const source = this.getAttribute('src') ?? '/api/v1/completions';
    const response = await fetch(source + path, { signal, headers: authorization && { authorization } });
    return JSON.parse(await response.text(), (name, value) => (
      name === 'icon' && value ? new URL(value, response.url).href : value));
  }

  async #complete(q, signal) {
    const query = new URLSearchParams({ q, limit: 10, kinds: this.getAttribute('kinds') ?? '' });
    return [...(await this.#get(`?${query}`, signal)).completions];
  }

  /** Speaks after a pause; with actions, shows it at once. */
  say(text, actions) {
    const speak = () => {
      this.status.className = actions ? 'shown' : '';
      this.status.replaceChildren(text, ...Object.entries({ ...actions }).map(([textContent, act]) =>
        element('button', {
          type: 'button', textContent, onclick: () => [this.say(''), this.input.focus(), act()],
        })));
    };
    clearTimeout(this.timer);
    if (actions) speak(); else this.timer = setTimeout(speak, 300);
    this.status.querySelector('button')?.focus();
  }

  async #suggest(text = this.input.value.trim()) {
    this.#question?.abort();
    this.#question = null;
    if (!text) return this.#show([]);
    const question = this.#question = new AbortController();
    await new Promise((resolve) => setTimeout(resolve, 80));
    setTimeout(() => question.abort(), 5000);
    const rows = await this.#complete(text, question.signal).catch(() => {});
    if (question !== this.#question) return;
    this.#question = null;
    this.#show(rows ?? []);
    if (rows) this.say(`${count('suggestions', rows.length)}. ${rows.slice(0, 1).map(describe)}`);
    else this.say(strings.offline, {});
  }

  #show(rows) {
    const taken = this.#taken;
    const address = this.input.value.trim().toLowerCase();
    this.list.replaceChildren(...rows.map((row, i) => option(row, `${this.list.id}-${i}`, taken.has(key(row)))));
    this.list.hidden = !rows.length;
    this.input.ariaExpanded = rows.length > 0;
    this.input.removeAttribute('aria-activedescendant');
    // A complete address is never corrected to another.
    if (!isValid({ address }) || rows[0]?.address.startsWith(address)) this.#select(this.list.firstChild);
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
    this.#question = null;
    this.#select(row);
    // Not before: it silences the echo of typed letters.
    this.input.setAttribute('aria-activedescendant', row.id);
    row.scrollIntoView({ block: 'nearest' });
  }

  #take(recipients) {
    this.input.value = '';
    this.#suggest();
    this.add(recipients);
  }

  #takeWhole() {
    const list = parseList(this.input.value);
    const isWhole = list.length && list.every(isValid);
    if (isWhole) this.#take(list);
    return isWhole;
  }

  #accept() {
    const address = this.input.value.trim();
    const row = this.#selected?.recipient;
    const list = parseList(address);
    if (row && (!this.#question || row.address.startsWith(address))) this.#take([row]);
    else if (address) this.#take(this.#question && !list.some(isValid) ? [{ address }] : list);
  }

  #onKey(event) {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[key];
    if (target !== this.input) {
      if (step) this.#walk(target, step);
      else if (key === 'Backspace' || key === 'Delete') this.remove(target.parentNode.recipient);
      else if (/^[^ ]$/u.test(key)) return this.input.focus();
      else return;
    } else if (key === 'Tab') return this.#accept();
    else if (key === 'Enter') this.#accept();
    else if (key === 'ArrowDown') this.#move(1);
    else if (key === 'ArrowUp') this.#move(-1);
    else if (key === 'Escape' && !this.list.hidden) this.#suggest('');
    else if (/^(Backspace|ArrowLeft)$/.test(key) && !target.selectionEnd && !event.repeat) this.#walk(target, -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #walk(from, step) {
    const stops = [...this.chips.querySelectorAll('.recipient-edit, .recipient-expand'), this.input];
    (stops[Math.max(stops.indexOf(from) + step, 0)] ?? this.input).focus();
  }

  #onInput(event) {
    this.#tellForm();
    // Input methods show candidates below; touch keyboards always compose.
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

  edit(recipient, { detail, currentTarget }) {
    if (detail === 1 && isValid(recipient)) return currentTarget.focus();
    const typed = parseList(this.input.value);
    this.input.value = format(recipient);
    this.remove(recipient);
    this.add(typed);
    this.input.focus();
  }

  remove(recipient) {
    const index = this.recipients.indexOf(recipient);
    this.update(this.recipients.filter((each) => each !== recipient));
    (this.chips.children[index]?.firstChild ?? this.input).focus();
    this.say(`${nameOf(recipient)}: ${strings.removed}`);
  }

  async expand(group) {
    const { members, total } = await this.#get(`/../groups/${group.id}/members`).catch(() => ({}));
    if (!(members?.length >= total)) return this.say(strings.offline, {});
    const { fields } = this;
    const bcc = fields.find(({ isBlind }) => isBlind);
    const replaceIn = (target) => {
      const before = fields.map(({ recipients }) => recipients);
      this.update(this.recipients.filter((each) => each !== group));
      target.add(members);
      this.say(`${nameOf(group)}: ${count('members', members.length)}`, {
        [strings.undo]: () => fields.forEach((field, i) => field.update(before[i])),
      });
      this.input.focus();
    };
    if (this.isBlind) return replaceIn(this);
    this.say(`${nameOf(group)}: ${strings.visible}`, {
      [strings.cancel]() {},
      [strings.expand]: () => replaceIn(this),
      ...bcc && { [strings.bcc]: () => replaceIn(bcc) },
    });
  }

  /** Holds the form back until its author has read the warnings. */
  #guard(form) {
    let agreed = false;
    form?.addEventListener('submit', (event) => {
      const { fields } = this;
      const recipients = fields.flatMap(({ everybody }) => everybody);
      const people = recipients.reduce((sum, { member_count: members }) => sum + (members ?? 1), 0);
      const lines = recipients
        .filter((each) => !isValid(each) || each.external_count > 0 || /reject|defer/.test(each.posting))
        .map((each) => [describe(each), each.posting_reason].filter(Boolean).join('. '));
      if (people > (this.getAttribute('warn-above') ?? 50)) lines.unshift(count('recipients', people));
      if (agreed || !lines.length || this !== fields[0]) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.say(lines.join('; '), {
        [strings.cancel]() {},
        [strings.send]() {
          agreed = true;
          form.requestSubmit(event.submitter);
          agreed = false;
        },
      });
    }, true);
  }
});
