/** Small comforts of the pages: nothing typed is lost by accident, nothing is sent twice. */

// Without JavaScript, addresses are typed and pasted line by line. A recipient field works on one line: only an
// <input> may be a combobox. This module runs before the field's own, which finds the input in place.
for (const area of document.querySelectorAll('recipient-field > textarea')) {
  const hadFocus = area === document.activeElement;
  const input = document.createElement('input');
  for (const { name, value } of area.attributes) if (name !== 'rows') input.setAttribute(name, value);
  input.setAttribute('value', area.value.trim().replace(/\s*[\r\n]+\s*/g, ', '));
  area.replaceWith(input);
  if (hadFocus) input.focus();
}

// Recipient fields ask before a message goes to many. What only looks at the recipients need not be asked about.
for (const form of document.querySelectorAll('form[data-sends-nothing]')) {
  form.addEventListener('submit', (event) => event.stopImmediatePropagation(), true);
}

/** A recipient field adds the names it learns; the addresses are what counts. */
const withoutNames = (text) => text.replace(/"(?:\\.|[^"\\])*" <([^<>]*)>/g, '$1');

/** What a form would send, to notice changes. */
const contentOf = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? withoutNames(value)]));

for (const form of document.querySelectorAll('form[data-keep]')) {
  // The recipient fields fill themselves in first; they are defined by then.
  customElements.whenDefined('recipient-field').then(() => {
    // A form that came back with errors holds what was never saved.
    const saved = document.querySelector('.notice.wrong, .notice.mixed') ? '' : contentOf(form);
    let isSending = false;
    form.addEventListener('submit', () => { isSending = true; });
    addEventListener('beforeunload', (event) => {
      if (!isSending && contentOf(form) !== saved) event.preventDefault();
    });
  });
}

for (const form of document.querySelectorAll('form[method=post]')) {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
}

// Back brings a page out of memory, with what was noted on it.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

// On a telephone these rows are wider than the screen: show where one is. The page itself stays.
const rows = ':is(.bar nav, .side-nav, .tabs)';
for (const item of document.querySelectorAll(`${rows} [aria-current]`)) {
  const row = item.closest(rows);
  const [inner, outer] = [item, row].map((each) => each.getBoundingClientRect());
  row.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

// What stays at the foot of the window may cover no control that has the focus: its height depends on the language,
// the size of the letters and what is ticked.
const atFoot = document.querySelectorAll('.sticky, .selection');
const keepInSight = new ResizeObserver(() => {
  const heights = [...atFoot].map((each) => each.offsetHeight);
  document.documentElement.style.scrollPaddingBlockEnd = `${Math.max(...heights) + 24}px`;
});
for (const each of atFoot) keepInSight.observe(each);
