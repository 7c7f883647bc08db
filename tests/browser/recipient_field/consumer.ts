// A webmail's own script, which the compiler checks against the declarations of the field.

import { RecipientField, format, parseList, strings } from '../../../static/recipient-field.js';
import type { DirectoryErrorEvent, Recipient } from '../../../static/recipient-field.js';

Object.assign(strings, { group: 'lista' });

const field: RecipientField = document.querySelector('recipient-field')!;
field.authorize = async () => 'Bearer token';
field.addEventListener('directoryerror', ({ detail }) => {
  if (detail.status === 401) location.assign('/sign-in');
});
field.addEventListener('change', (event) => event.stopPropagation());
document.addEventListener('directoryerror', (event) => (event as DirectoryErrorEvent).preventDefault());

const recipients: Recipient[] = field.recipients;
field.recipients = [...recipients, { address: 'ada@example.org', kind: 'account' }];
field.add(parseList('"Doe, Jane" <jane@example.org>'));
if (field.undo() && !field.redo()) field.value = recipients.map(format).join(', ');
field.remove();

export const made: RecipientField = document.createElement('recipient-field');
export const names: string[] = [made.name, made.form?.name ?? '', made.input?.value ?? ''];

// @ts-expect-error A recipient has an address.
field.add([{ name: 'Jane' }]);
// @ts-expect-error There is no such kind.
field.add([{ address: 'a@example.org', kind: 'list' }]);
// @ts-expect-error The page's own input is not exchanged.
field.input = null;
// @ts-expect-error There is no such text.
strings.lista = 'lista';
