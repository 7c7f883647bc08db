/** What the field tells: spoken always, shown when there is something to see or to decide. */

import { element } from './drawing.js';

const PAUSE = 300;

export class Notice {
  #timer;
  #onAnswer;

  /** `onAnswer` is called before the action of a button. */
  constructor(onAnswer) {
    this.element = element('p', 'notice', { role: 'status' });
    this.#onAnswer = onAnswer;
  }

  /** Speak when the letters come to rest, and remove what is shown. */
  say(text) {
    clearTimeout(this.#timer);
    if (this.#isShown) this.#write('', false);
    this.#timer = setTimeout(() => this.#write(text, false), PAUSE);
  }

  /** Show at once. */
  show(text) {
    clearTimeout(this.#timer);
    this.#write(text, true);
  }

  /** Show, and let a person decide: `actions` are functions by the text of their button. */
  ask(text, actions) {
    this.offer(text, actions);
    this.element.querySelector('button').focus();
  }

  /** As `ask`, but the focus stays where it is. */
  offer(text, actions) {
    this.show(text);
    this.element.append(...Object.entries(actions).map(([textContent, act]) => element('button', 'action', {
      type: 'button', textContent, onclick: () => this.#answer(act),
    })));
  }

  stop() {
    clearTimeout(this.#timer);
  }

  get #isShown() {
    return this.element.classList.contains('shown');
  }

  #answer(act) {
    this.say('');
    this.#onAnswer();
    act();
  }

  #write(text, isShown) {
    this.element.classList.toggle('shown', isShown);
    this.element.replaceChildren(text);
  }
}
