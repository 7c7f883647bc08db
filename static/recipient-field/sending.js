/** The question before a message reaches more people, or others, than its author may expect. */

import { describe, isRefused, isValid } from './recipients.js';
import { phrase, strings } from './texts.js';

/** What is unusual about recipients, in sentences; none if there are no more than `limit`. */
function concernsAbout(recipients, limit) {
  const unusual = recipients.filter((each) => !isValid(each) || each.external_count > 0 || isRefused(each));
  const people = recipients.reduce((sum, { member_count = 1 }) => sum + member_count, 0);
  return [...(people > limit ? [phrase('recipients', people)] : []), ...unusual.map(describe)];
}

/**
 * Hold a form's message back until a person agrees, each time anew.
 *
 * `recipients()` is asked when the form is sent; undefined if another field does the asking.
 */
export function guardSending(form, { recipients, limit, notice, signal }) {
  let agreed;
  const onSubmit = (event) => {
    const concerns = concernsAbout(recipients() ?? [], limit()).join('; ');
    if (!concerns || concerns === agreed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    notice.ask(concerns, {
      [strings.cancel]() {},
      [strings.send]() {
        agreed = concerns; // And to nothing that came since.
        form.requestSubmit(event.submitter);
        agreed = undefined;
      },
    });
  };
  // Before the page's own listeners, which may send in the background.
  form.addEventListener('submit', onSubmit, { capture: true, signal });
}
