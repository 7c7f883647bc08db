"""Several are ticked over several searches, and added to a field as if they were picked there."""

import pytest
from playwright.sync_api import expect

from tests.browser.contacts_dialog.conftest import BUTTON, opened, row_of, search, tick
from tests.browser.recipient_field.conftest import field_of


def count_of(dialog):
    return dialog.locator(".recipient-count")


def test_what_is_ticked_stays_through_searches_and_goes_to_the_field(compose, dialog, chips):
    tick(dialog, "Sales Team").check()
    search(dialog, "jane")
    tick(dialog, "Doe, Jane").check()
    expect(count_of(dialog)).to_have_text("2 ticked · up to 4 recipients · 1 external")
    dialog.get_by_role("button", name="Add to Cc").click()
    expect(dialog).to_be_hidden()
    expect(compose.locator("#cc")).to_be_focused()
    assert chips("cc") == ["Sales Team", "Doe, Jane"]
    assert chips("to") == []
    group = field_of(compose, "cc").locator(".recipient-chip").first
    expect(group.get_by_role("button", name="replace with members")).to_be_visible()


def test_one_step_of_undo_takes_all_of_them_back(compose, dialog, chips):
    tick(dialog, "Sales Team").check()
    tick(dialog, "All Staff").check()
    dialog.get_by_role("button", name="Add to To").click()
    assert len(chips("to")) == 2
    compose.keyboard.press("Control+z")
    assert chips("to") == []


def test_who_is_in_the_message_already_is_marked_and_not_ticked_again(compose, dialog, chips):
    tick(dialog, "Sales Team").check()
    dialog.get_by_role("button", name="Add to Cc").click()
    dialog = opened(compose)
    marked = tick(dialog, "Sales Team")
    expect(marked).to_be_checked()
    expect(row_of(dialog, "Sales Team")).to_contain_text("in Cc")
    marked.click(force=True)  # It says that it is disabled, and can be focused all the same.
    expect(marked).to_be_checked()
    expect(count_of(dialog)).to_have_text("")
    expect(dialog.get_by_role("button", name="Add to To")).to_be_disabled()
    assert chips("cc") == ["Sales Team"]


def test_what_was_typed_behind_the_dialog_is_said_to_be_there(compose, dialog, chips):
    """A host may add while the dialog is open: the field says so, as for one that is picked."""
    tick(dialog, "Ada Example").check()
    compose.evaluate(
        "document.querySelector('recipient-field').add([{ address: 'ada@example.org' }])"
    )
    dialog.get_by_role("button", name="Add to Cc").click()
    assert chips("cc") == []
    expect(field_of(compose, "cc").get_by_text("already added")).to_be_visible()


def test_what_is_ticked_can_be_looked_at_and_taken_back(dialog):
    for name in ("Sales Team", "All Staff", "Ada Example"):
        tick(dialog, name).check()
    search(dialog, "jane")
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    dialog.get_by_role("button", name="Ticked (3)").click()
    expect(dialog.get_by_role("checkbox")).to_have_count(3)
    tick(dialog, "All Staff").uncheck()
    expect(count_of(dialog)).to_have_text("2 ticked · up to 4 recipients · 1 external")
    expect(dialog.get_by_role("checkbox")).to_have_count(3)
    dialog.get_by_role("button", name="Clear").click()
    expect(count_of(dialog)).to_have_text("")
    expect(dialog.get_by_role("button", name="All", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_ticks_outlive_the_dialog(compose, dialog):
    tick(dialog, "Ada Example").check()
    compose.keyboard.press("Escape")
    expect(tick(opened(compose), "Ada Example")).to_be_checked()


def test_with_shift_a_range_is_ticked(dialog):
    boxes = dialog.get_by_role("checkbox")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert [boxes.nth(i).is_checked() for i in range(6)] == [False, True, True, True, True, False]
    boxes.nth(2).click()
    boxes.nth(3).click(modifiers=["Shift"])
    assert [boxes.nth(i).is_checked() for i in range(6)] == [False, True, False, False, True, False]


class TestInAForeignPage:
    """One that has none of our fields."""

    @pytest.fixture
    def body(self):
        return f"""<body><main><h1>New message</h1><contacts-dialog to="to" bcc="bcc">{BUTTON}
        </contacts-dialog><label for="to">To</label> <input id="to" value="eve@example.org">
        <label for="bcc">Bcc</label> <textarea id="bcc"></textarea></main></body></html>"""

    def test_addresses_are_written_into_its_inputs(self, compose, dialog):
        compose.evaluate(
            "() => { document.querySelector('#to').oninput = () => { window.told = true; }; }"
        )
        tick(dialog, "Doe, Jane").check()
        dialog.get_by_role("button", name="Add to To").click()
        expect(compose.locator("#to")).to_have_value(
            'eve@example.org, "Doe, Jane" <jane@example.org>'
        )
        expect(compose.locator("#to")).to_be_focused()
        assert compose.evaluate("window.told")
        expect(tick(opened(compose), "Doe, Jane")).to_be_checked()

    def test_the_page_is_told_and_may_do_it_by_itself(self, compose, dialog):
        compose.evaluate(
            """addEventListener('contacts-chosen', (event) => {
                event.preventDefault();
                window.chosen = event.detail;
            })"""
        )
        tick(dialog, "Sales Team").check()
        dialog.get_by_role("button", name="Add to Bcc").click()
        chosen = compose.evaluate("window.chosen")
        assert chosen["field"] == "bcc"
        assert [each["address"] for each in chosen["recipients"]] == ["sales@example.org"]
        expect(compose.locator("#bcc")).to_have_value("")


class TestWithoutFields:
    @pytest.fixture
    def body(self):
        return f"<body><main><h1>Message</h1><contacts-dialog>{BUTTON}</contacts-dialog></main>"

    def test_all_three_are_offered(self, compose, dialog):
        compose.evaluate(
            "addEventListener('contacts-chosen', ({ detail }) => { window.to = detail; })"
        )
        assert dialog.get_by_role("group", name="Add to").get_by_role(
            "button"
        ).all_inner_texts() == ["To", "Cc", "Bcc"]
        tick(dialog, "Ada Example").check()
        dialog.get_by_role("button", name="Add to Bcc").click()
        assert compose.evaluate("window.to.field") == "bcc"
        expect(compose.get_by_role("button", name="Contacts")).to_be_focused()
