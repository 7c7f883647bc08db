/** To, Cc and Bcc: where contacts are added, and who is there already. */

import { formatMailbox, parseMailboxes } from '../recipient-field/mailboxes.js';
import { keyOf } from '../recipient-field/recipients.js';

const NAMES = ['to', 'cc', 'bcc'];

/** The names for which the element has buttons: those that it names fields for, or else all. */
export function targetNames(host) {
  const named = NAMES.filter((name) => host.hasAttribute(name));
  return named.length ? named : NAMES;
}

/** By key, in which field of the message somebody is already. */
export function findTaken(host) {
  return new Map(NAMES.flatMap((name) => recipientsIn(fieldOf(host, name)).map((each) => [keyOf(each), name])));
}

/** Add to a field, as if they had been picked there, and go to it; nothing where there is none. */
export function addTo(host, name, recipients) {
  const field = fieldOf(host, name);
  if (!field) return;
  if (field.add) field.add(recipients.map(({ match, ...recipient }) => recipient));
  else addAsText(field, recipients);
  (field.input ?? field).focus();
}

/** The recipient field with this id, or around it; or an input of the page. */
function fieldOf(host, name) {
  const id = host.getAttribute(name);
  const found = id && host.getRootNode().getElementById(id);
  return found?.closest('recipient-field:defined') ?? found;
}

function recipientsIn(field) {
  return field?.recipients ?? parseMailboxes(field?.value ?? '');
}

function addAsText(input, recipients) {
  const taken = new Set(recipientsIn(input).map(keyOf));
  const added = recipients.filter((each) => !taken.has(keyOf(each))).map(formatMailbox);
  const before = input.value.trim().replace(/[,;]$/, '');
  input.value = [before, ...added].filter(Boolean).join(', ');
  for (const type of ['input', 'change']) input.dispatchEvent(new Event(type, { bubbles: true }));
}
