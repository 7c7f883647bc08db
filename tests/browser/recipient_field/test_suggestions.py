"""What is suggested, how it looks, and what happens when the API is slow, failing or overtaken."""

import json
import re
import threading

import pytest
from playwright.sync_api import expect

from tests.browser.recipient_field.conftest import field_of, type_at_once


def test_a_row_shows_icon_name_address_count_and_badges(compose):
    type_at_once(compose, "sal")
    rows = compose.get_by_role("option")
    expect(rows).to_have_count(4)
    sales = rows.first
    expect(sales.locator(".recipient-icon.group")).to_be_visible()
    for text in ["Sales Team", "sales@example.org", "3 members", "1 external"]:
        expect(sales.get_by_text(text, exact=True)).to_be_visible()
    expect(rows.nth(1).get_by_text("needs approval")).to_be_visible()
    expect(rows.nth(2).get_by_text("sending not allowed")).to_be_visible()
    expect(rows.nth(3).locator(".recipient-icon.account")).to_be_visible()


def test_a_groups_own_picture_is_its_icon(compose):
    picture = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
    row = {"kind": "group", "name": "Choir", "address": "choir@example.org", "icon": picture}
    compose.route(
        "**/completions?*", lambda route: route.fulfill(json={"completions": [row], "new": 1})
    )
    type_at_once(compose, "c")
    option = compose.get_by_role("option", name="Choir")
    expect(option.locator("img")).to_have_attribute("src", picture)
    # Nothing is claimed about what the answer leaves out.
    expect(option).to_have_accessible_name("Choir group choir@example.org")


def test_an_entry_without_a_name_shows_its_address_once(compose):
    type_at_once(compose, "nameless")
    expect(compose.get_by_role("option")).to_have_text("nameless@example.com")


def test_a_click_takes_a_row_and_keeps_the_focus(compose, chips):
    type_at_once(compose, "sal")
    compose.get_by_role("option", name="Salma Ortiz").click()
    assert chips("to") == ["Salma Ortiz"]
    expect(compose.locator("#to")).to_be_focused()


def test_kinds_are_passed_on(site, compose):
    compose.evaluate("document.querySelector('recipient-field').setAttribute('kinds', 'account')")
    type_at_once(compose, "sal")
    expect(compose.get_by_role("option")).to_have_count(1)


def test_quick_typing_asks_once(site, compose):
    type_at_once(compose, "salma")
    expect(compose.get_by_role("option")).to_have_count(1)
    assert site.queries == ["salma"]


def test_an_overtaken_answer_is_dropped(site, compose):
    """The answer for "s" comes after the one for "salma" and changes nothing."""
    release, arrived, answered = threading.Event(), threading.Event(), threading.Event()

    def slow(query: str) -> None:
        if query == "s":
            arrived.set()
            release.wait(10)
            answered.set()

    site.before_answer = slow
    to = compose.locator("#to")
    to.press("s")
    assert arrived.wait(10)
    to.press_sequentially("alma")
    expect(compose.get_by_role("option")).to_have_count(1)
    release.set()
    assert answered.wait(10)
    compose.evaluate("fetch('/api/v1/completions?q=zzz')")  # A later answer than the slow one.
    expect(compose.get_by_role("option")).to_have_count(1)


def test_a_slow_answer_never_blocks_typing(site, compose, chips):
    release = threading.Event()
    site.before_answer = lambda query: release.wait(10) and None
    to = compose.locator("#to")
    to.press("s")
    to.press_sequentially("omebody@example.net")
    to.press("Enter")
    assert chips("to") == ["somebody@example.net"]
    to.press_sequentially("next@example.net,")
    assert chips("to") == ["somebody@example.net", "next@example.net"]
    release.set()


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_failing_api_leaves_an_ordinary_field(site, compose, chips, expected_errors, status):
    expected_errors.append(f"status of {status}")
    site.status = status
    to = compose.locator("#to")
    to.press_sequentially("new@example.net")
    expect(compose.get_by_text("Directory offline")).to_be_visible()
    to.press("Enter")
    assert chips("to") == ["new@example.net"]
    site.status = 200
    to.press_sequentially("ada")
    expect(compose.get_by_role("option")).to_have_count(1)
    expect(compose.get_by_text("Directory offline")).to_be_hidden()


@pytest.mark.parametrize("answer", ["", "<html>", "[]", "{}", '{"completions": null}', "null"])
def test_a_nonsensical_answer_is_a_failure(compose, chips, answer):
    compose.route("**/completions?*", lambda route: route.fulfill(body=answer, status=200))
    to = compose.locator("#to")
    to.press_sequentially("ada@example.org")
    expect(compose.get_by_text("Directory offline")).to_be_visible()
    to.press("Enter")
    assert chips("to") == ["ada@example.org"]


def test_offline_the_field_works_as_before(compose, context, chips, expected_errors):
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    context.set_offline(True)
    to = compose.locator("#to")
    to.press_sequentially("ada")
    expect(compose.get_by_text("Directory offline")).to_be_visible()
    to.press_sequentially("@example.org")
    to.press("Enter")
    assert chips("to") == ["ada@example.org"]


def test_the_list_stays_closed_when_the_answer_comes_after_the_focus_left(site, compose):
    release, arrived = threading.Event(), threading.Event()

    def slow(query: str) -> None:
        arrived.set()
        release.wait(10)

    site.before_answer = slow
    compose.locator("#to").press("s")
    assert arrived.wait(10)
    compose.locator("#subject").focus()
    release.set()
    compose.evaluate("fetch('/api/v1/completions?q=zzz')")
    expect(compose.locator("#to")).to_have_value("s")
    expect(compose.locator("#to-list")).to_be_hidden()
    compose.locator("#to").focus()
    expect(compose.locator("#to-list")).to_be_visible()


def test_a_host_on_another_origin_adds_its_short_lived_token(site, compose):
    compose.evaluate(
        """() => {
            let minted = 0;
            document.querySelector('recipient-field').authorize =
                async () => `Bearer token-${minted += 1}`;
        }"""
    )
    type_at_once(compose, "ada")
    expect(compose.get_by_role("option")).to_have_count(1)
    assert re.fullmatch(r"Bearer token-\d+", site.headers[-1]["authorization"])


def test_a_token_that_cannot_be_had_is_a_failure_like_others(compose):
    compose.evaluate(
        """() => {
            document.querySelector('recipient-field').authorize = async () => { throw Error(); };
        }"""
    )
    type_at_once(compose, "ada")
    expect(compose.get_by_text("Directory offline")).to_be_visible()


def test_typed_addresses_get_what_the_directory_knows_of_them(site, compose):
    """Warnings must not depend on whether a group was picked or typed."""
    to = compose.locator("#to")
    to.fill("salon@example.org, stranger@example.net")
    to.press("Tab")
    salon = field_of(compose, "to").get_by_role(
        "button", name="Salon Committee group 12 members needs approval", exact=True
    )
    expect(salon).to_be_visible()
    assert json.loads(compose.evaluate("JSON.stringify(document.forms[0].elements.to.value)")) == (
        '"Salon Committee" <salon@example.org>, stranger@example.net'
    )


def test_a_large_paste_asks_about_few(site, compose):
    paste(compose, "\n".join(f"person{i}@example.net" for i in range(200)))
    expect(compose.get_by_role("button", name="person199@example.net", exact=True)).to_be_visible()
    type_at_once(compose, "ada")
    expect(compose.get_by_role("option")).to_have_count(1)
    assert len(site.queries) <= 30


def paste(page, text: str, field: str = "to") -> None:
    """Paste ``text`` as a clipboard does, line ends included."""
    page.locator(f"#{field}").focus()
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            const event = new ClipboardEvent('paste',
                { clipboardData: data, bubbles: true, cancelable: true });
            if (document.activeElement.dispatchEvent(event)) {
                document.execCommand('insertText', false, text.replace(/[\\r\\n]+/g, ''));
            }
        }""",
        text,
    )
