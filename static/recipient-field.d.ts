/** Types of the recipient field; what they mean: docs/recipient-field.md */

export type Kind = 'group' | 'account' | 'contact' | 'external' | 'invalid';

/** Ranges of matched letters, in UTF-16 units as JavaScript counts them. */
export interface Match {
  kind: 'exact' | 'word' | 'prefix' | 'transliterated' | 'domain' | 'corrected';
  name?: [start: number, end: number][];
  address?: [start: number, end: number][];
  /** Of the alias, where there is one. */
  via?: [start: number, end: number][];
}

/** A recipient; all but the address may be missing, and then nothing is claimed. */
export interface Recipient {
  address: string;
  name?: string;
  /** Missing where the directory does not know the address, or was not asked yet. */
  kind?: Kind;
  id?: string;
  icon?: string;
  member_count?: number;
  external_count?: number;
  members_visible?: boolean;
  moderated?: boolean;
  posting?: 'accept' | 'hold' | 'reject' | 'defer';
  posting_reason?: string;
  /** The alias by which an account was found. */
  via?: string;
  /** Of one that is no address: what is wrong with it, and the address that is probably meant, or ''. */
  fault?: 'no-at' | 'two-ats' | 'comma' | 'space' | 'local-part' | 'domain' | 'too-long';
  suggestion?: string;
}

/** What a completions endpoint answers. */
export interface Completions {
  completions: (Recipient & { match?: Match })[];
}

/** The directory did not answer as it should; `status` is HTTP's, or 0 without an answer. */
export type DirectoryErrorEvent = CustomEvent<{ status: number }>;

export class RecipientField extends HTMLElement {
  static readonly formAssociated: true;

  /** The page's own input; null before the element had one. */
  readonly input: HTMLInputElement | null;
  readonly form: HTMLFormElement | null;
  name: string;

  /** The whole field as a header value, with what is still being typed. */
  value: string;

  /** Who was chosen. A new array each time: changing it changes nothing. */
  get recipients(): Recipient[];
  set recipients(recipients: Iterable<Recipient>);

  /** Makes the value of the header Authorization, for a directory on another origin. */
  authorize?: () => string | undefined | Promise<string | undefined>;

  /** Add those whom no field of the form has yet. */
  add(recipients: Iterable<Recipient>): void;

  /** Take back the last step in any field of the form; whether there was one. */
  undo(): boolean;
  redo(): boolean;

  addEventListener(
    type: 'directoryerror',
    listener: (this: RecipientField, event: DirectoryErrorEvent) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Type extends keyof HTMLElementEventMap>(
    type: Type,
    listener: (this: RecipientField, event: HTMLElementEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export type TextName =
  | 'group' | 'members' | 'external' | 'hold' | 'reject' | 'already' | 'added' | 'remove' | 'removed'
  | 'edit' | 'move' | 'moved' | 'selected' | 'invalid' | 'via' | 'mean' | 'meant' | 'choose' | 'suggestions' | 'none' | 'offline'
  | 'expired' | 'expand' | 'visible' | 'bcc' | 'undo' | 'recipients' | 'send' | 'cancel';

/** The texts in the language of the page; "#" is the number, and before "|" is the text for one. */
export const strings: Record<TextName, string>;

/** The mailboxes of a text. What is no address has the kind "invalid". */
export function parseList(text: string): Recipient[];

/** A recipient as a header has it. */
export function format(recipient: Pick<Recipient, 'name' | 'address'>): string;

declare global {
  interface HTMLElementTagNameMap {
    'recipient-field': RecipientField;
  }
}
