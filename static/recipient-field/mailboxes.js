/** Lists of mailboxes as people type and paste them. */

// RFC 5322 section 3.4: separators in quotes are text.
const PART = /("(\\.|[^"\\\r\n])*"|<[^<>\r\n]*>|[^,;，；\r\n])+/g;
const WORD = String.raw`[^\s"(),.:;<>@[\\\]]+`;
const ADDRESS = RegExp(String.raw`^${WORD}(\.${WORD})*@${WORD}(\.${WORD})*$`);

/** Whether a text is one whole address. */
export function isAddress(text) {
  return ADDRESS.test(text);
}

/** The mailboxes of a text: {name, address}, or {address, kind: 'invalid'} for what is none. */
export function parseMailboxes(text) {
  return (text.match(PART) ?? []).map((part) => part.trim()).filter(Boolean).map(parseOne);
}

function parseOne(part) {
  const [, name, bracketed] = part.match(/^(.*)<(.*)>$/) ?? [];
  const address = (bracketed ?? part).trim();
  if (!isAddress(address)) return { address: part, kind: 'invalid' };
  return { address, name: name?.trim().replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1') };
}

/** A mailbox as a header has it. Names are always quoted: they may contain anything. */
export function formatMailbox({ name, address }) {
  return name ? `"${name.replace(/\s+/g, ' ').replace(/["\\]/g, '\\$&')}" <${address}>` : address;
}
