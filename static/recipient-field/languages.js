/** Texts in the language of the page, and numbers within them. */

const column = ['de', 'zh'].indexOf(document.documentElement.lang.slice(0, 2)) + 1;

/** The texts of the page's language, by name; `texts` has each in English, German and Chinese. */
export function inPageLanguage(texts) {
  return Object.fromEntries(Object.entries(texts).map(([name, each]) => [name, each[column]]));
}

/** A text with `value` in place of "#"; what stands before "|" is for one. */
export function fill(text, value = '') {
  const [one, many = one] = text.split('|');
  return (value === 1 ? one : many).replace('#', () => value).trim();
}
