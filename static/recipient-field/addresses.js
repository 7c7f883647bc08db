/** Reads and writes recipients as they stand in To, Cc and Bcc (RFC 5322 section 3.4). */

const WORD = String.raw`[^\s"(),.:;<>@[\\\]]+`;
const ADDRESS = RegExp(String.raw`^${WORD}(\.${WORD})*@${WORD}(\.${WORD})*$`);

/** What stands between separators; one inside quotes or angle brackets is text. */
const PART = /("(\\.|[^"\\\r\n])*"|<[^<>\r\n]*>|[^,;，；\r\n])+/g;

export const isAddress = (text) => ADDRESS.test(text);

/** {name, address}, or the text as it was typed, of the kind 'invalid'. */
function parse(part) {
  const [, name, bracketed] = part.match(/^(.*)<(.*)>$/) ?? [];
  const address = (bracketed ?? part).trim().replace(/^mailto:/i, '');
  if (!isAddress(address)) return { address: part, kind: 'invalid' };
  return { address, name: name?.trim().replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1') };
}

export function parseList(text) {
  return (text.match(PART) ?? []).map((part) => part.trim()).filter(Boolean).map(parse);
}

/** A name is always quoted: then no comma, bracket or encoded word in it can be misread. */
export function format({ name, address }) {
  return name ? `"${name.replace(/\s+/g, ' ').replace(/["\\]/g, '\\$&')}" <${address}>` : address;
}
