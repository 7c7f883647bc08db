/** What a text that is almost an address may have been meant to be. */

import { isAddress } from './mailboxes.js';

// A comma or a space where a dot belongs: ann@partner,example
const NO_DOT = /^([^\s@]+@[^\s@.,;，；]+)(?:[,;，；] *| +)(?=[^\s@,;，；]+$)/;

/** Whether the domain has a dot; addresses without one are rare, and often not finished. */
export function hasDot({ address }) {
  return /@[^@]+\.[^@.]+$/.test(address);
}

/** The address that a text differs from by a slip, or undefined. It is to be offered only. */
export function repair(text) {
  const address = text
    .replace(/\s*@[\s@]*/, '@')
    .replace(NO_DOT, '$1.')
    .replace(/\.{2,}/g, '.')
    .replace(/\.$/, '');
  const isRepaired = address !== text && isAddress(address) && hasDot({ address });
  return isRepaired ? address : undefined;
}
