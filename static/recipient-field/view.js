/** How one recipient looks and is spoken: as a suggestion and as a chip. */

import { count, strings } from './strings.js';

export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter(Boolean));
  return made;
}

export const nameOf = ({ name, address }) => name || address;

/** What is worth knowing before writing to somebody: [CSS class, text]. */
function facts({ kind, member_count: members, external_count: outsiders, posting, moderated }) {
  return Object.entries({
    group: kind === 'group' && strings.group,
    members: members >= 0 && count('members', members),
    external: (outsiders > 0 || kind === 'external') && count('external', outsiders),
    hold: (posting ? posting === 'hold' : moderated) && strings.hold,
    reject: /reject|defer/.test(posting) && strings.reject,
    invalid: kind === 'invalid' && strings.invalid,
  }).filter(([, text]) => text);
}

/** "Sales Team, group, 12 members, 2 external" */
export function describe(recipient) {
  return [nameOf(recipient), ...facts(recipient).map(([, text]) => text)].join(', ');
}

function parts(recipient, ...more) {
  const { icon, kind } = recipient;
  const texts = [['name', nameOf(recipient)], ...facts(recipient), ...more];
  return [
    element('span', { className: `recipient-icon ${kind}` }, icon && element('img', { src: icon, alt: '' })),
    ...texts.map(([name, textContent]) => element('span', { className: `recipient-${name}`, textContent })),
  ];
}

/** A row of the list of suggestions. */
export function option(recipient, id, isTaken) {
  const address = isTaken ? strings.already : recipient.address;
  return element('li', { recipient, id, role: 'option' }, ...parts(recipient, ['address', address]));
}

/** A chip, with "+12" where the members can be shown. */
export function chip(recipient, field) {
  const button = (action, text, ...children) => element('button', {
    type: 'button', tabIndex: -1, className: `recipient-${action}`,
    ariaLabel: text && `${text} ${nameOf(recipient)}: ${strings[action]}`,
    onclick: (event) => field[action](recipient, event),
  }, text, ...children);
  return element('li', { recipient, title: recipient.address },
    button('edit', null, ...parts(recipient)),
    recipient.kind === 'group' && recipient.id && recipient.members_visible !== false
      && button('expand', `+${recipient.member_count ?? ''}`),
    button('remove', '×'));
}
