"""Enter and Tab address nobody whom the person could not see; what is wrong is said instead."""

import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recipient_field.conftest import field_of, highlighted, type_at_once
from tests.browser.recipient_field.test_suggestions import paste

BEN = {"kind": "account", "name": "Ben Smith", "address": "ben.smith@example.org"}
STAFF = {"kind": "group", "name": "Staff", "address": "all@example.org", "member_count": 49}


def _answer(page: Page, *rows: dict[str, Any]) -> None:
    page.route("**/completions?*", lambda route: route.fulfill(json={"completions": list(rows)}))


def _matched(row: dict[str, Any], kind: str, **ranges: Any) -> dict[str, Any]:
    return row | {"match": {"kind": kind, "name": [], "address": [], **ranges}}


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_key_before_the_answer_takes_nobody(held, compose, chips, key):
    """The text stays; what was not to be seen when the key went down is not taken afterwards."""
    with compose.expect_request("**/completions?q=ada*"):
        type_at_once(compose, "ada")
    compose.keyboard.press(key)
    held.set()
    compose.evaluate("fetch('/api/v1/completions?q=zzz')")
    assert chips("to") == []
    expect(compose.locator("#to")).to_have_value("ada")


def test_enter_before_the_answer_waits_for_a_second_one(held, compose, chips):
    type_at_once(compose, "ada")
    compose.keyboard.press("Enter")
    held.set()
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    assert chips("to") == ["Ada Example"]


def test_tab_before_the_answer_moves_on_and_says_that_the_text_is_no_address(held, compose, chips):
    type_at_once(compose, "ada")
    compose.keyboard.press("Tab")
    expect(compose.locator("#cc")).to_be_focused()
    expect(compose.get_by_text("ada: not an address")).to_be_visible()
    expect(compose.locator("#to")).to_have_class("recipient-unfinished")
    assert chips("to") == []


def test_rows_of_an_earlier_text_are_not_highlighted(site, compose, chips):
    """They stay until the next answer, so that the list does not flicker; Enter takes none."""
    type_at_once(compose, "ad")
    expect(highlighted(compose)).to_have_count(1)
    release = threading.Event()
    site.before_answer = lambda query: release.wait(10) and None
    compose.keyboard.press("a")
    expect(compose.get_by_role("option")).to_have_count(1)
    expect(highlighted(compose)).to_have_count(0)
    compose.keyboard.press("Enter")
    assert chips("to") == []
    release.set()


@pytest.mark.parametrize("kind", ["exact", "word", "prefix", "transliterated"])
@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_what_the_text_says_is_taken(compose, chips, kind, key):
    _answer(compose, _matched(BEN, kind))
    type_at_once(compose, "бен")
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press(key)
    assert chips("to") == ["Ben Smith"]


@pytest.mark.parametrize("kind", ["corrected", "domain", "a kind of tomorrow"])
@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_guess_is_never_taken_without_being_chosen(compose, chips, kind, key):
    _answer(compose, _matched(BEN, kind))
    type_at_once(compose, "ben")
    expect(compose.get_by_role("option")).to_have_count(1)
    expect(highlighted(compose)).to_have_count(0)
    compose.keyboard.press(key)
    assert chips("to") == []
    expect(compose.get_by_text("ben: not an address, choose from the list with ↓")).to_be_visible()


def test_a_guess_is_taken_by_an_arrow_key_or_a_click(compose, chips):
    _answer(compose, _matched(BEN, "corrected"), _matched(STAFF, "domain"))
    type_at_once(compose, "bne")
    expect(compose.get_by_role("option").first).to_contain_text("Did you mean this?")
    compose.keyboard.press("ArrowDown")
    compose.keyboard.press("Enter")
    type_at_once(compose, "exam")
    compose.get_by_role("option", name="Staff").click()
    assert chips("to") == ["Ben Smith", "Staff"]


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        ("ben", True),
        ("smi", True),
        ("smith be", True),
        ("ben.smith@ex", True),
        ("bén", True),
        ("benn", False),
        ("example", False),
        ("smith x", False),
        ("bne", False),
    ],
)
def test_a_directory_that_does_not_say_what_matched_is_compared(compose, text, is_taken):
    _answer(compose, BEN)
    type_at_once(compose, text)
    expect(compose.get_by_role("option")).to_have_count(1)
    assert highlighted(compose).count() == int(is_taken)


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_comma_in_place_of_a_dot_addresses_nobody(compose, chips, key):
    """It was once a group of 49, which the word behind the comma had found by its domain."""
    _answer(compose, _matched(STAFF, "domain"))
    compose.locator("#to").press_sequentially("ann@partner,example")
    expect(compose.get_by_role("option")).to_have_count(2)
    compose.keyboard.press(key)
    assert chips("to") == []
    expect(compose.locator("#to")).to_have_value("ann@partner,example")
    said = "ann@partner,example: not an address, did you mean ann@partner.example?"
    expect(compose.get_by_text(said)).to_be_visible()


def test_the_address_that_was_meant_is_a_row_to_choose(compose, chips):
    compose.locator("#to").press_sequentially("ann@partner,example")
    row = compose.get_by_role("option", name="ann@partner.example Did you mean this?")
    expect(row).to_be_visible()
    compose.keyboard.press("ArrowDown")
    compose.keyboard.press("Enter")
    assert chips("to") == ["ann@partner.example"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ann@partner,example", "ann@partner.example"),
        ("ann@partner, example", "ann@partner.example"),
        ("ann@partner;example", "ann@partner.example"),
        ("ann@partner，example", "ann@partner.example"),
        ("ann@partner example", "ann@partner.example"),
        ("ann@@partner.example", "ann@partner.example"),
        ("ann @ partner.example", "ann@partner.example"),
        ("ann@partner..example", "ann@partner.example"),
        ("ann@partner.example.", "ann@partner.example"),
        ("ann@partner.example", None),
        ("ann@localhost", None),
        ("ann@localhost, bob@localhost", None),
        ("ann@partner.example, bob", None),
        ("ann@partner", None),
        ("Ann Lee", None),
        ("Ann <ann@partner.example>", None),
        ("@", None),
        ("", None),
    ],
)
def test_slips_in_addresses_are_known(compose, text, meant):
    found = compose.evaluate(
        """async (text) => {
            const { repair } = await import('/static/recipient-field/repairs.js');
            return repair(text) ?? null;
        }""",
        text,
    )
    assert found == meant


def test_a_pasted_slip_stays_as_text(compose, chips):
    paste(compose, "ann@partner,example")
    expect(compose.locator("#to")).to_have_value("ann@partner,example")
    assert chips("to") == []


def test_a_comma_does_not_end_an_address_without_a_dot(compose, chips):
    """Or else the slip would have been taken before it could be seen."""
    compose.locator("#to").press_sequentially("ann@localhost, bob@localhost")
    assert chips("to") == []
    compose.keyboard.press("Enter")
    assert chips("to") == ["ann@localhost", "bob@localhost"]


def test_the_slip_is_offered_also_without_a_directory(site, compose, expected_errors):
    expected_errors.append("status of 503")
    site.status = 503
    compose.locator("#to").press_sequentially("ann@partner,example")
    expect(compose.get_by_role("option", name="ann@partner.example")).to_be_visible()


def test_a_click_takes_no_row_that_appeared_below_the_pointer(compose, chips):
    """The row on which it began has made way for another before the button came up."""
    _answer(compose, BEN)
    type_at_once(compose, "be")
    box = compose.get_by_role("option").bounding_box()
    compose.mouse.move(box["x"] + 20, box["y"] + 20)
    compose.mouse.down()
    compose.unroute("**/completions?*")
    _answer(compose, STAFF)
    type_at_once(compose, "n")
    expect(compose.get_by_role("option", name="Staff")).to_be_visible()
    compose.mouse.up()
    assert chips("to") == []


def test_a_screen_reader_clicks_without_pressing(compose, chips):
    type_at_once(compose, "ada")
    compose.get_by_role("option").dispatch_event("click")
    assert chips("to") == ["Ada Example"]


def test_a_typed_address_is_never_exchanged_for_what_the_directory_answers(compose, site):
    """It is looked up for its name; an answer about others changes nothing."""
    _answer(compose, BEN, STAFF)
    paste(compose, "somebody@example.net, not one")
    field = field_of(compose, "to")
    expect(field.locator("li .recipient-name")).to_have_text(["somebody@example.net", "not one"])
    value = compose.evaluate(
        "document.forms[0].elements[0].form.querySelector('recipient-field').value"
    )
    assert value == "somebody@example.net, not one"
