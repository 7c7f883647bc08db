/**
 * Rules of dynamic groups between text and what the builder shows: conditions, joined by all or any, and brackets of
 * conditions. The grammar is that of contactsgroups/domain/rule_text.py, which alone decides what is valid.
 */

const FIELDS = ['department', 'title', 'location', 'name', 'address', 'domain'];
const ATTRIBUTE = /^attribute\.[a-z][a-z0-9_-]{0,63}$/;
const COMPARISONS = ['=', '!=', 'contains', 'starts with', 'under', 'one of', 'is not set', 'is set'];
const OPPOSITES = { '=': '!=', '!=': '=', 'is set': 'is not set', 'is not set': 'is set' };
const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(!=|[=(),])|([\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_-]*)?)|(\S))/gsu;

/** What a rule cannot be read as; the server says what is wrong with it. */
class Unreadable extends Error {}

class Reader {
  constructor(text) {
    this.tokens = [...text.trimEnd().matchAll(TOKEN)].map(([, value, sign, word, other]) => (
      value ? { value: value.slice(1, -1).replace(/\\(.)/gs, '$1') } : { word: (sign ?? word ?? other).toLowerCase() }
    ));
  }

  takes(...words) {
    if (!words.every((word, ahead) => this.tokens[ahead]?.word === word)) return false;
    this.tokens.splice(0, words.length);
    return true;
  }

  expect(word) {
    if (!this.takes(word)) throw new Unreadable(word);
  }

  value() {
    const { value } = this.tokens.shift() ?? {};
    if (value === undefined) throw new Unreadable('a value');
    return value;
  }

  joined(word, join, read) {
    const parts = [read()];
    while (this.takes(word)) parts.push(read());
    return parts.length === 1 ? parts[0] : { join, parts };
  }

  rule() {
    return this.joined('or', 'any', () => this.joined('and', 'all', () => this.one()));
  }

  one() {
    if (this.takes('not')) return { not: this.one() };
    if (this.takes('(')) {
      const inner = this.rule();
      this.expect(')');
      return inner;
    }
    const field = this.field();
    const comparison = COMPARISONS.find((words) => this.takes(...words.split(' ')));
    if (!field || !comparison) throw new Unreadable('a condition');
    return { field, comparison, values: this.values(comparison) };
  }

  field() {
    const { word } = this.tokens[0] ?? {};
    if (!FIELDS.includes(word) && !ATTRIBUTE.test(word ?? '')) return undefined;
    this.tokens.shift();
    return word;
  }

  values(comparison) {
    if (!takesValue(comparison)) return [];
    if (comparison !== 'one of') return [this.value()];
    this.expect('(');
    const values = [this.value()];
    while (this.takes(',')) values.push(this.value());
    this.expect(')');
    return values;
  }
}

export const takesValue = (comparison) => !comparison.startsWith('is ');

/** A condition as a row; null for what is none, or what a row cannot hold. */
const rowOf = (node) => {
  if (node.not) {
    const row = rowOf(node.not);
    if (!row) return null;
    const isNegated = row.comparison.startsWith('not ');
    return { ...row, comparison: OPPOSITES[row.comparison] ?? (isNegated ? row.comparison.slice(4) : `not ${row.comparison}`) };
  }
  if (node.join) return null;
  // Several values stand in one field, between commas.
  if (node.comparison === 'one of' && node.values.some((value) => /,|^\s|\s$|^$/.test(value))) return null;
  return { field: node.field, comparison: node.comparison, value: node.values.join(', ') };
};

const bracketOf = (node) => {
  const rows = (node.join ? node.parts : [node]).map(rowOf);
  return rows.every(Boolean) ? { join: node.join ?? 'all', rows } : null;
};

/**
 * Read a rule for the builder: `{ join, rows }`, where a row is a condition or a bracket of them.
 *
 * Returns null for a rule that is too deep, and undefined for a text that is no rule.
 */
export const readRule = (text) => {
  if (!text.trim()) return { join: 'all', rows: [] };
  let node;
  try {
    const reader = new Reader(text);
    node = reader.rule();
    if (reader.tokens.length) return undefined;
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError) return undefined;
    throw error;
  }
  const rows = (node.join ? node.parts : [node]).map((part) => rowOf(part) ?? bracketOf(part));
  return rows.every(Boolean) ? { join: node.join ?? 'all', rows } : null;
};

const quoted = (value) => `"${value.replace(/[\\"]/g, '\\$&')}"`;

const valuesIn = (text) => text.split(',').map((each) => each.trim()).filter(Boolean);

/** A row as text; empty while its value is. */
const writeRow = ({ field, comparison, value }) => {
  const isNegated = comparison.startsWith('not ');
  const plain = isNegated ? comparison.slice(4) : comparison;
  const start = `${isNegated ? 'not ' : ''}${field} ${plain}`;
  if (!takesValue(plain)) return start;
  if (plain === 'one of') {
    const values = valuesIn(value).map(quoted);
    return values.length ? `${start} (${values.join(', ')})` : '';
  }
  return value.trim() ? `${start} ${quoted(value)}` : '';
};

const JOINTS = { all: 'and', any: 'or' };

/** Write what the builder shows as the text of a rule; conditions without a value are left out. */
export const writeRule = ({ join, rows }) => rows.map((row) => {
  if (!row.rows) return writeRow(row);
  const inner = row.rows.map(writeRow).filter(Boolean);
  return inner.length > 1 ? `(${inner.join(` ${JOINTS[row.join]} `)})` : inner.join('');
}).filter(Boolean).join(`\n${JOINTS[join]} `);
