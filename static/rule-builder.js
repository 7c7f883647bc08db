/**
 * The builder of rules: conditions as rows above the rule's text, which stays the form's one field.
 *
 * The page gives what it says, in its language: templates/contactsgroups/rule_builder_macros.html.
 */

import { readRule, takesValue, writeRule } from './rule-builder/rule-text.js';

const ATTRIBUTE = /^attribute\.(.+)/;

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

/** A text with values in its {places}. */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const newRow = () => ({ field: 'department', comparison: 'under', value: '' });

class Builder {
  constructor(area) {
    this.area = area;
    this.attributes = area.dataset.attributes?.split(' ').filter(Boolean) ?? [];
    this.form = area.form;
    this.texts = JSON.parse(area.dataset.texts);
    this.rule = { join: 'all', rows: [] };
    this.rows = element('div', { className: 'conditions' });
    this.note = element('p', { className: 'hint', hidden: true });
    this.note.setAttribute('role', 'status');
    this.departments = element('datalist', { id: 'rule-departments' });
    this.box = element('div', { className: 'builder' }, this.note, this.rows, this.departments);
    this.box.setAttribute('role', 'group');
    this.box.ariaLabel = this.texts.rule;
    const field = area.closest('.field');
    this.text = element('details', { className: 'as-text' }, element('summary', {}, this.texts.asText));
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
      this.note.textContent = rule === null ? this.texts.deep : this.texts.unreadable;
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
    const { rule, texts } = this;
    this.rows.replaceChildren(
      this.head(rule, texts.accounts, 'j'),
      ...rule.rows.map((row, place) => (row.rows ? this.bracket(rule, row, place) : this.row(rule, row, place, ''))),
      element('div', { className: 'actions' }, this.conditionAdder(rule.rows, ''), this.bracketAdder(rule)),
    );
  }

  /** A choice within the sentence that has {join} in its place. */
  head(group, text, key) {
    const made = choice(this.texts.joining, this.texts.joins, group.join, (join) => {
      this.change(() => { group.join = join; }, `[data-key="${key}"]`);
    });
    made.dataset.key = key;
    const [before, after] = text.split('{join}');
    return element('p', { className: 'joint' }, before, made, after);
  }

  bracket(group, bracket, place) {
    const box = element('div', { className: 'bracket' }, this.head(bracket, this.texts.these, `j${place}`));
    box.setAttribute('role', 'group');
    box.ariaLabel = this.texts.bracket;
    box.append(
      ...bracket.rows.map((row, inner) => this.row(bracket, row, inner, `${place}.`, () => {
        if (!bracket.rows.length) group.rows.splice(place, 1);
      })),
      element('div', { className: 'actions' }, this.conditionAdder(bracket.rows, `${place}.`)),
    );
    return element('div', { className: 'condition' }, this.joint(group, place), box);
  }

  joint(group, place) {
    return element('span', { className: 'and' }, place ? this.texts.between[group.join] : '');
  }

  row(group, row, place, prefix, after = () => {}) {
    const key = `${prefix}${place}`;
    const field = choice(this.texts.field, this.fields(row), row.field, (name) => this.change(() => {
      row.field = name;
      if (name !== 'department' && row.comparison.endsWith('under')) row.comparison = '=';
    }, `[data-key="f${key}"]`));
    field.dataset.key = `f${key}`;
    const comparison = choice(this.texts.comparison, this.comparisons(row), row.comparison, (words) => {
      this.change(() => { row.comparison = words; }, `[data-key="c${key}"]`);
    });
    comparison.dataset.key = `c${key}`;
    const remove = element('button', { type: 'button', className: 'quiet', ariaLabel: this.removal(row) }, '×');
    remove.addEventListener('click', () => this.change(() => {
      group.rows.splice(place, 1);
      after();
      if (!this.rule.rows.length) this.rule.rows.push(newRow());
    }, '[data-key^="f"]'));
    const parts = [field, comparison, ...(takesValue(row.comparison) ? [this.value(row)] : []), remove];
    return element('div', { className: 'condition' }, this.joint(group, place), element('div', { className: 'parts' }, ...parts));
  }

  removal(row) {
    const { comparisons, remove } = this.texts;
    const { field, comparison, value } = row;
    return filled(remove, { field: this.fields(row)[field], comparison: comparisons[comparison], value });
  }

  /** What rules ask for: the attributes that accounts have, and the row's own, whoever has it. */
  fields(row) {
    const own = row.field.match(ATTRIBUTE)?.slice(1) ?? [];
    const names = [...new Set([...this.attributes, ...own])].sort();
    return { ...this.texts.fields, ...Object.fromEntries(names.map((name) => [`attribute.${name}`, name])) };
  }

  comparisons(row) {
    const { comparisons } = this.texts;
    if (row.field === 'department') return comparisons;
    return Object.fromEntries(Object.entries(comparisons).filter(([words]) => !words.endsWith('under')));
  }

  value(row) {
    const isList = row.comparison.endsWith('one of');
    const made = element('input', { value: row.value, ariaLabel: isList ? this.texts.values : this.texts.value });
    made.autocomplete = 'off';
    made.spellcheck = false;
    if (row.field === 'department' && !isList) made.setAttribute('list', this.departments.id);
    made.addEventListener('input', () => {
      row.value = made.value;
      this.write();
    });
    return made;
  }

  conditionAdder(rows, prefix) {
    return this.adder(this.texts.addCondition, rows, newRow, () => `f${prefix}${rows.length}`);
  }

  bracketAdder({ join, rows }) {
    const make = () => ({ join: join === 'all' ? 'any' : 'all', rows: [newRow(), newRow()] });
    return this.adder(this.texts.addBracket, rows, make, () => `f${rows.length}.0`);
  }

  /** A button that adds a row; the focus goes to the first field of it, whose key is asked for before it is there. */
  adder(label, rows, make, keyOfFirst) {
    const made = element('button', { type: 'button' }, label);
    made.addEventListener('click', () => this.change(() => rows.push(make()), `[data-key="${keyOfFirst()}"]`));
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
