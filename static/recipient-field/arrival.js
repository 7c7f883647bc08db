/** The page's own input: when a field gets it, and what came with it. */

/** Call `onInput` once there is one: a parser that is still reading, or a framework, may bring it later. */
export function whenInputComes(field, signal, onInput) {
  const observer = new MutationObserver(look);
  signal.addEventListener('abort', () => observer.disconnect());
  observer.observe(field, { childList: true, subtree: true });
  look();

  function look() {
    const input = field.querySelector('input');
    if (!input) return;
    observer.disconnect();
    dropCopies(field, input);
    onInput(input);
  }
}

/** A copy of a field that had begun already has its parts, which no field listens to. */
function dropCopies(field, input) {
  input.closest('.recipient-box')?.replaceWith(input);
  for (const part of field.querySelectorAll('.recipient-list, .recipient-empty, .recipient-notice')) part.remove();
}
