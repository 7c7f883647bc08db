"""Whatever was done in three fields is taken back step by step, and done again."""

from playwright.sync_api import Page

SEQUENCES = 20

# Does 25 random steps, most of them as a person does; answers what went wrong, or "".
RUN = """(seed) => {
    const random = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    const pick = (all) => all[Math.floor(random() * all.length)];
    const fields = [...document.querySelectorAll('recipient-field')];
    const state = () => JSON.stringify(
        fields.map(({ recipients }) => recipients.map(({ address }) => address)));
    const press = (target, key, modifiers) => target.dispatchEvent(new KeyboardEvent('keydown',
        { key, bubbles: true, cancelable: true, ...modifiers }));
    const all = (field, selector) => [...field.querySelectorAll(selector)];
    const address = () => ({ address: `${pick('abcdefgh')}@example.net` });
    const steps = {
        add: (field) => field.add([address(), address()]),
        remove: (field) => pick(all(field, '.recipient-remove'))?.click(),
        move(field) {
            const chip = pick(all(field, '.recipient-edit'));
            chip?.focus();
            if (chip) press(chip, pick(['ArrowUp', 'ArrowDown']), { altKey: true });
        },
        selectAll(field) {
            field.input.focus();
            press(field.input, 'a', { ctrlKey: true });
            press(document.activeElement, pick(['Delete', 'ArrowUp', 'ArrowDown']),
                { altKey: random() < 0.7 });
        },
        edit(field) {
            pick(all(field, '.recipient-edit'))?.dispatchEvent(
                new MouseEvent('click', { detail: 2, bubbles: true }));
            field.input.value = '';
        },
        undo: (field) => field.undo(),
    };
    const states = [state()];
    const done = [];
    for (let i = 0; i < 25; i += 1) {
        const name = pick([...Object.keys(steps), 'add', 'add']);
        done.push(name);
        steps[name](pick(fields));
        if (name === 'undo' && states.length > 1) states.pop();
        else if (state() !== states.at(-1)) states.push(state());
        if (state() !== states.at(-1)) return `${done} taken back wrongly`;
        const everybody = JSON.parse(state()).flat();
        if (new Set(everybody).size < everybody.length) return `${done} has somebody twice`;
    }
    for (const before of states.slice(0, -1).reverse()) {
        if (!pick(fields).undo() || state() !== before) return `${done} not taken back`;
    }
    if (fields[0].undo()) return `${done} has a step too many`;
    for (const after of states.slice(1)) {
        if (!pick(fields).redo() || state() !== after) return `${done} not done again`;
    }
    return '';
}"""


def test_every_step_is_taken_back_and_done_again(compose: Page) -> None:
    for seed in range(1, SEQUENCES + 1):
        assert compose.evaluate(RUN, seed * 7919) == ""
        compose.reload()
        compose.locator("#to[role=combobox]").wait_for()
