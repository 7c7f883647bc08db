/** Whether a person uses a finger or a pen, which neither drag well nor reach keys; and what a press holds up. */

const CLICK = 50; // Milliseconds until it comes, by touch.
const waiting = new Map();
let pointer;
let isDown = false;

const listen = (type, act) => addEventListener(type, act, { capture: true });
const end = () => {
  isDown = false;
  waiting.forEach((act) => act());
  waiting.clear();
};

listen('pointerdown', ({ pointerType }) => {
  pointer = pointerType;
  isDown = true;
});
listen('click', () => { isDown = false; });
for (const type of ['pointerup', 'pointercancel']) listen(type, () => setTimeout(end, CLICK));

/** Whether the last press was one of these; a laptop may have them beside a mouse. */
export const isByTouch = () => pointer === 'touch' || pointer === 'pen';

/** Do it now or after a press: what is replaced while it is pressed gets no click. The last act of one counts. */
export function afterPress(one, act) {
  waiting.delete(one);
  if (isDown) waiting.set(one, act);
  else act();
}
