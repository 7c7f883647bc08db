/** The preview of a department or a rule: whom it selects, counted while one types. */

const PAUSE = 400; // milliseconds without a key before it is counted
const BETWEEN = 1000; // milliseconds from one count to the next, at least
const SENT = ['csrf_token', 'address', 'kind', 'department', 'rule', 'always_members', 'never_members'];

const number = (value) => value.toLocaleString('en');
const people = (value) => `${number(value)} ${value === 1 ? 'person' : 'people'}`;

const element = (tag, className, ...content) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

/** The number, and how many come and go. */
const counted = ({ count, added, removed }) => {
  const parts = [element('strong', '', people(count))];
  if (added) parts.push(' ', element('span', 'added', `+${number(added)}`));
  if (removed) parts.push(' ', element('span', 'gone', `−${number(removed)}`));
  return parts;
};

const move = (kind, sign, ...content) => {
  const mark = element('span', 'sign', sign);
  mark.setAttribute('aria-hidden', 'true');
  return element('li', kind, mark, element('span', '', ...content));
};

/** Those who enter or leave: the first by name, the others as a number. */
const moves = (named, total, kind, sign, verb) => {
  const items = named.map(({ name, address }) => move(
    kind, sign, element('span', 'unseen', `${verb}: `), element('bdi', '', name || address),
    ...(name ? [' ', element('span', 'address', address)] : []),
  ));
  if (total > named.length) items.push(move(kind, sign, `and ${number(total - named.length)} more`));
  return items;
};

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');

class Preview {
  constructor(box) {
    this.box = box;
    this.form = box.closest('form');
    this.short = this.form.querySelector('[data-preview-short]');
    this.last = -Infinity;
    this.timer = 0;
    this.isAsking = false;
    for (const type of ['input', 'change']) {
      this.form.addEventListener(type, ({ target }) => {
        if (SENT.includes(target.getAttribute('name'))) this.soon();
      });
    }
    this.part('count-now').addEventListener('click', (event) => {
      event.preventDefault();
      this.soon(0);
    });
  }

  part(name) {
    return this.box.querySelector(`[data-${name}]`);
  }

  get isAsked() {
    return ['department', 'dynamic'].includes(new FormData(this.form).get('kind'));
  }

  soon(pause = PAUSE) {
    clearTimeout(this.timer);
    const left = this.last + BETWEEN - performance.now();
    this.timer = setTimeout(() => this.count(), Math.max(pause, left));
  }

  async count() {
    if (!this.isAsked) return;
    if (this.isAsking) { this.soon(); return; }
    this.isAsking = true;
    this.last = performance.now();
    this.box.classList.add('counting');
    try {
      this.show(await this.ask());
    } catch {
      this.refuse('it could not be counted now');
    }
    this.isAsking = false;
    this.box.classList.remove('counting');
  }

  async ask() {
    const typed = new FormData(this.form);
    const body = new URLSearchParams({ group: this.box.dataset.group });
    for (const name of SENT) body.set(name, typed.get(name) ?? '');
    const response = await fetch(this.box.dataset.preview, { method: 'POST', body });
    // Refused altogether, be it for the sign-in, it answers with a page; too often, with a sentence.
    if (!response.ok && response.status !== 429) throw new Error(response.statusText);
    return response.json();
  }

  /** A fault leaves the number of the last rule that could be read. */
  show(answer) {
    if (answer.fault) { this.refuse(answer.fault); return; }
    this.part('fault').hidden = true;
    this.part('count').replaceChildren(...counted(answer));
    this.part('among').textContent = `Was ${number(answer.before)}. Counted among ${number(answer.accounts)} ${answer.accounts === 1 ? 'account' : 'accounts'}.`;
    this.part('among').hidden = false;
    this.part('remarks').replaceChildren(...answer.remarks.map((text) => element('li', '', text)));
    this.part('remarks').hidden = !answer.remarks.length;
    const items = [
      ...moves(answer.entering, answer.added, 'added', '+', 'enters'),
      ...moves(answer.leaving, answer.removed, 'gone', '−', 'leaves'),
    ];
    this.part('moves').replaceChildren(...items);
    this.part('moves').hidden = !items.length;
    this.short.replaceChildren(...counted(answer));
    this.short.hidden = false;
  }

  refuse(text) {
    const fault = this.part('fault');
    fault.textContent = sentence(text);
    fault.hidden = false;
  }
}

for (const box of document.querySelectorAll('[data-preview]')) new Preview(box);
