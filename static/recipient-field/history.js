/** Steps that can be undone, over all fields of a form. */

const histories = new WeakMap();

/** The history that the fields of one form, or else of one document, share. */
export function historyOf(owner) {
  if (!histories.has(owner)) histories.set(owner, new History());
  return histories.get(owner);
}

/** States are handed in and out, and never looked into. */
class History {
  #past = [];
  #future = [];

  /** Remember how it was before a step. */
  record(before) {
    this.#past.push(before);
    this.#future = [];
  }

  /** The state before the last step, given the present one; undefined if there is none. */
  undo(present) {
    return exchange(this.#past, this.#future, present);
  }

  redo(present) {
    return exchange(this.#future, this.#past, present);
  }

  clear() {
    this.#past = [];
    this.#future = [];
  }
}

function exchange(from, to, present) {
  if (from.length) to.push(present);
  return from.pop();
}
