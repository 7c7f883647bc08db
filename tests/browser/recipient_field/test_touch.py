"""What a finger can do with a chip: a tap shows it, as there are no keys and no mouse."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.recipient_field.conftest import COMPOSE, field_of
from tests.browser.recipient_field.test_suggestions import paste


@pytest.fixture
def context_options() -> dict[str, Any]:
    return {
        "locale": "en-GB",
        "viewport": {"width": 360, "height": 740},
        "has_touch": True,
        "is_mobile": True,
    }


def _chip(page: Page, name: str, field: str = "to") -> Locator:
    return field_of(page, field).locator(".recipient-edit", has_text=name)


def _action(page: Page, name: str) -> Locator:
    return page.get_by_role("status").get_by_role("button", name=name, exact=True)


def _actions(page: Page, field: str = "to") -> list[str]:
    return field_of(page, field).get_by_role("status").get_by_role("button").all_inner_texts()


@pytest.fixture
def two_chips(compose: Page) -> Page:
    """Two addresses in To, the second with a name."""
    paste(compose, "one@example.net, Two <two@example.net>")
    return compose


def test_a_tap_on_a_chip_says_what_can_be_done_with_it(two_chips):
    _chip(two_chips, "Two").tap()
    expect(_chip(two_chips, "Two")).to_be_focused()
    expect(field_of(two_chips, "to").get_by_role("status")).to_contain_text("Two")
    assert _actions(two_chips) == ["Edit", "Move to Cc", "Move to Bcc"]


def test_it_is_moved_and_brought_back(two_chips, chips):
    _chip(two_chips, "one@example.net").tap()
    _action(two_chips, "Move to Bcc").tap()
    assert (chips("to"), chips("bcc")) == (["Two"], ["one@example.net"])
    expect(_chip(two_chips, "one@example.net", "bcc")).to_be_focused()
    moved = field_of(two_chips, "bcc").get_by_role("status")
    expect(moved).to_contain_text("one@example.net: moved to Bcc")
    _action(two_chips, "Undo").tap()
    assert (chips("to"), chips("bcc")) == (["one@example.net", "Two"], [])


def test_it_is_moved_back_up(two_chips, chips):
    _chip(two_chips, "Two").tap()
    _action(two_chips, "Move to Cc").tap()
    _chip(two_chips, "Two", "cc").tap()
    assert _actions(two_chips, "cc") == ["Edit", "Move to To", "Move to Bcc"]
    _action(two_chips, "Move to To").tap()
    assert (chips("to"), chips("cc")) == (["one@example.net", "Two"], [])


def test_it_is_edited(two_chips, chips):
    _chip(two_chips, "one@example.net").tap()
    _action(two_chips, "Edit").tap()
    expect(two_chips.locator("#to")).to_have_value("one@example.net")
    expect(two_chips.locator("#to")).to_be_focused()
    assert chips("to") == ["Two"]


def test_who_was_removed_is_brought_back(two_chips, chips):
    two_chips.get_by_role("button", name="× one@example.net: remove").tap()
    assert chips("to") == ["Two"]
    _action(two_chips, "Undo").tap()
    assert chips("to") == ["one@example.net", "Two"]


def test_what_is_no_address_is_edited_at_once(compose):
    paste(compose, "one@example.net, nobody")
    _chip(compose, "nobody").tap()
    expect(compose.locator("#to")).to_have_value("nobody")


def test_who_is_gone_meanwhile_is_not_moved(two_chips, chips):
    _chip(two_chips, "Two").tap()
    two_chips.evaluate("document.querySelector('recipient-field').value = 'new@example.net'")
    _action(two_chips, "Move to Cc").tap()
    assert (chips("to"), chips("cc")) == (["new@example.net"], [])


def test_nobody_is_moved_to_a_field_that_is_not_shown(two_chips, chips):
    """Nor by keys: the message would go to people whom the author does not see."""
    two_chips.evaluate("document.querySelector('recipient-field:has(#cc)').hidden = true")
    _chip(two_chips, "Two").tap()
    assert _actions(two_chips) == ["Edit", "Move to Bcc"]
    two_chips.keyboard.press("Alt+ArrowDown")
    assert (chips("cc"), chips("bcc")) == ([], ["Two"])


@pytest.mark.parametrize("body", [COMPOSE.replace('for="cc">Cc', 'for="cc">Weiterleitung an')])
def test_long_labels_stay_on_the_screen(two_chips):
    long = f"{'long' * 15}@{'long' * 10}.example"
    paste(two_chips, long)
    _chip(two_chips, long).tap()
    assert two_chips.evaluate("document.documentElement.scrollWidth") <= 360
    for button in two_chips.get_by_role("status").get_by_role("button").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["height"] >= 44


def test_axe_finds_nothing(two_chips, accessibility_violations):
    two_chips.emulate_media(reduced_motion="reduce")
    _chip(two_chips, "Two").tap()
    assert accessibility_violations(two_chips) == []


class TestWithAMouse:
    """A click only selects: dragging, keys and a double click are there."""

    @pytest.fixture
    def context_options(self) -> dict[str, Any]:
        return {"locale": "en-GB", "viewport": {"width": 1100, "height": 800}}

    def test_nothing_is_shown(self, two_chips):
        _chip(two_chips, "Two").click()
        expect(_chip(two_chips, "Two")).to_be_focused()
        expect(field_of(two_chips, "to").locator(".recipient-action")).to_have_count(0)
