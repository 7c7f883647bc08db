/** Whether a person uses a finger or a pen, which neither drag well nor reach keys. */

let pointer;

addEventListener('pointerdown', ({ pointerType }) => { pointer = pointerType; }, { capture: true });

/** Whether the last press was one of these; a laptop may have them beside a mouse. */
export const isByTouch = () => pointer === 'touch' || pointer === 'pen';
