/** The preview of a department or a rule: whom it selects, counted while one types. Its words come from the server. */

const PAUSE = 400; // milliseconds without a key before it is counted
const BETWEEN = 1000; // milliseconds from one count to the next, at least
const SENT = ['csrf_token', 'address', 'kind', 'department', 'rule', 'always_members', 'never_members'];

const element = (tag, className, ...content) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

/** The number, and how many come and go. */
const counted = ({ people, added, removed }) => {
  const parts = [element('strong', '', people)];
  if (added) parts.push(' ', element('span', 'added', added));
  if (removed) parts.push(' ', element('span', 'gone', removed));
  return parts;
};

const move = (kind, sign, ...content) => {
  const mark = element('span', 'sign', sign);
  mark.setAttribute('aria-hidden', 'true');
  return element('li', kind, mark, element('span', '', ...content));
};

/** Those who enter or leave: the first by name, the others as a number. */
const moves = (named, more, kind, sign, verb) => {
  const items = named.map(({ name, address }) => move(
    kind, sign, element('span', 'unseen', `${verb} `), element('bdi', '', name || address),
    ...(name ? [' ', element('span', 'address', address)] : []),
  ));
  if (more) items.push(move(kind, sign, more));
  return items;
};

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
      this.refuse(this.box.dataset.failed);
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
    this.part('among').textContent = answer.among;
    this.part('among').hidden = false;
    this.part('remarks').replaceChildren(...answer.remarks.map((text) => element('li', '', text)));
    this.part('remarks').hidden = !answer.remarks.length;
    const { enters, leaves } = this.box.dataset;
    const items = [
      ...moves(answer.entering, answer.more_entering, 'added', '+', enters),
      ...moves(answer.leaving, answer.more_leaving, 'gone', '−', leaves),
    ];
    this.part('moves').replaceChildren(...items);
    this.part('moves').hidden = !items.length;
    this.short.replaceChildren(...counted(answer));
    this.short.hidden = false;
  }

  refuse(text) {
    const fault = this.part('fault');
    fault.textContent = text;
    fault.hidden = false;
  }
}

for (const box of document.querySelectorAll('[data-preview]')) new Preview(box);
