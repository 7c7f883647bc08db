/** Elements, and how a recipient looks in the list and on a chip. */

import { factsOf, nameOf } from './recipients.js';
import { strings } from './texts.js';

/** An element with the class `recipient-PART`, which is also its part where a page has shadow trees. */
export function element(tag, part, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  if (part) {
    made.className = `recipient-${part}`;
    made.part = part;
  }
  made.append(...children.filter(Boolean));
  return made;
}

/** Icon, name and facts of a recipient; `address` is added if it is not the name already. */
export function drawRecipient(recipient, address, match = {}) {
  const name = nameOf(recipient);
  const isNamed = name !== recipient.address;
  return [
    drawIcon(recipient),
    element('span', 'name', {}, ...emphasise(name, isNamed ? match.name : match.address)),
    ...factsOf(recipient).map(([part, textContent]) => element('span', part, { textContent })),
    address && isNamed && element('span', 'address', {}, ...emphasise(address, match.address)),
  ];
}

/** The alias by which an account was found; nothing for whom was found by what is shown. */
export function drawVia({ via }, match) {
  return via && element('span', 'via', {}, strings.via, ' ', ...emphasise(via, match.via));
}

function drawIcon({ icon, kind = 'contact' }) {
  const drawn = element('span', 'icon', {}, icon && element('img', '', { src: icon, alt: '', draggable: false }));
  drawn.classList.add(kind);
  return drawn;
}

/** The text in pieces, those in the ranges in bold. */
function emphasise(text, ranges = []) {
  const pieces = [];
  let end = 0;
  for (const [start, stop] of [...ranges].sort(([one], [other]) => one - other)) {
    if (start < end || stop <= start) continue;
    pieces.push(text.slice(end, start), element('b', 'match', { textContent: text.slice(start, stop) }));
    end = stop;
  }
  return [...pieces, text.slice(end)].flatMap(breakBeforeDomain);
}

/** On a narrow screen a long address goes on with its domain in the next line, not anywhere. */
function breakBeforeDomain(piece) {
  const [start, ...rest] = typeof piece === 'string' ? piece.split(/(?=@)/) : [piece];
  return rest.length ? [start, element('wbr'), ...rest] : start;
}
