/** The directory's answers over HTTP. */

const PATIENCE = 5000;
const SOURCE = '/api/v1/completions';

/** An answer that is none; `status` is HTTP's, or 0 if there was no answer at all. */
export class DirectoryError extends Error {
  constructor(status) {
    super(`The directory answered with status ${status}.`);
    this.status = status;
  }
}

/** Asks the completions endpoint that a field names. */
export class Directory {
  #field;

  constructor(field) {
    this.#field = field;
  }

  /** Suggestions for a text, best first. */
  async complete(text, signal) {
    const kinds = this.#field.getAttribute('kinds') ?? '';
    const query = new URLSearchParams({ q: text, limit: 10, kinds });
    const { completions } = await getAnswer(this.#field, SOURCE, `?${query}`, signal);
    return [...completions];
  }

  /** All members of a group; an error if the directory does not name all of them. */
  async members({ id }, signal) {
    const { members, total } = await getAnswer(this.#field, SOURCE, `/../groups/${id}/recipients`, signal);
    if (!(members?.length >= total)) throw new DirectoryError(0);
    return members;
  }
}

/** The JSON below an element's `src`. */
export async function getAnswer(field, source, path, signal) {
  const authorization = await field.authorize?.();
  const response = await fetch((field.getAttribute('src') ?? source) + path, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    headers: authorization ? { authorization } : {},
  });
  if (!response.ok) throw new DirectoryError(response.status);
  // Pictures have addresses relative to the answer's.
  return JSON.parse(await response.text(), (name, value) => (
    name === 'icon' && value ? new URL(value, response.url).href : value));
}
