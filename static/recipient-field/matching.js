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
  const typed = fold(text).match(WORDS) ?? [text];
  const isContinued = address.toLowerCase().startsWith(text.toLowerCase());
  const localPart = address.slice(0, address.lastIndexOf('@'));
  const inName = typed.map((word) => findWord(name, word));
  const inAddress = isContinued ? [[0, text.length]] : typed.map((word) => findWord(localPart, word));
  const isFound = isContinued || typed.every((_, i) => inName[i] || inAddress[i]);
  return isFound ? { name: inName.filter(Boolean), address: inAddress.filter(Boolean) } : undefined;
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
