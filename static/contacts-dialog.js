/** The contacts dialog: what a page loads. Its modules stand in contacts-dialog/. */

export { ContactsDialog } from './contacts-dialog/element.js';
export { strings } from './contacts-dialog/texts.js';
