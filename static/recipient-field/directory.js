/** Asks the completions API; whoever asks handles its failures. */

async function get(field, path, signal = AbortSignal.timeout(5000)) {
  const authorization = await field.authorize?.();
  const source = field.getAttribute('src') ?? '/api/v1/completions';
  const response = await fetch(source + path, { signal, headers: authorization && { authorization } });
  if (!response.ok) throw Error(response.status);
  return response.json();
}

/** Completions of text, best first. */
export async function complete(field, q, signal) {
  const query = new URLSearchParams({ q, limit: 10, kinds: field.getAttribute('kinds') ?? '' });
  const { completions } = await get(field, `?${query}`, signal);
  const base = new URL(field.getAttribute('src') ?? '/api/v1/completions', document.baseURI); // Icons are relative to it.
  return completions.map((each) => (each.icon ? { ...each, icon: new URL(each.icon, base).href } : each));
}

/** The members of a group, all of them. */
export async function membersOf(field, { id }) {
  const { members, total } = await get(field, `/../groups/${id}/members`);
  if (members.length < total) throw Error('incomplete');
  return members;
}
