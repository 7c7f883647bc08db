/** One question at a time, its answer page by page; what comes too late is dropped. */

export class Search {
  #book;
  #report;
  #question = new AbortController();
  #wanted;
  #cursor;
  #isAsking = false;

  /** `report` has page(items, facts), wait() and fail(error). */
  constructor(book, report) {
    this.#book = book;
    this.#report = report;
  }

  /** Ask anew; a newer question ends an older one. */
  ask(wanted) {
    this.stop();
    this.#wanted = wanted;
    this.#cursor = '';
    return this.#next(true);
  }

  /** The next page, unless it is on its way, or there is none. */
  more() {
    return this.#cursor && this.#next(false);
  }

  /** What failed, once more. */
  again() {
    return this.#next(!this.#cursor);
  }

  stop() {
    this.#question.abort();
    this.#question = new AbortController();
    this.#isAsking = false;
  }

  async #next(isFirst) {
    if (this.#isAsking) return;
    const { signal } = this.#question;
    this.#isAsking = true;
    this.#report.wait(isFirst);
    try {
      const { items, next, isCut } = await this.#book.list(this.#wanted, this.#cursor, signal);
      if (signal.aborted) return;
      this.#isAsking = false;
      this.#cursor = next;
      this.#report.page(items, { isFirst, isCut, hasMore: Boolean(next), text: this.#wanted.text });
    } catch (error) {
      if (signal.aborted) return;
      this.#isAsking = false;
      this.#report.fail(error, isFirst);
    }
  }
}
