/** What keys do in the dialog; Escape is the browser's. */

/** `steps`: addTo() for Enter on a row. */
export function listenForKeys({ dialog, search }, rows, { add }) {
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation(); // Single letters are shortcuts in many webmails.
    // While an input method composes, keys belong to it.
    if (event.isComposing || event.keyCode === 229) return;
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
    if (!isShortcut && onKey(event)) event.preventDefault();
  });

  function onKey(event) {
    const { key, target } = event;
    if (target === search) return key === 'ArrowDown' || key === 'Enter' ? rows.focus() || key === 'Enter' : false;
    if (key === '/') return toSearch();
    if (!rows.list.contains(target)) return false;
    const done = rows.onKey(event);
    if (done === 'above') return toSearch();
    if (done) return true;
    if (key === 'Enter' && target.type === 'checkbox') return add();
    // A letter is typed in the search.
    if (/^[^ ]$/u.test(key)) search.focus();
    return false;
  }

  function toSearch() {
    search.focus();
    search.select();
    return true;
  }
}
