/** Types of the contacts dialog; what they mean: docs/contacts-dialog.md */

import type { Recipient } from './recipient-field.js';

export type Target = 'to' | 'cc' | 'bcc';

/** Some were chosen for a field. Prevent it, and nothing is added to fields of the page. */
export type ContactsChosenEvent = CustomEvent<{ field: Target; recipients: Recipient[] }>;

/** The address book did not answer as it should; `status` is HTTP's, or 0 without an answer. */
export type AddressBookErrorEvent = CustomEvent<{ status: number }>;

/** What a contacts endpoint answers. */
export interface Contacts {
  items: Recipient[];
  next_cursor?: string;
  cut?: boolean;
}

export class ContactsDialog extends HTMLElement {
  readonly isOpen: boolean;

  /** Makes the value of the header Authorization, for an address book on another origin. */
  authorize?: () => string | undefined | Promise<string | undefined>;

  open(): void;
  close(): void;

  addEventListener(
    type: 'contacts-chosen',
    listener: (this: ContactsDialog, event: ContactsChosenEvent) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: 'directoryerror',
    listener: (this: ContactsDialog, event: AddressBookErrorEvent) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (this: ContactsDialog, event: HTMLElementEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export type TextName =
  | 'title' | 'search' | 'show' | 'all' | 'groups' | 'people' | 'ticked' | 'list' | 'waiting' | 'found'
  | 'partly' | 'none' | 'empty' | 'everywhere' | 'untouched' | 'cut' | 'more' | 'unreachable' | 'busy' | 'expired' | 'again'
  | 'inside' | 'closed' | 'gone' | 'nobody' | 'others' | 'already' | 'chosen' | 'reach' | 'clear' | 'add'
  | 'to' | 'cc' | 'bcc' | 'close' | 'keys';

/** The texts in the language of the page; "#" is the number or name, and before "|" is the text for one. */
export const strings: Record<TextName, string>;

declare global {
  interface HTMLElementTagNameMap {
    'contacts-dialog': ContactsDialog;
  }
}
