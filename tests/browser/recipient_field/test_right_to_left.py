"""Pages in Arabic or Hebrew: everything runs from right to left, arrow keys too."""

import pytest
from playwright.sync_api import expect

from tests.browser.recipient_field.conftest import COMPOSE, field_of, type_at_once
from tests.browser.recipient_field.test_suggestions import paste


@pytest.fixture
def body():
    return COMPOSE.replace("<main>", '<main dir="rtl">')


@pytest.fixture
def two_chips(compose):
    paste(compose, "one@example.net, two@example.net")
    return compose


def _chip(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_arrow_keys_go_where_they_point(two_chips):
    """The first chip is the rightmost one."""
    one, two = _chip(two_chips, "one@example.net"), _chip(two_chips, "two@example.net")
    assert one.bounding_box()["x"] > two.bounding_box()["x"]
    to = two_chips.locator("#to")
    for key, focused in [
        ("ArrowLeft", to),
        ("ArrowRight", two),
        ("ArrowRight", one),
        ("ArrowLeft", two),
        ("ArrowLeft", to),
    ]:
        two_chips.keyboard.press(key)
        expect(focused).to_be_focused()


@pytest.mark.parametrize("key", ["ArrowLeft", "ArrowRight"])
def test_beside_text_arrow_keys_belong_to_the_text(two_chips, key):
    """Latin text starts at the left also here: an arrow to the right may go into it."""
    two_chips.keyboard.type("ab")
    two_chips.keyboard.press("Home")
    two_chips.keyboard.press(key)
    expect(two_chips.locator("#to")).to_be_focused()


def test_the_list_and_the_marks_stay_inside_the_field(compose):
    type_at_once(compose, "sal")
    expect(compose.get_by_role("option")).to_have_count(4)
    field = field_of(compose, "to").bounding_box()
    row = compose.get_by_role("option").first
    icon, name = (row.locator(f".recipient-{part}") for part in ("icon", "name"))
    assert icon.bounding_box()["x"] > name.bounding_box()["x"]
    assert field["x"] <= row.bounding_box()["x"]


def test_axe_finds_nothing(two_chips, accessibility_violations):
    type_at_once(two_chips, "sal")
    expect(two_chips.get_by_role("option")).to_have_count(4)
    assert accessibility_violations(two_chips) == []
