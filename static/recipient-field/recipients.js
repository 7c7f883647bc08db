/** What there is to know and to say about a recipient. */

import { isAddress } from './mailboxes.js';
import { phrase, strings } from './texts.js';

const validity = new WeakMap();

/** Whether the address is one; looked at once, for lists are long. */
export function isValid(recipient) {
  if (!validity.has(recipient)) validity.set(recipient, isAddress(recipient.address));
  return validity.get(recipient);
}

/** The same for two spellings of one address. */
export const keyOf = ({ address }) => address.toLowerCase();

export const nameOf = ({ name, address }) => name || address;

export const foldedName = (recipient) => nameOf(recipient).toLowerCase();

export const isRefused = ({ posting }) => /reject|defer/.test(posting);

/** All but some, whatever has been learnt of them in the meantime. */
export function without(recipients, some) {
  const keys = new Set(some.map(keyOf));
  return recipients.filter((each) => !keys.has(keyOf(each)));
}

/** Of one its name, of several their number. */
export function whoAre(recipients) {
  return recipients.length === 1 ? nameOf(recipients[0]) : phrase('recipients', recipients.length);
}

/** What is said once they are in the field: of what is no address, that it is none. */
export function outcome(recipients) {
  const [good, wrong] = [true, false].map((is) => recipients.filter((each) => isValid(each) === is));
  const said = (those, what) => those.length && `${whoAre(those)}: ${what}`;
  return [said(good, strings.added), said(wrong, strings.invalid)].filter(Boolean).join(', ');
}

/** Pairs of a part's name and its text; what is not known is not claimed. */
export function factsOf(recipient) {
  const { kind, member_count, external_count, posting } = recipient;
  return Object.entries({
    group: kind === 'group' && strings.group,
    members: member_count >= 0 && phrase('members', member_count),
    external: (external_count > 0 || kind === 'external') && phrase('external', external_count),
    hold: posting === 'hold' && strings.hold,
    reject: isRefused(recipient) && strings.reject,
    invalid: kind === 'invalid' && strings.invalid,
  }).filter(([, text]) => text);
}

/** Why a message is refused or waits, as the server says it, or as the page calls it. */
export const reasonOf = ({ posting_reason: reason }) => strings[reason] ?? reason;

/** The recipient in one spoken sentence. */
export function describe(recipient) {
  const facts = factsOf(recipient).map(([, text]) => text);
  return [nameOf(recipient), ...facts, reasonOf(recipient)].filter(Boolean).join(', ');
}

/** Folded names that stand for more than one address. */
export function sharedNames(recipients) {
  const owners = new Map();
  const isSecond = (each) => owners.get(foldedName(each)) !== keyOf(each);
  for (const each of recipients) owners.set(foldedName(each), keyOf(each));
  return new Set(recipients.filter(isSecond).map(foldedName));
}
