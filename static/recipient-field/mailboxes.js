/**
 * Recipient lists as people type them and programs write them.
 *
 * The same algorithm as contactsgroups/domain/mailboxes.py and what it imports, and the same cases:
 * tests/mailbox_lists.json. Words wait until an address follows, whose name they are.
 */

function attempt(change, text) {
  try {
    return change(text);
  } catch {
    return text;
  }
}

const onOneLine = (text) => text.trim().replace(/\s+/g, ' ');

// What was copied without being seen. Joiners mean something between letters of other scripts.
const INVISIBLE = /[\0-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0\ufdd1\ufeff]/g;
const plain = (text) => text.replace(INVISIBLE, '')
  .replace(/(?<![^\0-\x7f])[\u200c\u200d]+/g, '')
  .replace(/[\v\f\r\x1c-\x1e\x85\u2028\u2029]/g, '\n')
  .replace(/\p{Zs}/gu, ' ');

/** The recipients of a mailto link (RFC 6068), without its subject and other fields. */
function recipientsOf(link, first, query = '') {
  const further = query.split('&').map((field) => field.match(/^(?:to|cc)=(.*)/i)?.[1]);
  return [first, ...further].filter(Boolean).join(', ')
    .replace(/(?:%[\da-f]{2})+/gi, (octets) => attempt(decodeURIComponent, octets));
}

/** Outlook writes an address twice: ann@example.org<mailto:ann@example.org> */
const once = (link, address, place, text) => (
  address && text.slice(Math.max(place - address.length, 0), place) === address ? '' : link);

// U+FDD0 and U+FDD1, which no text has, stand for escaped quotes and backslashes.
const clean = (text) => plain(plain(text)
  .replace(/<mailto:([^\s<>?]*)>/gi, once)
  .replace(/\[([^[\]\n]*)\]\((mailto:[^()\s]*)\)/gi, '$1 <$2>')
  .replace(/mailto:([^\s<>()"?]*)(?:\?([^\s<>()"]*))?/gi, recipientsOf))
  .replaceAll('\\\\', '\ufdd1').replaceAll('\\"', '\ufdd0');
const restore = (text, escape) => text.replaceAll('\ufdd0', `${escape}"`).replaceAll('\ufdd1', `${escape}\\`);

/** An encoded word (RFC 2047) as it was meant. */
function decode(word, charset, encoding, encoded) {
  return attempt(() => {
    const octets = /b/i.test(encoding) ? atob(encoded) : encoded.replaceAll('_', ' ')
      .replace(/=([\da-f]{2})/gi, (_, digits) => String.fromCharCode(`0x${digits}`));
    return new TextDecoder(charset, { fatal: true }).decode(Uint8Array.from(octets, (each) => each.charCodeAt()));
  }, word);
}

function readName(text) {
  const name = onOneLine(text).replace(/^(?:[-–—•*·▪>&+|/=]+|\d+[.)])(?: |$)| [-–—|=]+$/g, '')
    .replace(/^(?:"([^"]*)"|[“”„‟«»]([^“”„‟«»]*)[“”„‟«»]|['‘’‚‛](.*)['‘’])$/, '$1$2$3');
  return onOneLine(plain(restore(name, '').replace(/(?<=\?=) +(?==\?)/g, '')
    .replace(/=\?([\w-]+)\?([bq])\?([!->@-~]{1,200})\?=/gi, decode)));
}

const LOCAL_PART = /^(?![-.])(?!.*\.(?:\.|$))(?:[\w#$&'*+/=?^`{|}~.-]|[^\0-\x7f\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Z}])+$/u;
const LABEL = /^(?![-\p{M}])(?!.*-$)(?:[\w-]+|[\p{L}\p{M}\p{N}·・-]+)$/u;
const octets = (text) => new TextEncoder().encode(text).length;
// URL knows Punycode; a label that it refuses is left to the server.
const toASCII = (label) => attempt(() => new URL(`http://${label}.x`).hostname.slice(0, -2), label);

/** What is wrong with an address, as contactsgroups/domain/address.py sees it; '' if nothing is. */
function faultOf(address) {
  const [, localPart, domain] = address.normalize('NFC').match(/^(.*)@(.*)$/s) ?? [];
  if (domain === undefined) return 'no-at';
  if (localPart.includes('@')) return 'two-ats';
  if (address.length > 254 || octets(localPart) > 64) return 'too-long';
  if (!LOCAL_PART.test(localPart)) return 'local-part';
  const labels = domain.replace(/\.$/, '').split(/[.。．｡]/).map((each) => each.normalize('NFKC').toLowerCase().normalize('NFKC'));
  const encoded = labels.map(toASCII);
  if (!labels.every((each) => LABEL.test(each)) || encoded.some((each) => each.length > 63)) return 'domain';
  return octets(localPart) + encoded.join('.').length > 253 ? 'too-long' : '';
}

export const isAddress = (text) => !faultOf(text);

const narrow = (text) => text.replace(/[＠﹫]/g, '@');

/** The address that a word may be, without what people put around it. */
function unwrap(word) {
  if (word.length > 1000 || word.startsWith('"')) return word;
  return narrow(word).split(/[:：]/).at(-1)
    .replace(/^\{(.*)\}[!?.]*$/s, '$1')
    .replace(/^[[‘’‚‛“”„‟«»‹›]+|[\]}‘’“”„‟«»‹›!?:.。．｡]+$/g, '')
    .replace(/^(['`*_]+)(.*)\1$/s, '$2')
    .replace(/[\]}'"`*!?.]+$/, '');
}

/** A text that is no recipient: what is wrong with it, and the address that is probably meant. */
function refuse(text) {
  const invalid = (fault, suggestion = '') => ({ address: text, kind: 'invalid', fault, suggestion });
  const spelled = narrow(text);
  if (!spelled.includes('@')) return invalid('no-at');
  if (text.length > 1000) return invalid('too-long');
  const candidate = spelled.match(/[^\s<>]*\s*@[\s@]*[^\s<>]*/)[0].trim();
  const fault = /\s/.test(candidate) ? 'space' : /[,，]/.test(candidate) ? 'comma' : faultOf(unwrap(candidate)) || 'no-at';
  const dotted = candidate.replace(/\s+/g, '').replace(/@+/g, '@').replace(/[,，.]+/g, '.');
  const meant = unwrap(dotted).replace(/^\.+|\.+(?=@)|(?<=@)\.+/g, '');
  return invalid(fault, isAddress(meant) ? meant : '');
}

const COMMA = ',，、､،';
const WORD = String.raw`[^\s;；؛<>＜＞()（）${COMMA}]`;
const NO_AT = WORD.replace(']', '@＠﹫"]');
const TOKEN = RegExp([
  String.raw`(?<quoted>"[^"\n]*"(?![@＠﹫])|[“”„‟«»][^“”„‟«»\n]*[“”„‟«»])`,
  String.raw`[(（](?<comment>[^()（）\n]*)[)）]`,
  String.raw`[<＜](?<bracket>[^<>＜＞\n]*)[>＞]`,
  String.raw`(?<comma>[${COMMA}])|(?<semicolon>[;；؛])|(?<newline>\n)`,
  `(?<commaForDot>${NO_AT}+[@＠﹫](?:(?:(?!\\.)${NO_AT})+[,，]${NO_AT}+|${NO_AT}+[,，][a-z]{2})(?!${WORD}))`,
  String.raw`(?<word>(?!\["|\](?!${WORD}))(?:"[^"\n]*"(?=[@＠﹫]))?${WORD}+)`,
].join('|'), 'g');
const BEFORE_BRACKET = /[ \t]*[<＜][^<>＜＞\n]*[>＞]/y;

/** The recipients of a cleaned text, and what is none of them. */
function read(text) {
  const found = [];
  let waiting = []; // Words between separators: {start, end, isFaulty, hasQuotes}.
  let isOpen = false; // Whether a further word joins the last of them.
  let isBroken = false; // Whether a line ended after them.
  let endOfLast = 0;
  let inLine = 0;

  function refuseWaiting() {
    for (const { start, end } of waiting) {
      const piece = text.slice(start, end).trim();
      if (piece) found.push(refuse(restore(piece, '\\')));
    }
    waiting = [];
    isOpen = isBroken = false;
  }

  function wait({ start, end, isQuoted }, isFaulty = false) {
    if (isBroken) refuseWaiting();
    if (!isOpen) waiting.push({ start });
    isOpen = true;
    const words = waiting.at(-1);
    words.end = end;
    words.isFaulty ||= isFaulty;
    words.hasQuotes ||= isQuoted;
  }

  function nameLast(name) {
    const last = found.at(-1);
    if (name.toLowerCase() !== last.address.toLowerCase()) last.name ||= name;
  }

  function accept({ end }, address) {
    // Below an address without a name, a name may be its, or that of the next.
    const isName = isOpen && !waiting.at(-1).isFaulty && !(isBroken && found.at(-1)?.name === '');
    const words = isName && waiting.pop();
    refuseWaiting();
    found.push({ name: '', address });
    if (words) nameLast(readName(text.slice(words.start, words.end)));
    endOfLast = end;
    inLine += 1;
  }

  function wordOrAddress(place, content, isFaulty) {
    const address = unwrap(content);
    BEFORE_BRACKET.lastIndex = place.end;
    if (!address.includes('@') || BEFORE_BRACKET.test(text)) wait(place);
    else if (isAddress(address)) accept(place, address);
    else wait(place, isFaulty);
  }

  /** Words that still wait are a cell beside an address without a name, or nobody. */
  function end() {
    const cell = waiting.length && inLine === 1 && found.at(-1).name === '' && waiting[0].start;
    if (cell && /^ *\t\s*$/.test(text.slice(endOfLast, cell))) {
      nameLast(readName(text.slice(cell, waiting.at(-1).end)));
      waiting = [];
    }
    refuseWaiting();
  }

  const readers = {
    quoted: (place, content) => wordOrAddress(place, content.slice(1, -1).trim(), false),
    word(place, content) {
      if (!/[:：]$/.test(content)) return wordOrAddress(place, content, true);
      // The name of a group or of a header field.
      wait(place);
      waiting.at(-1).start = place.end;
    },
    commaForDot: (place) => wait(place, true),
    comment(place, content) {
      const address = unwrap(content.trim());
      const isOfLast = !isOpen && inLine && !text.slice(endOfLast, place.start).trim();
      if (!isOfLast && !isBroken && isAddress(address)) return accept(place, address);
      if (!isOfLast) return wait(place);
      if (found.at(-1).kind !== 'invalid') nameLast(readName(content));
      endOfLast = place.end;
    },
    bracket(place, content) {
      const words = content.split(/[\s,，;；]+/).filter(Boolean).map(unwrap);
      // Outlook writes Archer, Ben <ben@example.org> without quotes; whoever quotes, quotes all.
      const isOneName = isOpen && waiting.length <= 3 && !waiting.some((each) => each.hasQuotes);
      if (isOneName) waiting = [{ start: waiting[0].start, end: waiting.at(-1).end }];
      if (!words.every(isAddress)) return wait(place, true);
      for (const word of words) accept(place, word);
    },
    comma() {
      if (isBroken || waiting.at(-1)?.isFaulty) refuseWaiting();
      isOpen = false;
    },
    semicolon: end,
    newline() {
      if (isOpen && !inLine && !waiting.at(-1).isFaulty) isBroken = true;
      else end();
      inLine = 0;
    },
  };

  for (const { 0: { length }, index: start, groups } of text.matchAll(TOKEN)) {
    const [kind, content] = Object.entries(groups).find(([, each]) => each !== undefined);
    readers[kind]({ start, end: start + length, isQuoted: kind === 'quoted' }, content);
  }
  end();
  return found;
}

/** The recipients of a list, and what is none of them, in their order. */
export const parseMailboxes = (text) => read(clean(text));

/** A mailbox as a header has it. Names are always quoted: they may contain anything. */
export function formatMailbox({ name, address }) {
  return name ? `"${onOneLine(name).replace(/["\\]/g, '\\$&')}" <${address}>` : address;
}
