/**
 * Watches a recipient field from outside, and answers its questions late, in any order, or not at all.
 *
 * Each suggestion's address names the text that it answers, so that what becomes a chip can be
 * traced. `faults` holds every address that became a chip although it was neither typed whole nor
 * visible under the highlight for the present text when the key went down, nor clicked.
 */
(() => {
  const KINDS = ['exact', 'word', 'prefix', 'transliterated', 'corrected', 'domain', undefined];
  const CERTAIN = ['exact', 'word', 'prefix', 'transliterated'];
  const faults = [];
  const known = new Set();
  let allowed = new Set();
  let lastText = '';
  let isChosen = false;
  let random = 1;

  const next = () => { random = (random * 48271) % 2147483647; return random / 2147483647; };
  const hex = (text) => [...new TextEncoder().encode(text)].map((byte) => byte.toString(16)).join('');
  const input = () => document.querySelector('#to');
  const present = () => input().value.trim();

  function rowsFor(text) {
    const kind = KINDS[Math.floor(next() * KINDS.length)];
    return Array.from({ length: Math.ceil(next() * 4) - 1 }, (_, i) => ({
      kind: 'account', name: `${text} ${i}`, address: `r${i}.${kind ?? 'none'}.q${hex(text)}@example.org`,
      ...kind && { match: { kind, name: [], address: [] } },
    }));
  }

  window.fetch = (url, { signal } = {}) => new Promise((resolve, reject) => {
    const text = new URL(url, location).searchParams.get('q');
    const rows = rowsFor(text);
    const chance = next();
    signal?.addEventListener('abort', () => { if (chance < 0.5) reject(new DOMException('', 'AbortError')); });
    setTimeout(() => {
      if (chance > 0.9) reject(new TypeError('offline'));
      else if (chance > 0.85) resolve(new Response('', { status: 503 }));
      else resolve(new Response(JSON.stringify({ completions: rows })));
    }, next() * 80);
  });

  const addressOf = (row) => (row?.querySelector('.recipient-address') ?? row?.querySelector('.recipient-name'))?.textContent;

  function isVisible(row) {
    const { left, top, width, height } = row.getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    return row.checkVisibility() && row.contains(over);
  }

  /** The address that Enter and Tab may take now. */
  function highlighted() {
    const row = document.querySelector('[role=option][aria-selected=true]');
    if (!row || !isVisible(row)) return undefined;
    const address = addressOf(row);
    if (isChosen) return address;
    const [, kind, query] = address.match(/^r\d\.(\w+)\.q(\w*)@/) ?? [];
    const isOfText = query === hex(present()) && (CERTAIN.includes(kind) || kind === 'none');
    return isOfText ? address : undefined;
  }

  addEventListener('keydown', ({ target, key }) => {
    if (target !== input()) return;
    if (/^Arrow(Up|Down)$/.test(key)) isChosen = true;
    allowed = new Set([highlighted()]);
  }, true);
  addEventListener('input', () => { isChosen = false; allowed = new Set(); }, true);
  addEventListener('pointerdown', ({ target }) => {
    allowed = new Set([addressOf(target.closest?.('[role=option]'))]);
  }, true);
  // Whatever stood in the input may become a chip if it is there to the letter.
  const remember = () => { if (input()?.value) lastText = input().value; };
  for (const type of ['keydown', 'input', 'blur', 'pointerdown', 'paste']) addEventListener(type, remember, true);

  addEventListener('change', ({ target }) => {
    if (target.localName !== 'recipient-field') return;
    for (const { address } of target.recipients) {
      const isTyped = lastText.includes(address);
      if (!known.has(address) && !isTyped && !allowed.has(address)) faults.push(`${address} for ${lastText}`);
      known.add(address);
    }
  });

  addEventListener('submit', (event) => event.preventDefault());

  window.oracle = { faults, known, seed: (number) => { random = number + 1; } };
})();
