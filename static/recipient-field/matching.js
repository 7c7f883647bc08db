/** Which letters of a suggestion were typed, and whether Enter may take it for them. */

import { isAddress } from './mailboxes.js';

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const CERTAIN = /^(exact|word|prefix|transliterated)$/;

const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Whether a suggestion is what the text says, so that it may be taken without choosing it first.
 * Never one that corrects the text, or was found by its domain alone; and a whole address is
 * continued at most.
 */
export function isCertain(row, text) {
  if (isAddress(text)) return row.address.toLowerCase().startsWith(text.toLowerCase());
  return row.match ? CERTAIN.test(row.match.kind) : Boolean(compare(row, text));
}

/** Ranges of matched letters, {name: [[start, end], ...], address: [...]}. */
export function matchOf(row, text) {
  return row.match ?? compare(row, text) ?? {};
}

/** The field's own comparison, for directories that do not say what matched. */
function compare({ name = '', address }, text) {
  if (address.toLowerCase().startsWith(text.toLowerCase())) return { address: [[0, text.length]] };
  const found = { name: [], address: [] };
  const localPart = address.slice(0, address.lastIndexOf('@'));
  for (const typed of fold(text).match(WORDS) ?? [text]) {
    const inName = findWord(name, typed);
    const inAddress = findWord(localPart, typed);
    if (!inName && !inAddress) return undefined;
    if (inName) found.name.push(inName); else found.address.push(inAddress);
  }
  return found;
}

/** Range of the first word that starts with the folded text. */
function findWord(text, typed) {
  for (const { 0: word, index } of text.matchAll(WORDS)) {
    if (fold(word).startsWith(typed)) return [index, index + lengthOf(word, typed.length)];
  }
  return undefined;
}

/** How much of a word folds to so many letters, marks on the last one included. */
function lengthOf(word, letters) {
  let end = 1;
  while (end < word.length && fold(word.slice(0, end)).length < letters) end += 1;
  while (/\p{M}/u.test(word[end] ?? '')) end += 1;
  return end;
}
