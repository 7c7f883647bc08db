"""What is listed: filters, pages, slow and failing answers, and who is inside a group."""

import threading

import pytest
from playwright.sync_api import expect

from tests.browser.contacts_dialog.conftest import opened, row_of, search, tick


def rows(dialog):
    return dialog.get_by_role("checkbox")


def status(dialog):
    return dialog.locator(".recipient-status")


def test_groups_and_people_are_listed_alone_and_counted(dialog, site):
    expect(status(dialog)).to_have_text("50 shown, more below")
    dialog.get_by_role("button", name="Groups").click()
    expect(rows(dialog)).to_have_count(4)
    expect(status(dialog)).to_have_text("4 found")
    search(dialog, "ada")
    expect(status(dialog)).to_have_text("Nothing found")
    dialog.get_by_role("button", name="Search groups and people").click()
    expect(tick(dialog, "Ada Example")).to_be_visible()
    dialog.get_by_role("button", name="People").click()
    expect(rows(dialog)).to_have_count(1)
    assert site.asked[-1] == {"limit": "50", "q": "ada", "kind": "person"}


def test_the_next_pages_come_while_one_scrolls(dialog):
    dialog.locator(".recipient-scroller").evaluate("(each) => each.scrollTo(0, 1e6)")
    expect(rows(dialog)).to_have_count(100)
    dialog.locator(".recipient-scroller").evaluate("(each) => each.scrollTo(0, 1e6)")
    expect(rows(dialog)).to_have_count(140)
    expect(status(dialog)).to_have_text("140 found")
    expect(dialog.get_by_role("button", name="More")).to_have_count(0)


def test_a_page_that_overlaps_shows_nobody_twice(dialog, site):
    site.book.insert(0, site.book[60])
    dialog.locator(".recipient-scroller").evaluate("(each) => each.scrollTo(0, 1e6)")
    expect(rows(dialog)).to_have_count(99)


def test_an_answer_that_comes_too_late_is_dropped(dialog, site):
    release = threading.Event()
    site.before_answer = lambda text: release.wait(5) if text == "sal" else None
    search(dialog, "sal")
    while site.asked[-1].get("q") != "sal":
        dialog.page.wait_for_timeout(20)
    expect(status(dialog)).to_have_text("Searching …")
    search(dialog, "jane")
    expect(rows(dialog)).to_have_count(1)
    release.set()
    dialog.page.wait_for_timeout(300)
    expect(tick(dialog, "Doe, Jane")).to_be_visible()
    expect(rows(dialog)).to_have_count(1)


def test_more_than_a_search_lists_is_said(dialog, site):
    site.is_cut = True
    search(dialog, "sal")
    expect(dialog.get_by_text("Only the best 4 are shown. Type more letters.")).to_be_visible()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (503, "The address book does not answer."),
        (429, "Too many searches. Wait a moment."),
        (401, "Your session has ended. Sign in again."),
    ],
)
def test_a_failure_is_said_and_can_be_tried_again(compose, site, expected_errors, code, text):
    expected_errors.append(str(code))
    compose.evaluate(
        "addEventListener('directoryerror', (e) => { window.failed = e.detail.status; })"
    )
    site.status = code
    compose.get_by_role("button", name="Contacts").click()
    dialog = compose.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text(text)
    assert compose.evaluate("window.failed") == code
    site.status = 200
    again = dialog.get_by_role("button", name="Try again")
    if code == 401:
        expect(again).to_have_count(0)
    else:
        again.click()
        expect(tick(dialog, "Sales Team")).to_be_visible()


def test_a_page_that_fails_leaves_those_before_it(dialog, site, expected_errors):
    expected_errors.append("503")
    tick(dialog, "Sales Team").check()
    site.status = 503
    dialog.locator(".recipient-scroller").evaluate("(each) => each.scrollTo(0, 1e6)")
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(rows(dialog)).to_have_count(50)
    site.status = 200
    dialog.get_by_role("button", name="Try again").click()
    # And perhaps another page, as the list is scrolled to its end.
    expect(rows(dialog).nth(99)).to_be_attached()
    expect(tick(dialog, "Sales Team")).to_be_checked()


def test_who_is_inside_is_shown_below_the_group(dialog):
    row = row_of(dialog, "Sales Team")
    button = row.get_by_role("button", name="Sales Team: Members")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(row).to_contain_text("otto@example.net")
    expect(row).to_contain_text("and 62 more")
    expect(tick(dialog, "Sales Team")).not_to_be_checked()
    button.click()
    expect(row.get_by_text("otto@example.net")).to_be_hidden()


def test_why_not_is_said_where_it_is_not_shown(dialog, expected_errors):
    """One that the list says it of, and one that hides them since."""
    expected_errors.append("403")
    for name in ("Salary Office", "All Staff"):
        row = row_of(dialog, name)
        row.get_by_role("button", name=f"{name}: Members").click()
        expect(row).to_contain_text("This group does not show who is in it.")


def test_another_origin_is_asked_with_a_token(compose, site):
    compose.evaluate(
        "document.querySelector('contacts-dialog').authorize = async () => 'Bearer token'"
    )
    opened(compose)
    asked = [each for each in site.headers if "Authorization" in each or "authorization" in each]
    assert [each.get("authorization", each.get("Authorization")) for each in asked] == [
        "Bearer token"
    ]


@pytest.mark.parametrize("language", ["de"])
def test_it_speaks_the_language_of_the_page(dialog, language):
    expect(dialog.get_by_role("button", name="Gruppen")).to_be_visible()
    expect(status(dialog)).to_have_text("50 angezeigt, weitere unten")
