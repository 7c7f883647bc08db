/** The builder of rules: conditions as rows above the rule's text, which stays the form's one field. */

import { readRule, takesValue, writeRule } from './rule-builder/rule-text.js';

const FIELDS = { department: 'Department', title: 'Title', location: 'Location', name: 'Name', address: 'Address', domain: 'Domain' };
const COMPARISONS = {
  '=': 'is',
  '!=': 'is not',
  contains: 'contains',
  'not contains': 'does not contain',
  'starts with': 'starts with',
  'not starts with': 'does not start with',
  under: 'is under',
  'not under': 'is not under',
  'one of': 'is one of',
  'not one of': 'is none of',
  'is set': 'is set',
  'is not set': 'is not set',
};
const ATTRIBUTE = 'attribute.';
const JOINS = { all: 'all', any: 'any' };
const DEEP = 'This rule is too deep for the builder. Change it as text below.';
const UNREADABLE = 'The text below cannot be read as a rule yet; until then the builder is off.';

const element = (tag, properties = {}, ...content) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
};

const choice = (label, options, chosen, onChange) => {
  const made = element('select', { ariaLabel: label });
  for (const [value, text] of Object.entries(options)) made.append(new Option(text, value, false, value === chosen));
  made.addEventListener('change', () => onChange(made.value));
  return made;
};

const newRow = () => ({ field: 'department', comparison: 'under', value: '' });

class Builder {
  constructor(area) {
    this.area = area;
    this.attributes = area.dataset.attributes?.split(' ').filter(Boolean) ?? [];
    this.form = area.form;
    this.rule = { join: 'all', rows: [] };
    this.rows = element('div', { className: 'conditions' });
    this.note = element('p', { className: 'hint', hidden: true });
    this.note.setAttribute('role', 'status');
    this.departments = element('datalist', { id: 'rule-departments' });
    this.box = element('div', { className: 'builder' }, this.note, this.rows, this.departments);
    this.box.setAttribute('role', 'group');
    this.box.ariaLabel = 'Rule';
    const field = area.closest('.field');
    this.text = element('details', { className: 'as-text' }, element('summary', {}, 'The same rule as text'));
    field.replaceWith(this.box, this.text);
    this.text.append(field);
    this.text.open = area.matches('[aria-invalid]');
    area.addEventListener('input', () => { if (!this.isWriting) this.read(); });
    this.suggestDepartments();
    this.read();
  }

  /** Take over the text, as far as rows can show it. */
  read() {
    const rule = readRule(this.area.value);
    this.note.hidden = Boolean(rule);
    this.rows.hidden = !rule;
    if (rule) {
      this.rule = rule;
      if (!rule.rows.length) rule.rows.push(newRow());
      this.draw();
    } else {
      this.note.textContent = rule === null ? DEEP : UNREADABLE;
      this.text.open = true;
    }
  }

  write() {
    this.isWriting = true;
    this.area.value = writeRule(this.rule);
    this.area.dispatchEvent(new Event('input', { bubbles: true }));
    this.isWriting = false;
  }

  /** Change the rule, draw it anew, and let the focus be where the change was made. */
  change(step, focus) {
    step();
    this.write();
    this.draw();
    this.rows.querySelector(focus)?.focus();
  }

  draw() {
    const { rule } = this;
    this.rows.replaceChildren(
      this.head(rule, 'Accounts that match ', ' of these', 'j'),
      ...rule.rows.map((row, place) => (row.rows ? this.bracket(rule, row, place) : this.row(rule, row, place, ''))),
      element('div', { className: 'actions' }, this.adder('Condition', rule.rows, newRow, ''), this.adder('Bracket', rule.rows, () => ({
        join: rule.join === 'all' ? 'any' : 'all', rows: [newRow(), newRow()],
      }), '')),
    );
  }

  head(group, before, after, key) {
    const made = choice('How conditions are joined', JOINS, group.join, (join) => {
      this.change(() => { group.join = join; }, `[data-key="${key}"]`);
    });
    made.dataset.key = key;
    return element('p', { className: 'joint' }, before, made, after);
  }

  bracket(group, bracket, place) {
    const box = element('div', { className: 'bracket' }, this.head(bracket, '', ' of these', `j${place}`));
    box.setAttribute('role', 'group');
    box.ariaLabel = 'Bracket';
    box.append(
      ...bracket.rows.map((row, inner) => this.row(bracket, row, inner, `${place}.`, () => {
        if (!bracket.rows.length) group.rows.splice(place, 1);
      })),
      element('div', { className: 'actions' }, this.adder('Condition', bracket.rows, newRow, `${place}.`)),
    );
    return element('div', { className: 'condition' }, this.joint(group, place), box);
  }

  joint(group, place) {
    const words = { all: 'and', any: 'or' };
    return element('span', { className: 'and' }, place ? words[group.join] : '');
  }

  row(group, row, place, prefix, after = () => {}) {
    const key = `${prefix}${place}`;
    const field = choice('Field', this.fields(row), row.field, (name) => this.change(() => {
      row.field = name;
      if (name !== 'department' && row.comparison.endsWith('under')) row.comparison = '=';
    }, `[data-key="f${key}"]`));
    field.dataset.key = `f${key}`;
    const comparison = choice('Comparison', this.comparisons(row), row.comparison, (words) => {
      this.change(() => { row.comparison = words; }, `[data-key="c${key}"]`);
    });
    comparison.dataset.key = `c${key}`;
    const remove = element('button', { type: 'button', className: 'quiet', ariaLabel: `Remove condition ${key}` }, '×');
    remove.ariaLabel = `Remove: ${this.fields(row)[row.field]} ${COMPARISONS[row.comparison]} ${row.value}`;
    remove.addEventListener('click', () => this.change(() => {
      group.rows.splice(place, 1);
      after();
      if (!this.rule.rows.length) this.rule.rows.push(newRow());
    }, '[data-key^="f"]'));
    const parts = [field, comparison, ...(takesValue(row.comparison) ? [this.value(row)] : []), remove];
    return element('div', { className: 'condition' }, this.joint(group, place), element('div', { className: 'parts' }, ...parts));
  }

  /** What rules ask for: the attributes that accounts have, and the row's own, whoever has it. */
  fields(row) {
    const names = [...new Set([...this.attributes, ...(row.field.startsWith(ATTRIBUTE) ? [row.field.slice(ATTRIBUTE.length)] : [])])];
    return { ...FIELDS, ...Object.fromEntries(names.sort().map((name) => [ATTRIBUTE + name, name])) };
  }

  comparisons(row) {
    if (row.field === 'department') return COMPARISONS;
    return Object.fromEntries(Object.entries(COMPARISONS).filter(([words]) => !words.endsWith('under')));
  }

  value(row) {
    const isList = row.comparison.endsWith('one of');
    const made = element('input', { value: row.value, ariaLabel: isList ? 'Values, separated by commas' : 'Value' });
    made.autocomplete = 'off';
    made.spellcheck = false;
    if (row.field === 'department' && !isList) made.setAttribute('list', this.departments.id);
    made.addEventListener('input', () => {
      row.value = made.value;
      this.write();
    });
    return made;
  }

  adder(label, rows, make, prefix) {
    const made = element('button', { type: 'button' }, `+ ${label}`);
    made.addEventListener('click', () => this.change(
      () => rows.push(make()),
      `[data-key="${prefix || label === 'Condition' ? `f${prefix}${rows.length}` : `f${rows.length}.0`}"]`,
    ));
    return made;
  }

  /** The departments of the page, of the domain in the address. */
  suggestDepartments() {
    const { address, department } = this.form.elements;
    const fill = () => {
      const beginning = `${address.value.split('@').pop().trim().toLowerCase()}/`;
      const paths = [...(department?.options ?? [])].map(({ value }) => value).filter((value) => value.toLowerCase().startsWith(beginning));
      this.departments.replaceChildren(...paths.map((path) => new Option('', path.slice(beginning.length))));
    };
    address.addEventListener('change', fill);
    fill();
  }
}

for (const area of document.querySelectorAll('textarea[name=rule]')) new Builder(area);
