/** Who is ticked: kept through searches, in the order of ticking. */

import { keyOf } from '../recipient-field/recipients.js';

export class Ticks {
  #ticked = new Map();
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  get recipients() {
    return [...this.#ticked.values()];
  }

  get size() {
    return this.#ticked.size;
  }

  /** How many mailboxes they are at most, and how many of these are external. */
  get reach() {
    return this.recipients.reduce(([all, external], { member_count = 1, external_count = 0 }) => (
      [all + member_count, external + external_count]), [0, 0]);
  }

  has(recipient) {
    return this.#ticked.has(keyOf(recipient));
  }

  /** Tick some, or take their ticks away. */
  set(recipients, isTicked) {
    for (const each of recipients) {
      if (isTicked) this.#ticked.set(keyOf(each), each);
      else this.#ticked.delete(keyOf(each));
    }
    this.#onChange();
  }

  clear() {
    this.#ticked.clear();
    this.#onChange();
  }
}
