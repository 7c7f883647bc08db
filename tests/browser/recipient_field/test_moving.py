"""Chips moved between the fields, selected, copied and pasted; and what can be taken back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recipient_field.conftest import field_of
from tests.browser.recipient_field.test_suggestions import paste


@pytest.fixture
def three_chips(compose: Page) -> Page:
    """Three addresses in To, which has the focus."""
    paste(compose, "one@example.net, two@example.net, three@example.net")
    return compose


def _chip(page: Page, name: str, field: str = "to"):
    return field_of(page, field).get_by_role("button", name=name, exact=True)


def _clipboard(page: Page, command: str) -> str:
    """What the shortcut of copying or cutting would put on the clipboard."""
    text: str = page.evaluate(
        """(type) => {
            const data = new DataTransfer();
            const event = new ClipboardEvent(type,
                { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
            return data.getData('text/plain');
        }""",
        command,
    )
    return text


def test_a_chip_is_dragged_to_another_field(three_chips, chips):
    _chip(three_chips, "two@example.net").drag_to(three_chips.locator("#cc"))
    assert chips("to") == ["one@example.net", "three@example.net"]
    assert chips("cc") == ["two@example.net"]
    expect(field_of(three_chips, "cc").get_by_role("status")).to_have_text(
        "two@example.net: moved to Cc"
    )


def test_a_chip_that_is_dropped_where_it_was_stays(three_chips, chips):
    _chip(three_chips, "two@example.net").drag_to(three_chips.locator("#to"))
    assert chips("to") == ["one@example.net", "two@example.net", "three@example.net"]
    expect(three_chips.locator("#to")).to_have_value("")


def test_a_selection_is_dragged_as_one(three_chips, chips):
    _chip(three_chips, "one@example.net").click()
    _chip(three_chips, "three@example.net").click(modifiers=["Control"])
    _chip(three_chips, "one@example.net").click(modifiers=["Control"])
    _chip(three_chips, "one@example.net").drag_to(three_chips.locator("#bcc"))
    assert chips("to") == ["two@example.net"]
    assert chips("bcc") == ["one@example.net", "three@example.net"]


def test_the_keyboard_moves_a_chip_down_and_up(three_chips, chips):
    three_chips.keyboard.press("ArrowLeft")
    for field, key in [("cc", "ArrowDown"), ("bcc", "ArrowDown"), ("bcc", "ArrowDown")]:
        three_chips.keyboard.press(f"Alt+{key}")
        assert chips(field) == ["three@example.net"]
        expect(_chip(three_chips, "three@example.net", field)).to_be_focused()
    for field in ["cc", "to", "to"]:
        three_chips.keyboard.press("Alt+ArrowUp")
        assert chips(field)[-1] == "three@example.net"
    expect(_chip(three_chips, "three@example.net")).to_be_focused()


def test_all_chips_are_selected_and_moved_by_the_keyboard(three_chips, chips):
    three_chips.keyboard.press("Control+a")
    pressed = field_of(three_chips, "to").locator("[aria-pressed=true]")
    expect(pressed).to_have_count(3)
    expect(field_of(three_chips, "to").get_by_role("status")).to_have_text("3 selected")
    three_chips.keyboard.press("Alt+ArrowDown")
    assert chips("to") == []
    assert chips("cc") == ["one@example.net", "two@example.net", "three@example.net"]
    three_chips.get_by_role("button", name="Undo").click()
    assert len(chips("to")) == 3
    assert chips("cc") == []


def test_text_is_selected_before_chips(three_chips):
    three_chips.keyboard.type("abc")
    three_chips.keyboard.press("Control+a")
    selected = three_chips.locator("#to").evaluate(
        "({selectionStart: a, selectionEnd: b}) => [a, b]"
    )
    assert selected == [0, 3]
    assert three_chips.locator(".recipient-selected").count() == 0


def test_shift_and_arrow_keys_select_some(three_chips, chips):
    for key in ["ArrowLeft", "Shift+ArrowLeft"]:
        three_chips.keyboard.press(key)
    expect(three_chips.locator(".recipient-selected")).to_have_count(2)
    three_chips.keyboard.press("Delete")
    assert chips("to") == ["one@example.net"]
    expect(three_chips.get_by_text("2 recipients: removed")).to_be_visible()


def test_a_shifted_click_selects_from_one_to_another(three_chips):
    _chip(three_chips, "one@example.net").click()
    _chip(three_chips, "three@example.net").click(modifiers=["Shift"])
    expect(three_chips.locator(".recipient-selected")).to_have_count(3)
    _chip(three_chips, "two@example.net").click()
    expect(three_chips.locator(".recipient-selected")).to_have_count(0)


def test_typing_ends_the_selection(three_chips, chips):
    three_chips.keyboard.press("Control+a")
    three_chips.keyboard.press("x")
    expect(three_chips.locator("#to")).to_have_value("x")
    assert three_chips.locator(".recipient-selected").count() == 0
    assert len(chips("to")) == 3


def test_selected_chips_are_copied_as_text(compose, chips):
    paste(compose, '"Doe, John" <john@example.net>, two@example.net')
    compose.keyboard.press("Control+a")
    assert _clipboard(compose, "copy") == '"Doe, John" <john@example.net>, two@example.net'
    assert len(chips("to")) == 2


def test_cut_chips_are_pasted_into_another_field(three_chips, chips):
    three_chips.keyboard.press("Control+a")
    text = _clipboard(three_chips, "cut")
    assert chips("to") == []
    paste(three_chips, text, "cc")
    assert chips("cc") == ["one@example.net", "two@example.net", "three@example.net"]


def test_the_real_clipboard_is_used(context, three_chips, chips):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    three_chips.keyboard.press("ArrowLeft")
    three_chips.keyboard.press("Control+c")
    three_chips.keyboard.press("Control+x")
    assert chips("to") == ["one@example.net", "two@example.net"]
    three_chips.locator("#cc").focus()
    three_chips.keyboard.press("Control+v")
    assert chips("cc") == ["three@example.net"]


def test_a_paste_on_a_chip_goes_into_the_input(context, three_chips, chips):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    three_chips.evaluate("navigator.clipboard.writeText('four@example.net')")
    three_chips.keyboard.press("ArrowLeft")
    three_chips.keyboard.press("Control+v")
    assert chips("to")[-1] == "four@example.net"


def test_copied_text_is_left_alone(three_chips):
    three_chips.keyboard.type("abc")
    assert _clipboard(three_chips, "copy") == ""


def test_steps_are_taken_back_one_by_one_and_done_again(three_chips, chips):
    for key in ["Backspace", "Backspace"]:
        three_chips.keyboard.press(key)
    assert chips("to") == ["one@example.net", "two@example.net"]
    three_chips.keyboard.press("Control+z")
    assert len(chips("to")) == 3
    three_chips.keyboard.press("Control+z")
    assert chips("to") == []
    for key in ["Control+Shift+z", "Control+y"]:
        three_chips.keyboard.press(key)
    assert chips("to") == ["one@example.net", "two@example.net"]


def test_what_changed_nothing_is_no_step(three_chips, chips):
    paste(three_chips, "two@example.net", "cc")
    expect(field_of(three_chips, "cc").get_by_text("already added")).to_be_visible()
    three_chips.keyboard.press("Control+z")
    assert chips("to") == []


def test_a_move_is_taken_back_in_both_fields(three_chips, chips):
    for key in ["ArrowLeft", "Alt+ArrowDown", "Control+z"]:
        three_chips.keyboard.press(key)
    assert len(chips("to")) == 3
    assert chips("cc") == []


def test_what_is_brought_back_still_warns(site, compose):
    """What the directory knew of a typed group is not forgotten with its chip."""
    paste(compose, "salon@example.org")
    salon = compose.get_by_role("button", name="Salon Committee group 12 members needs approval")
    expect(salon).to_be_visible()
    for key in ["Backspace", "Backspace", "Control+z"]:
        compose.keyboard.press(key)
    expect(salon).to_be_visible()


def test_replacing_a_group_is_one_step(compose, chips):
    paste(compose, "sales@example.org")
    compose.get_by_role("button", name="+3 Sales Team: replace").click()
    compose.get_by_role("button", name="Put in Bcc").click()
    assert len(chips("bcc")) == 3
    compose.keyboard.press("Control+z")
    assert (chips("to"), chips("bcc")) == (["Sales Team"], [])
    compose.keyboard.press("Control+z")
    assert chips("to") == []


def test_editing_a_chip_is_one_step(compose, chips):
    paste(compose, "one@example.net")
    compose.keyboard.type("two@example.net")
    compose.get_by_role("button", name="one@example.net", exact=True).dblclick()
    compose.locator("#to").fill("")
    compose.keyboard.press("Control+z")
    assert chips("to") == ["one@example.net", "two@example.net"]


def test_letters_are_taken_back_by_the_browser(three_chips, chips):
    three_chips.keyboard.type("abc")
    three_chips.keyboard.press("Control+z")
    assert len(chips("to")) == 3


def test_another_form_is_another_history(compose, chips):
    paste(compose, "one@example.net")
    compose.evaluate("document.querySelector('recipient-field').value = 'two@example.net'")
    assert compose.evaluate("document.querySelector('recipient-field').undo()") is False
    assert chips("to") == ["two@example.net"]
