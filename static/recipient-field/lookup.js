/** What the directory knows of addresses that were typed or pasted. */

import { isValid, keyOf } from './recipients.js';

/** Of a long list, only so many of the newest are looked up. */
const NEWEST = 20;

export class Lookup {
  #directory;
  #known = new Map();
  #asking;

  constructor(directory) {
    this.#directory = directory;
  }

  /** Ask about one after the other, and call `onLearn` after each. */
  async learn(recipients, onLearn, signal) {
    if (this.#asking === signal) return;
    this.#asking = signal; // Of one connection to the page; a field that was moved asks anew.
    try {
      for (let next; (next = this.#unknownOf(recipients()));) {
        this.#known.set(keyOf(next), await this.#find(next, signal));
        onLearn();
      }
    } catch {
      // Asked again when the field changes: a warning must not be lost.
    } finally {
      if (this.#asking === signal) this.#asking = undefined;
    }
  }

  /** A recipient with what is known of it: the same object if that is nothing. */
  complete(recipient) {
    const found = needsLookup(recipient) && this.#known.get(keyOf(recipient));
    return found ? { ...found, name: recipient.name || found.name } : recipient;
  }

  #unknownOf(recipients) {
    const isUnknown = (each) => needsLookup(each) && !this.#known.has(keyOf(each));
    return recipients.slice(-NEWEST).find(isUnknown);
  }

  async #find(recipient, signal) {
    const rows = await this.#directory.complete(recipient.address, signal);
    const found = rows.find((each) => keyOf(each) === keyOf(recipient));
    return found && { ...found, match: undefined };
  }
}

const needsLookup = (recipient) => !recipient.kind && isValid(recipient);
