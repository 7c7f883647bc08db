"""Replacing a group with its members, with its warning, Bcc and undo."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recipient_field.conftest import field_of, highlighted, type_at_once
from tests.browser.recipient_field.test_suggestions import paste


@pytest.fixture
def sales(compose: Page) -> Page:
    """The sales team is chosen in To, and its "+3" was clicked."""
    _choose(compose, "to")
    return compose


def _choose(page: Page, field: str) -> None:
    page.locator(f"#{field}").press_sequentially("sales")
    expect(highlighted(page)).to_have_count(1)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="+3 Sales Team: replace with members").click()


def test_the_warning_says_that_members_will_see_each_other(sales, chips):
    expect(sales.get_by_text("Sales Team: Members will see each other")).to_be_visible()
    expect(sales.get_by_role("button", name="Cancel")).to_be_focused()
    sales.keyboard.press("Enter")
    expect(sales.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(sales.locator("#to")).to_be_focused()
    assert chips("to") == ["Sales Team"]


def test_whoever_types_on_has_answered_no(sales, chips):
    expect(sales.get_by_role("button", name="Cancel")).to_be_focused()
    type_at_once(sales, "bob")
    expect(sales.get_by_role("button", name="Cancel")).to_have_count(0)
    assert chips("to") == ["Sales Team"]


def test_the_members_take_the_groups_place_and_undo_brings_it_back(sales, chips):
    sales.get_by_role("button", name="replace with members", exact=True).click()
    assert chips("to") == ["Ada Example", "Salma Ortiz", "Otto Outside"]
    expect(sales.locator("#to")).to_be_focused()
    sales.get_by_role("button", name="Undo").click()
    assert chips("to") == ["Sales Team"]
    expect(sales.get_by_role("button", name="Undo")).to_have_count(0)
    expect(sales.locator("#to")).to_be_focused()


def test_bcc_keeps_the_members_from_seeing_each_other(sales, chips):
    sales.get_by_role("button", name="Put in Bcc").click()
    assert chips("to") == []
    assert chips("bcc") == ["Ada Example", "Salma Ortiz", "Otto Outside"]
    sales.get_by_role("button", name="Undo").click()
    assert chips("to") == ["Sales Team"]
    assert chips("bcc") == []


def test_in_bcc_there_is_nothing_to_warn_about(compose, chips):
    _choose(compose, "bcc")
    expect(field_of(compose, "bcc").locator("li")).to_have_count(3)
    assert compose.get_by_role("button", name="Cancel").count() == 0


def test_who_is_there_already_is_not_added_again(compose, chips):
    compose.locator("#cc").fill("ada@example.org")
    _choose(compose, "to")
    compose.get_by_role("button", name="replace with members", exact=True).click()
    assert chips("to") == ["Salma Ortiz", "Otto Outside"]


def test_an_external_member_is_marked(sales):
    sales.get_by_role("button", name="replace with members", exact=True).click()
    expect(sales.get_by_role("button", name="Otto Outside external", exact=True)).to_be_visible()


def test_the_undo_offer_goes_with_the_next_step(sales):
    sales.get_by_role("button", name="replace with members", exact=True).click()
    expect(sales.get_by_role("button", name="Undo")).to_be_visible()
    type_at_once(sales, "bob")
    expect(sales.get_by_role("button", name="Undo")).to_have_count(0)


def test_the_keyboard_alone_expands(compose, chips):
    type_at_once(compose, "sales")
    expect(compose.get_by_role("option")).to_have_count(1)
    for key in ["Enter", "ArrowLeft", "Enter"]:
        compose.keyboard.press(key)
    expect(compose.get_by_role("button", name="Cancel")).to_be_focused()
    for key in ["Tab", "Enter"]:
        compose.keyboard.press(key)
    assert chips("to") == ["Ada Example", "Salma Ortiz", "Otto Outside"]


def test_members_that_may_not_be_seen_have_no_button(compose):
    type_at_once(compose, "salary")
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    expect(field_of(compose, "to").get_by_text("2 members", exact=True)).to_be_visible()
    assert compose.locator(".recipient-expand").count() == 0


def test_a_refused_expansion_leaves_the_group(compose, chips, expected_errors):
    expected_errors.append("status of 403")
    type_at_once(compose, "salon")
    expect(highlighted(compose)).to_have_count(1)
    compose.keyboard.press("Enter")
    compose.get_by_role("button", name="+12 Salon Committee: replace with members").click()
    expect(compose.get_by_text("Directory offline")).to_be_visible()
    assert chips("to") == ["Salon Committee"]


def test_an_incomplete_list_of_members_replaces_nobody(compose, chips):
    """If the directory names only some of them, the others would lose the message."""
    compose.route(
        "**/recipients",
        lambda route: route.fulfill(
            json={
                "members": [{"name": "A", "address": "a@example.org", "kind": "account"}],
                "total": 3,
            }
        ),
    )
    _choose(compose, "to")
    expect(compose.get_by_text("Directory offline")).to_be_visible()
    assert chips("to") == ["Sales Team"]


def test_two_clicks_replace_a_group_once(compose, chips):
    """Where nobody sees the others, nothing is asked; the second answer comes when it is gone."""
    paste(compose, "sales@example.org", "bcc")
    plus = compose.get_by_role("button", name="+3 Sales Team: replace")
    plus.evaluate("(button) => { button.click(); button.click(); }")
    compose.evaluate(
        """() => new Promise((resolve) => {
            const answers = () => performance.getEntriesByType('resource')
                .filter(({ name }) => name.endsWith('/recipients'));
            const look = () => setTimeout(answers().length < 2 ? look : resolve, 50);
            look();
        })"""
    )
    expect(compose.get_by_role("button", name="Otto Outside external")).to_be_visible()
    compose.evaluate("document.querySelector('recipient-field').undo()")
    assert chips("bcc") == ["Sales Team"]
