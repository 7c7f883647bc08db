/** Who is inside a group: opened below its row, or else why that is not told. */

import { drawRecipient, element } from '../recipient-field/drawing.js';
import { nameOf } from '../recipient-field/recipients.js';
import { describeFailure } from './failures.js';
import { phrase, strings } from './texts.js';

/** A button that opens what is inside, and the place where it opens. */
export function drawInside(group, book) {
  const place = element('div', 'inside', { hidden: true, role: 'status' });
  const button = element('button', 'members-button', {
    type: 'button', tabIndex: -1, ariaExpanded: false, textContent: strings.inside,
    ariaLabel: `${nameOf(group)}: ${strings.inside}`, onclick: toggle,
  });
  let question = new AbortController();

  function toggle() {
    place.hidden = !place.hidden;
    button.ariaExpanded = !place.hidden;
    question.abort();
    if (!place.hidden) open();
  }

  async function open() {
    question = new AbortController();
    const { signal } = question;
    if (!group.members_visible) return place.replaceChildren(strings.closed);
    place.replaceChildren(strings.waiting);
    try {
      const { members, total } = await book.members(group, signal);
      if (!signal.aborted) place.replaceChildren(...drawMembers(members, total));
    } catch (error) {
      if (!signal.aborted) place.replaceChildren(...describeInside(error, open));
    }
  }

  return [button, place];
}

function drawMembers(members, total) {
  if (!members.length) return [strings.nobody];
  const rows = members.map((each) => element('li', '', {}, ...drawRecipient(each, each.address)));
  const rest = total - members.length;
  return [element('ul', 'inside-list', { role: 'list' }, ...rows), rest > 0 ? phrase('others', rest) : ''];
}

function describeInside(error, retry) {
  const text = { 403: strings.closed, 404: strings.gone }[error.status];
  return text ? [text] : describeFailure(error, retry);
}
