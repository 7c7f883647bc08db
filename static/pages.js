/** Small comforts of the pages: nothing typed is lost by accident, nothing is sent twice. */

/** What a form would send, to notice changes. */
const contentOf = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));

for (const form of document.querySelectorAll('form[data-keep]')) {
  // The recipient fields fill themselves in first; they are defined by then.
  customElements.whenDefined('recipient-field').then(() => {
    // A form that came back with errors holds what was never saved.
    const saved = document.querySelector('.notice.wrong, .notice.mixed') ? '' : contentOf(form);
    let isSending = false;
    form.addEventListener('submit', () => { isSending = true; });
    addEventListener('beforeunload', (event) => {
      if (!isSending && contentOf(form) !== saved) event.preventDefault();
    });
  });
}

for (const form of document.querySelectorAll('form[method=post]')) {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
}

// Back brings a page out of memory, with what was noted on it.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});
