/** What keys do in the input and on chips. */

/** `steps` are those of the whole field: undo(), redo() and moveBy(1 or -1, recipient). */
export function listenForKeys(input, chips, typing, steps) {
  chips.box.addEventListener('keydown', (event) => {
    // While an input method composes, keys belong to it.
    if (event.isComposing || event.keyCode === 229) return;
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
    const isDone = isShortcut ? onShortcut(event)
      : event.target === input ? onInputKey(event) : chips.onKey(event);
    if (!isDone) return;
    event.preventDefault();
    event.stopPropagation();
  });

  function onInputKey(event) {
    const { key, repeat } = event;
    if (key === 'Tab') return typing.accept(event);
    if (key === 'Escape') return typing.stop();
    const isAtStart = !(chips.isRightToLeft ? input.value : input.selectionEnd);
    if (key === 'Enter') typing.accept(event);
    else if (key === 'ArrowDown') typing.move(1);
    else if (key === 'ArrowUp') typing.move(-1);
    else if (isAtStart && !repeat && (key === 'Backspace' || chips.stepOf(key) === -1)) chips.enter(event);
    else return false;
    return true;
  }

  /** Shortcuts for chips; in the input they belong to the text as long as there is any. */
  function onShortcut({ key, altKey, shiftKey, target }) {
    const { recipient } = target.parentNode;
    if (target === input && input.value) return false;
    if (altKey) return recipient && steps.moveBy({ ArrowUp: -1, ArrowDown: 1 }[key], recipient);
    const letter = key.toLowerCase();
    if (letter === 'a') return chips.selectAll();
    if (letter === 'z') return shiftKey ? steps.redo() : steps.undo();
    if (letter === 'y') return steps.redo();
    if (letter === 'v') input.focus(); // Where the browser pastes then.
    return false;
  }
}
