/** The recipient field: what a page loads. Its modules stand in recipient-field/. */

export { RecipientField } from './recipient-field/element.js';
export { formatMailbox as format, parseMailboxes as parseList } from './recipient-field/mailboxes.js';
export { strings } from './recipient-field/texts.js';
