/** Ticks in a list: all of the page at once, a range with Shift, and how many there are. */

for (const form of document.querySelectorAll('form.ticking')) {
  const all = form.querySelector('[data-tick-all]');
  const boxes = [...form.querySelectorAll('tbody [type=checkbox]')];
  const said = form.querySelector('[data-ticked]');
  let last = null;
  let isRange = false;

  const tell = () => {
    const number = boxes.filter((box) => box.checked).length;
    all.checked = number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
    const { one, many } = form.dataset;
    said.textContent = (number === 1 ? one : many).replace('{number}', number);
    for (const button of form.querySelectorAll('[data-counted]')) button.textContent = button.dataset.counted.replace('{number}', number);
  };

  const tickRange = (box) => {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
    for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
  };

  // Space ticks on keyup, and a click says whether Shift was down: both come before the change.
  form.addEventListener('keyup', (event) => { if (event.key === ' ') isRange = event.shiftKey; }, true);
  form.addEventListener('click', (event) => { if (event.detail) isRange = event.shiftKey; }, true);
  form.addEventListener('change', ({ target }) => {
    if (target === all) for (const box of boxes) box.checked = all.checked;
    else if (boxes.includes(target)) {
      if (isRange && last) tickRange(target);
      last = target;
    }
    isRange = false;
    tell();
  });

  all.hidden = false;
  // Back brings the ticks along.
  addEventListener('pageshow', tell);
}

// Only one filter is open, and Escape closes it.
const filters = [...document.querySelectorAll('details.filter')];
for (const filter of filters) {
  filter.addEventListener('toggle', () => {
    if (filter.open) for (const other of filters) if (other !== filter) other.open = false;
  });
  filter.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !filter.open) return;
    filter.open = false;
    filter.querySelector('summary').focus();
  });
}
document.addEventListener('click', (event) => {
  for (const filter of filters) if (!filter.contains(event.target)) filter.open = false;
});

// A slash goes to the search, unless a letter is typed somewhere.
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]')) return;
  event.preventDefault();
  document.querySelector('[data-search]')?.focus();
});
