"""Fields that a person may read and not change: read-only, disabled, or in a disabled fieldset."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recipient_field.conftest import COMPOSE, field_of
from tests.browser.recipient_field.test_suggestions import paste

_TO = '<input id="to" name="to">'
_FILLED = '<input id="to" name="to" value="one@example.net, sales@example.org"'
_FIELD = '<recipient-field warn-above="20"><label for="to">'

READ_ONLY = COMPOSE.replace(_TO, f"{_FILLED} readonly>")
DISABLED_INPUT = COMPOSE.replace(_TO, f"{_FILLED} disabled>")
DISABLED_FIELD = COMPOSE.replace(_TO, f"{_FILLED}>").replace(
    _FIELD, '<recipient-field disabled><label for="to">'
)
DISABLED_FIELDSET = COMPOSE.replace(_FIELD, f"<fieldset disabled>{_FIELD}").replace(
    f"{_TO}</recipient-field>", f"{_FILLED}></recipient-field></fieldset>"
)
DISABLED = [DISABLED_INPUT, DISABLED_FIELD, DISABLED_FIELDSET]

BOTH = ["one@example.net", "Sales Team"]


@pytest.fixture
def fixed(compose: Page) -> Page:
    """The page when the directory has told whose addresses these are."""
    expect(field_of(compose, "to").get_by_text("Sales Team")).to_be_visible()
    return compose


@pytest.mark.parametrize("body", [READ_ONLY, *DISABLED])
def test_a_mouse_changes_nothing(fixed, chips):
    field = field_of(fixed, "to")
    for button in [".recipient-remove", ".recipient-expand", ".recipient-edit"]:
        field.locator(button).last.dispatch_event("click", {"detail": 2})
    field.locator(".recipient-chip").first.drag_to(fixed.locator("#cc"))
    assert (chips("to"), chips("cc")) == (BOTH, [])
    expect(fixed.get_by_role("button", name="Cancel")).to_have_count(0)


@pytest.mark.parametrize("body", [READ_ONLY])
def test_keys_walk_and_copy_and_change_nothing(fixed, chips):
    fixed.locator("#to").focus()
    for key in ["Control+a", "Delete", "Alt+ArrowDown", "Control+x", "Backspace", "Enter"]:
        fixed.keyboard.press(key)
    paste(fixed, "new@example.net")
    assert (chips("to"), chips("cc")) == (BOTH, [])


@pytest.mark.parametrize("body", [READ_ONLY, *DISABLED])
def test_nothing_is_dropped_there(fixed, chips):
    paste(fixed, "two@example.net", "cc")
    field_of(fixed, "cc").locator(".recipient-chip").drag_to(field_of(fixed, "to"))
    field_of(fixed, "cc").locator(".recipient-edit").focus()
    fixed.keyboard.press("Alt+ArrowUp")
    assert (chips("to"), chips("cc")) == (BOTH, ["two@example.net"])


@pytest.mark.parametrize("body", [READ_ONLY])
def test_what_is_read_only_is_sent(fixed, site):
    _send(fixed)
    assert site.posted[0]["to"] == ['one@example.net, "Sales Team" <sales@example.org>']


@pytest.mark.parametrize("body", DISABLED)
def test_what_is_disabled_is_not_sent(fixed, site):
    _send(fixed)
    assert "to" not in site.posted[0]


@pytest.mark.parametrize("body", DISABLED)
def test_what_is_enabled_again_works(fixed, site, chips):
    fixed.evaluate(
        """document.querySelectorAll('recipient-field, fieldset').forEach((each) => {
            each.toggleAttribute('disabled', false);
        })"""
    )
    paste(fixed, "new@example.net")
    assert chips("to") == [*BOTH, "new@example.net"]
    _send(fixed)
    assert "new@example.net" in site.posted[0]["to"][0]


@pytest.mark.parametrize("body", [READ_ONLY, DISABLED_FIELD])
def test_no_button_promises_what_it_does_not_do(fixed, accessibility_violations):
    field = field_of(fixed, "to")
    expect(field.locator(".recipient-remove").first).to_be_hidden()
    expect(field.locator(".recipient-expand").first).to_be_hidden()
    expect(field.get_by_text("3 members")).to_be_visible()
    assert accessibility_violations(fixed) == []


def _send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()
    anyway = page.get_by_role("button", name="Send anyway")
    anyway.or_(page.get_by_role("heading", name="Sent")).first.wait_for()
    if anyway.count():
        anyway.click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
