// A webmail's own script, which the compiler checks against the declarations of the dialog.

import { ContactsDialog, strings } from '../../../static/contacts-dialog.js';
import type { ContactsChosenEvent } from '../../../static/contacts-dialog.js';

Object.assign(strings, { title: 'Contactos' });

const dialog: ContactsDialog = document.querySelector('contacts-dialog')!;
dialog.authorize = () => 'Bearer token';
dialog.addEventListener('contacts-chosen', (event) => {
  event.preventDefault();
  console.log(event.detail.field, event.detail.recipients.map(({ address }) => address));
});
document.addEventListener('contacts-chosen', (event) => (event as ContactsChosenEvent).preventDefault());
dialog.addEventListener('directoryerror', ({ detail }) => detail.status === 401 && dialog.close());
if (!dialog.isOpen) dialog.open();

export const made: ContactsDialog = document.createElement('contacts-dialog');

// @ts-expect-error Whether it is open is not set.
dialog.isOpen = true;
// @ts-expect-error There is no such text.
strings.lista = 'lista';
