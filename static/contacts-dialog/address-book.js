/** The address book's answers over HTTP. */

import { getAnswer } from '../recipient-field/directory.js';

const PAGE = 50;

/** Asks the contacts endpoint that the element names in `src`. */
export class AddressBook {
  #host;

  constructor(host) {
    this.#host = host;
  }

  /** A page of those that begin with a text: {items, next_cursor, cut}; all for an empty text. */
  async list({ text, kind }, cursor, signal) {
    const query = new URLSearchParams({ limit: PAGE, q: text, cursor, ...kind && { kind } });
    const { items, next_cursor: next, cut } = await this.#get(`?${query}`, signal);
    return { items: [...items], next, isCut: Boolean(cut) };
  }

  /** The first members of a group, and how many there are: {members, total}. */
  members({ id }, signal) {
    return this.#get(`/../groups/${id}/recipients?limit=${PAGE}`, signal);
  }

  #get(path, signal) {
    return getAnswer(this.#host, '/api/v1/contacts', path, signal);
  }
}
