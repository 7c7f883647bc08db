/** Chips dragged from field to field, or as text to anywhere else. */

import { formatMailbox } from './mailboxes.js';

/** What is being dragged: {field, recipients}. */
let dragged;

/** `meant(recipient)` says what is dragged with a chip; `onDrop(field, recipients)` moves them here. */
export function listenForDragging(field, { meant, onDrop }) {
  const isWelcome = () => dragged && dragged.field.form === field.form;
  const mark = (isOver) => field.classList.toggle('recipient-drop', isOver);
  const listeners = {
    dragstart({ target: { recipient }, dataTransfer }) {
      if (!recipient) return;
      dragged = { field, recipients: meant(recipient) };
      dataTransfer.setData('text/plain', dragged.recipients.map(formatMailbox).join(', '));
    },
    dragover(event) {
      if (!isWelcome()) return;
      event.preventDefault();
      mark(true);
    },
    dragleave: () => mark(false),
    dragend() {
      dragged = undefined;
    },
    drop(event) {
      mark(false);
      if (!isWelcome()) return;
      event.preventDefault();
      if (dragged.field !== field) onDrop(dragged.field, dragged.recipients);
    },
  };
  for (const [type, listener] of Object.entries(listeners)) field.addEventListener(type, listener);
}
