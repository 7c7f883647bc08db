/** Whether a person uses a finger or a pen, which neither drag well nor reach keys; and what a press holds up. */

const CLICK = 50; // Milliseconds until it comes, by touch.
const waiting = new Map();
let pointer;
let pressed;
let release;

const listen = (type, act) => addEventListener(type, act, { capture: true });
const end = () => {
  pressed = undefined;
  waiting.forEach((act) => act());
  waiting.clear();
};

listen('pointerdown', (event) => {
  clearTimeout(release);
  pointer = event.pointerType;
  [pressed] = event.composedPath();
});
listen('pointerup', () => { release = setTimeout(end, CLICK); });
listen('click', () => { pressed = undefined; });
for (const type of ['pointercancel', 'drop', 'dragend']) listen(type, end); // No click follows.

/** Whether the last press was one of these; a laptop may have them beside a mouse. */
export const isByTouch = () => pointer === 'touch' || pointer === 'pen';

/** Do it now, or after a press on something in the box: what is replaced gets no click. The last act of one counts. */
export function afterPress(box, act) {
  waiting.delete(box);
  if (box.contains(pressed)) waiting.set(box, act);
  else act();
}
