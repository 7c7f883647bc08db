/** Asks before a message shows more, or reaches more people, than its author may expect. */

import { membersOf } from './directory.js';
import { count, strings } from './strings.js';
import { describe, nameOf } from './view.js';

/** What the author should know about these recipients. */
function warnings(recipients, most) {
  const people = recipients.reduce((sum, { member_count: members }) => sum + (members ?? 1), 0);
  return [
    people > most && count('recipients', people),
    ...recipients.map((each) => (each.external_count > 0 || /reject|defer/.test(each.posting))
      && [describe(each), each.posting_reason].filter(Boolean).join('. ')),
  ].filter(Boolean);
}

/** Holds the form of a field back until its author has read the warnings. */
export function guard(field, form) {
  let agreed = false;
  form?.addEventListener('submit', (event) => {
    const lines = warnings(field.fields.flatMap(({ recipients }) => recipients), field.getAttribute('warn-above') ?? 50);
    if (agreed || !lines.length || field !== field.fields[0]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.say(lines.join('; '), {
      [strings.cancel]() {},
      [strings.send]() {
        agreed = true;
        form.requestSubmit(event.submitter);
        agreed = false;
      },
    });
  }, true);
}

/** Replaces a group with its members, here or in Bcc, after a warning; can be undone. */
export async function expand(field, group) {
  const { fields } = field;
  const bcc = fields.find(({ isBlind }) => isBlind);
  const members = await membersOf(field, group);
  const replaceIn = (target) => {
    const before = fields.map(({ recipients }) => recipients);
    field.update(field.recipients.filter((each) => each !== group));
    target.add(members);
    field.say(`${nameOf(group)}: ${count('members', members.length)}`, {
      [strings.undo]: () => fields.forEach((each, i) => each.update(before[i])),
    });
    field.input.focus();
  };
  if (field.isBlind) return replaceIn(field);
  field.say(`${nameOf(group)}: ${strings.visible}`, {
    [strings.cancel]() {},
    [strings.replace]: () => replaceIn(field),
    ...bcc && { [strings.bcc]: () => replaceIn(bcc) },
  });
}
