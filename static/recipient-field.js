/** Suggestions and chips; how and why: docs/recipient-field.md */

const texts = {
  group: ['group', 'Gruppe', '群组'],
  members: ['# member|# members', '# Mitglied|# Mitglieder', '# 位成员'],
  external: ['# external', '# extern', '外部 #'],
  hold: ['needs approval', 'braucht Freigabe', '需要审批'],
  reject: ['sending not allowed', 'Senden nicht erlaubt', '不允许发送'],
  already: ['already added', 'schon hinzugefügt', '已有'],
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

export const strings = {};
for (const name in texts) strings[name] = texts[name][column];

function count(name, number = '') {
  const [one, many = one] = strings[name].split('|');
  return (number === 1 ? one : many).replace('#', number).trim();
}

// RFC 5322 section 3.4: separators in quotes are text.
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

/** Always quoted: a name may contain anything. */
export function format({ name, address }) {
  return name ? `"${name.replace(/\s+/g, ' ').replace(/["\\]/g, '\\$&')}" <${address}>` : address;
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter(Boolean));
  return made;
}

function facts({ kind, member_count, external_count, posting }) {
  return Object.entries({
    group: kind === 'group' && strings.group,
    members: member_count >= 0 && count('members', member_count),
    external: (external_count > 0 || kind === 'external') && count('external', external_count),
    hold: posting === 'hold' && strings.hold,
    reject: /reject|defer/.test(posting) && strings.reject,
    invalid: kind === 'invalid' && strings.invalid,
  }).filter(([, text]) => text);
}

function describe(recipient) {
  return [nameOf(recipient), ...facts(recipient).map(([, text]) => text), recipient.posting_reason].filter(Boolean).join(', ');
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
  limit = 100;

  #internals = this.attachInternals();
  #question;

  connectedCallback() {
    const input = this.querySelector('input');
    if (this.input || !input) return;
    const { id, name, value } = input;
    const { activeElement } = document;
    const ariaLabel = input.labels[0]?.textContent;
    this.input = input;
    const isQuiet = this.matches('[quiet]');
    this.isBlind = isQuiet || /bcc/i.test(name);
    this.chips = element('ul', { role: 'list', ariaLabel });
    this.list = element('ul', {
      role: 'listbox', ariaLabel, id: `${id}-list`,
      onpointerdown: () => false,
      onclick: ({ target }) => this.#take([target.closest('li').recipient]),
    });
    this.status = element('p', { role: 'status' });
    this.more = element('button', {
      type: 'button', tabIndex: -1, className: 'recipient-more',
      onclick: () => {
        this.limit += 100;
        this.#draw();
        this.chips.firstChild.firstChild.focus();
      },
    });
    this.box = element('div', {
      onkeydown: (event) => this.#onKey(event),
      oninput: (event) => this.#onInput(event),
      onpaste: (event) => this.#onPaste(event),
      onclick: ({ target }) => target === this.box && input.focus(),
    });
    input.addEventListener('compositionend', (event) => this.#onInput(event));
    input.addEventListener('focus', () => this.#suggest());
    input.addEventListener('blur', () => {
      // Active still if only the window lost it.
      if (input !== document.activeElement && !this.#takeWhole()) this.#suggest('');
    });
    Object.assign(input, { role: 'combobox', ariaAutoComplete: 'list', autocomplete: 'off', spellcheck: false });
    input.setAttribute('aria-controls', this.list.id);
    input.setAttribute('form', '');
    this.setAttribute('name', name);
    input.replaceWith(this.box);
    this.box.append(this.more, this.chips, input);
    this.append(this.list, this.status);
    this.value = value;
    activeElement.focus();
    if (!isQuiet) this.#guard(this.#internals.form);
  }

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
    this.value = this.input.defaultValue;
  }

  formStateRestoreCallback(value) {
    this.value = value;
  }

  get #taken() {
    return new Set(this.fields.flatMap(({ recipients }) => recipients).map(key));
  }

  add(recipients) {
    const taken = this.#taken;
    const added = recipients.filter((each) => !taken.has(key(each)) && taken.add(key(each)));
    const double = recipients.find((each, i) => each !== added[i]);
    const who = added.length === 1 ? nameOf(added[0]) : count('recipients', added.length);
    this.say(double ? `${nameOf(double)}: ${strings.already}` : `${who}: ${strings.added}`, double && {});
    this.update([...this.recipients, ...added]);
  }

  update(recipients) {
    this.recipients = recipients;
    this.#draw();
    this.#tellForm();
    this.dispatchEvent(new Event('change', { bubbles: true }));
    this.#identify();
  }

  /** Of many, only the newest and those to be mended. */
  #draw() {
    const { chips, recipients } = this;
    const buttons = () => [...chips.querySelectorAll('button')];
    const focused = buttons().indexOf(document.activeElement);
    const drawn = new Map([...chips.children].map((item) => [item.recipient, item]));
    const shown = new Set(recipients.toSorted((a, b) => isValid(b) - isValid(a)).slice(-this.limit));
    chips.replaceChildren(...recipients.filter((each) => shown.has(each)).map((each) => drawn.get(each) ?? chip(each, this)));
    buttons()[focused]?.focus();
    const rest = recipients.length - shown.size;
    this.more.textContent = rest ? `+${count('recipients', rest)}` : '';
  }

  #tellForm() {
    const { input, value } = this;
    this.#internals.setValidity({ valueMissing: input.required && !value }, input.validationMessage, input);
    this.#internals.setFormValue(value);
  }

  /** Asks whom an address or a name means. */
  async #identify() {
    const unknown = this.recipients.slice(-20).find(({ kind }) => !kind);
    if (!unknown) return;
    unknown.kind = isValid(unknown) ? 'contact' : 'invalid';
    const rows = await this.#complete(unknown.address).catch(() => []);
    const found = isValid(unknown) ? rows.find((row) => key(row) === key(unknown)) : rows[0];
    if (!found && isValid(unknown)) return this.#identify();
    const known = { ...unknown, ...found, name: unknown.name || found?.name };
    const isDouble = key(known) !== key(unknown) && this.#taken.has(key(known));
    this.update(this.recipients.flatMap((each) => (each !== unknown ? each : isDouble ? [] : known)));
  }

  async #get(path, signal = AbortSignal.timeout(5000)) {
    const authorization = await this.authorize?.();
    const url = (this.getAttribute('src') ?? '/api/v1/completions') + path;
    const response = await fetch(url, { signal, headers: authorization && { authorization } });
    return JSON.parse(await response.text(), (name, value) => (
      name === 'icon' && value ? new URL(value, response.url).href : value));
  }

  async #complete(q, signal) {
    const query = new URLSearchParams({ q, limit: 10, kinds: this.getAttribute('kinds') ?? '' });
    return [...(await this.#get(`?${query}`, signal)).completions];
  }

  /** Speaks after a pause; with actions, shows at once. */
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
    // Nothing corrects a complete address.
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
    // Only now: it silences letters.
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
    if (!list.length || !list.every(isValid)) return false;
    this.#take(list);
    return true;
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
    const { recipient } = target.parentNode;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const back = this.matches(':dir(rtl)') ? 'ArrowRight' : 'ArrowLeft';
    const isAtStart = !(back === 'ArrowRight' ? target.value : target.selectionEnd);
    const step = { ArrowLeft: 1, ArrowRight: 1, [back]: -1, Home: -Infinity, End: Infinity }[key];
    if (target !== this.input) {
      if (step) this.#walk(target, step);
      else if (recipient && /^(Backspace|Delete)$/.test(key)) this.remove(recipient, event);
      else if (/^[^ ]$/u.test(key)) return this.input.focus();
      else return;
    } else if (key === 'Tab') return this.#accept();
    else if (key === 'Enter') this.#accept();
    else if (key === 'ArrowDown') this.#move(1);
    else if (key === 'ArrowUp') this.#move(-1);
    else if (key === 'Escape' && !this.list.hidden) this.#suggest('');
    else if ((key === back || key === 'Backspace') && isAtStart && !event.repeat) this.#walk(target, -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #walk(from, step) {
    const stops = [...this.box.querySelectorAll('input, button:not(:empty, .recipient-remove)')];
    (stops[Math.max(stops.indexOf(from) + step, 0)] ?? this.input).focus();
  }

  #onInput(event) {
    this.#tellForm();
    // Candidates are open; touch keyboards always compose.
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

  edit(recipient, event) {
    if (event.detail === 1 && isValid(recipient)) return event.currentTarget.focus();
    this.#take(parseList(this.input.value));
    this.remove(recipient, event);
    this.input.value = format(recipient);
    this.input.focus();
  }

  remove(recipient, { target }) {
    const next = target.closest('li').nextSibling?.firstChild ?? this.input;
    this.update(this.recipients.filter((each) => each !== recipient));
    next.focus();
    this.say(`${nameOf(recipient)}: ${strings.removed}`);
  }

  async expand(group) {
    const { members, total } = await this.#get(`/../groups/${group.id}/members`).catch(() => []);
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

  #guard(form) {
    let agreed = false;
    form?.addEventListener('submit', (event) => {
      const recipients = this.fields.flatMap(({ everybody }) => everybody);
      let people = 0;
      for (const { member_count } of recipients) people += member_count ?? 1;
      const lines = recipients
        .filter((each) => !isValid(each) || each.external_count > 0 || /reject|defer/.test(each.posting))
        .map(describe);
      if (people > (this.getAttribute('warn-above') ?? 50)) lines.unshift(count('recipients', people));
      if (agreed || !lines.length || this !== this.fields.find((field) => !field.matches('[quiet]'))) return;
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
