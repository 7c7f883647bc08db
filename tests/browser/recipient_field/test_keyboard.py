"""Every key, in the input, in the list of suggestions and on the chips."""

import threading

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recipient_field.conftest import highlighted, type_at_once


def _type(page: Page, text: str, rows: int) -> None:
    """Type, and wait until that many suggestions are shown."""
    type_at_once(page, text)
    expect(page.get_by_role("option")).to_have_count(rows)


def _highlighted(page: Page) -> str:
    return page.locator("[role=option][aria-selected=true] .recipient-name").inner_text()


def test_the_first_row_is_highlighted_and_enter_takes_it(compose, chips):
    _type(compose, "sal", 4)
    assert _highlighted(compose) == "Sales Team"
    compose.keyboard.press("Enter")
    assert chips("to") == ["Sales Team"]
    expect(compose.locator("#to")).to_have_value("")
    expect(compose.get_by_role("option")).to_have_count(0)


def test_arrow_keys_walk_the_rows_and_wrap_around(compose, chips):
    _type(compose, "sal", 4)
    for key, name in [
        ("ArrowDown", "Salon Committee"),
        ("ArrowDown", "Salary Office"),
        ("ArrowDown", "Salma Ortiz"),
        ("ArrowDown", "Sales Team"),
        ("ArrowUp", "Salma Ortiz"),
    ]:
        compose.keyboard.press(key)
        assert _highlighted(compose) == name
    compose.keyboard.press("Enter")
    assert chips("to") == ["Salma Ortiz"]


def test_the_active_descendant_is_named_only_after_an_arrow_key(compose):
    """An option that is named while typing would silence the echo of the letters in NVDA."""
    to = compose.locator("#to")
    _type(compose, "sal", 4)
    assert to.get_attribute("aria-activedescendant") is None
    compose.keyboard.press("ArrowDown")
    row = compose.locator(f"#{to.get_attribute('aria-activedescendant')}")
    expect(row).to_have_attribute("aria-selected", "true")
    compose.keyboard.press("e")
    expect(compose.get_by_role("option")).to_have_count(1)
    assert to.get_attribute("aria-activedescendant") is None


@pytest.mark.parametrize("key", ["ArrowDown", "ArrowUp"])
def test_an_arrow_key_opens_the_list_again_after_escape(compose, key):
    _type(compose, "sal", 4)
    compose.keyboard.press("Escape")
    expect(compose.get_by_role("option")).to_have_count(0)
    compose.keyboard.press(key)
    expect(compose.get_by_role("option")).to_have_count(4)


def test_tab_accepts_and_moves_on(compose, chips):
    _type(compose, "sal", 4)
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Tab")
    assert chips("to") == ["Sales Team"]
    expect(compose.locator("#cc")).to_be_focused()


def test_tab_in_an_empty_field_only_moves_on(compose, chips):
    compose.locator("#to").focus()
    compose.keyboard.press("Tab")
    expect(compose.locator("#cc")).to_be_focused()
    compose.keyboard.press("Shift+Tab")
    expect(compose.locator("#to")).to_be_focused()
    assert chips("to") == []


def test_escape_closes_only_the_list(compose):
    """A dialog around the field gets the next Escape, not the first one."""
    compose.evaluate(
        """() => {
            window.escapes = 0;
            addEventListener('keydown', ({ key }) => { window.escapes += key === 'Escape'; });
        }"""
    )
    _type(compose, "sal", 4)
    compose.keyboard.press("Escape")
    expect(compose.get_by_role("option")).to_have_count(0)
    expect(compose.locator("#to")).to_have_value("sal")
    expect(compose.locator("#to")).to_be_focused()
    assert compose.evaluate("window.escapes") == 0
    compose.keyboard.press("Escape")
    assert compose.evaluate("window.escapes") == 1


def test_enter_after_escape_leaves_the_text_and_says_what_is_wrong(compose, chips):
    _type(compose, "sal", 4)
    compose.keyboard.press("Escape")
    compose.keyboard.press("Enter")
    assert chips("to") == []
    expect(compose.locator("#to")).to_have_value("sal")
    expect(compose.get_by_text("sal: not an address")).to_be_visible()
    compose.keyboard.press("e")
    expect(compose.get_by_text("sal: not an address")).to_be_hidden()


def test_enter_never_sends_the_message(compose, site):
    compose.locator("#to").focus()
    compose.keyboard.press("Enter")
    compose.keyboard.type("ada@example.org")
    compose.keyboard.press("Enter")
    assert site.posted == []


def test_control_enter_is_left_to_the_page(compose, chips):
    """Many webmails send with it."""
    compose.evaluate(
        "addEventListener('keydown', (e) => { window.pressed = e.ctrlKey && e.key === 'Enter'; })"
    )
    _type(compose, "sal", 4)
    compose.keyboard.press("Control+Enter")
    assert compose.evaluate("window.pressed")
    assert chips("to") == []


def test_a_complete_address_is_never_corrected_to_another(compose, chips):
    """Enter takes what was typed when the suggestions are other people's addresses."""
    compose.route(
        "**/api/v1/completions?*",
        lambda route: route.fulfill(
            json={"completions": [{"kind": "contact", "name": "Bo", "address": "bo@example.net"}]}
        ),
    )
    _type(compose, "boo@example.net", 1)
    assert compose.locator("[role=option][aria-selected=true]").count() == 0
    compose.keyboard.press("Enter")
    assert chips("to") == ["boo@example.net"]


def test_an_address_that_is_being_typed_can_be_completed(compose, chips):
    _type(compose, "ada@example.or", 1)
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    assert chips("to") == ["Ada Example"]


def test_a_row_reached_by_an_arrow_key_stays_although_an_answer_is_on_its_way(site, compose, chips):
    _type(compose, "sal", 4)
    release = threading.Event()
    site.before_answer = lambda query: release.wait(10) and None
    compose.keyboard.press("e")
    compose.keyboard.press("ArrowDown")
    compose.keyboard.press("ArrowDown")
    release.set()
    compose.keyboard.press("Enter")
    assert chips("to") == ["Salon Committee"]


@pytest.mark.parametrize("separator", [",", ";", "，", "；"])
def test_a_separator_ends_an_address(compose, chips, separator):
    compose.locator("#to").press_sequentially(f"new@example.net{separator}next")
    assert chips("to") == ["new@example.net"]
    expect(compose.locator("#to")).to_have_value("next")


def test_a_comma_inside_a_name_goes_on_searching(compose, chips):
    """Many directories write names as "Doe, Jane"."""
    _type(compose, "doe, ja", 1)
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    assert chips("to") == ["Doe, Jane"]


def test_a_comma_inside_quotes_belongs_to_the_name(compose, chips):
    to = compose.locator("#to")
    to.press_sequentially('"Roe, Richard" <richard@example.net>')
    assert chips("to") == []
    to.press(",")
    assert chips("to") == ["Roe, Richard"]


def test_backspace_marks_the_last_chip_then_deletes_it(compose, chips):
    _type(compose, "ada", 1)
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    compose.keyboard.press("Backspace")
    assert chips("to") == ["Ada Example"]
    expect(compose.get_by_role("button", name="Ada Example", exact=True)).to_be_focused()
    compose.keyboard.press("Backspace")
    assert chips("to") == []
    expect(compose.locator("#to")).to_be_focused()


def test_a_held_backspace_stops_before_the_chips(compose, chips):
    _type(compose, "ada", 1)
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    compose.keyboard.type("ab")
    for _ in range(5):
        compose.keyboard.down("Backspace")  # The second and later ones are repeats.
    compose.keyboard.up("Backspace")
    expect(compose.locator("#to")).to_be_focused()
    assert chips("to") == ["Ada Example"]


@pytest.fixture
def three_chips(compose: Page) -> Page:
    """Ada, a group and Jane are chosen; the input has the focus."""
    for text in ["ada", "sales", "jane"]:
        _type(compose, text, 1)
        expect(highlighted(compose)).to_have_count(1)
        compose.keyboard.press("Enter")
    return compose


def _focused(page: Page) -> str:
    """What the focus is on: the input's id, a chip's name, or its "+3"."""
    name: str = page.evaluate(
        """() => {
            const { id, firstChild, children } = document.activeElement;
            return id || (children.length ? children[1] : firstChild).textContent;
        }"""
    )
    return name


def test_arrows_home_and_end_walk_the_chips(three_chips):
    for key, name in [
        ("ArrowLeft", "Doe, Jane"),
        ("ArrowLeft", "+3"),
        ("ArrowLeft", "Sales Team"),
        ("ArrowLeft", "Ada Example"),
        ("ArrowLeft", "Ada Example"),
        ("ArrowRight", "Sales Team"),
        ("Home", "Ada Example"),
        ("End", "to"),
        ("ArrowLeft", "Doe, Jane"),
        ("ArrowRight", "to"),
    ]:
        three_chips.keyboard.press(key)
        assert _focused(three_chips) == name


def test_arrow_left_inside_text_moves_the_caret(three_chips):
    three_chips.keyboard.type("ab")
    three_chips.keyboard.press("ArrowLeft")
    expect(three_chips.locator("#to")).to_be_focused()
    three_chips.keyboard.press("Home")
    three_chips.keyboard.press("ArrowLeft")
    assert _focused(three_chips) == "Doe, Jane"


def test_delete_removes_a_chip_and_stays_at_its_place(three_chips, chips):
    for key in ["ArrowLeft", "Home", "Delete"]:
        three_chips.keyboard.press(key)
    assert chips("to") == ["Sales Team", "Doe, Jane"]
    assert _focused(three_chips) == "Sales Team"
    three_chips.keyboard.press("Delete")
    three_chips.keyboard.press("Delete")
    assert chips("to") == []
    assert _focused(three_chips) == "to"


def test_a_letter_on_a_chip_is_typed_into_the_input(three_chips):
    three_chips.keyboard.press("ArrowLeft")
    three_chips.keyboard.press("x")
    expect(three_chips.locator("#to")).to_be_focused()
    expect(three_chips.locator("#to")).to_have_value("x")


def test_enter_on_a_chip_edits_it(three_chips, chips):
    three_chips.keyboard.press("ArrowLeft")
    three_chips.keyboard.press("Enter")
    assert chips("to") == ["Ada Example", "Sales Team"]
    expect(three_chips.locator("#to")).to_have_value('"Doe, Jane" <jane@example.org>')
    three_chips.keyboard.press("Enter")
    assert chips("to") == ["Ada Example", "Sales Team", "Doe, Jane"]


def test_chips_are_not_stops_of_the_tab_key(three_chips):
    """A field with fifty chips is still one stop."""
    three_chips.keyboard.press("Shift+Tab")
    three_chips.keyboard.press("Tab")
    expect(three_chips.locator("#to")).to_be_focused()
    three_chips.keyboard.press("Tab")
    expect(three_chips.locator("#cc")).to_be_focused()


def test_a_typed_list_is_taken_apart_although_an_answer_is_on_its_way(compose, chips):
    type_at_once(compose, "one@example.net, nonsense, two@example.net")
    compose.keyboard.press("Enter")
    assert chips("to") == ["one@example.net", "nonsense", "two@example.net"]
