/** What is said when the address book does not answer, and what a person can do then. */

import { element } from '../recipient-field/drawing.js';
import { strings } from './texts.js';

/** The text, and a button where trying again may help; signing in again is done elsewhere. */
export function describeFailure({ status = 0 }, retry) {
  if (status === 401) return [strings.expired];
  const button = element('button', 'again', { type: 'button', textContent: strings.again, onclick: () => retry() });
  return [status === 429 ? strings.busy : strings.unreachable, ' ', button];
}
