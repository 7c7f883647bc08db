"""The question before a message reaches more people than its author may expect."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recipient_field.conftest import field_of, highlighted
from tests.browser.recipient_field.test_suggestions import paste


def _add(page: Page, *texts: str) -> None:
    for text in texts:
        page.locator("#to").press_sequentially(text)
        expect(highlighted(page)).to_have_count(1)
        page.keyboard.press("Enter")


def _send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def test_a_harmless_message_is_sent_without_a_question(compose, site):
    _add(compose, "ada")
    _send(compose)
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    assert site.posted[0]["to"] == ['"Ada Example" <ada@example.org>']


def test_many_recipients_over_all_fields_raise_a_question(compose, site):
    _add(compose, "salon")
    paste(compose, ",".join(f"p{i}@example.net" for i in range(9)), "cc")
    _send(compose)
    expect(compose.get_by_text("21 recipients")).to_be_visible()
    compose.get_by_role("button", name="Cancel").click()
    expect(compose.get_by_text("21 recipients")).to_be_hidden()
    assert site.posted == []
    _send(compose)
    compose.get_by_role("button", name="Send anyway").click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    assert len(site.posted) == 1


def test_exactly_the_number_is_not_too_many(compose, site):
    _add(compose, "salon")
    paste(compose, ",".join(f"p{i}@example.net" for i in range(8)), "cc")
    _send(compose)
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()


def test_a_group_with_outsiders_raises_a_question(compose):
    _add(compose, "sales")
    _send(compose)
    status = compose.get_by_role("status").first
    expect(status).to_contain_text("Sales Team, group, 3 members, 1 external")
    expect(compose.get_by_role("button", name="Cancel")).to_be_focused()


def test_a_group_that_refuses_raises_a_question_with_its_reason(compose):
    _add(compose, "salary")
    _send(compose)
    status = compose.get_by_role("status").first
    expect(status).to_contain_text("Salary Office, group, 2 members, sending not allowed")
    expect(status).to_contain_text("Only members may post.")


def test_the_question_comes_each_time(compose):
    """Consent is for one message: a page may send in the background and stay."""
    compose.evaluate(
        """() => {
            window.sent = 0;
            document.forms[0].addEventListener('submit', (event) => {
                event.preventDefault();
                window.sent += 1;
            });
        }"""
    )
    for sent in [1, 2]:
        if sent == 1:
            _add(compose, "sales")
        _send(compose)
        assert compose.evaluate("window.sent") == sent - 1
        compose.get_by_role("button", name="Send anyway").click()
        assert compose.evaluate("window.sent") == sent


def test_the_pages_own_submit_button_is_kept(compose):
    compose.evaluate(
        """() => document.forms[0].addEventListener('submit', (event) => {
            event.preventDefault();
            window.submitter = event.submitter.textContent;
        })"""
    )
    _add(compose, "sales")
    _send(compose)
    compose.get_by_role("button", name="Send anyway").click()
    assert compose.evaluate("window.submitter") == "Send"


@pytest.mark.parametrize(
    "body",
    [
        """<body><main><form method="post" action="/send"><recipient-field quiet>
    <label for="to">Members</label><input id="to" name="members"></recipient-field>
    <button>Send</button></form></main>"""
    ],
)
def test_a_quiet_field_asks_nothing(compose, site):
    """The members of a group are no recipients of a message."""
    _add(compose, "sales")
    _send(compose)
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()


@pytest.mark.parametrize(
    "body",
    [
        """<body><main><form method="post" action="/send"><recipient-field quiet>
    <label for="watchers">Watchers</label><input id="watchers" name="watchers"></recipient-field>
    <recipient-field><label for="to">To</label><input id="to" name="to"></recipient-field>
    <button>Send</button></form></main>"""
    ],
)
def test_a_quiet_field_before_the_others_does_not_silence_them(compose, site):
    _add(compose, "sales")
    _send(compose)
    expect(compose.get_by_role("button", name="Send anyway")).to_be_visible()
    assert site.posted == []


def test_what_came_after_the_question_is_asked_about_anew(compose, site):
    """One agrees to what is shown, and to nothing that another field got since."""
    paste(compose, "sales@example.org")
    expect(compose.get_by_role("button", name="Sales Team group")).to_be_visible()
    compose.get_by_role("button", name="Send", exact=True).click()
    expect(compose.get_by_role("button", name="Send anyway")).to_be_visible()
    paste(compose, "salary@example.org", "cc")
    expect(compose.get_by_role("button", name="Salary Office group")).to_be_visible()
    compose.get_by_role("button", name="Send anyway").click()
    expect(field_of(compose, "to").get_by_role("status")).to_contain_text("Salary Office")
    assert site.posted == []
    compose.get_by_role("button", name="Send anyway").click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    assert len(site.posted) == 1


def test_the_question_comes_where_it_is_seen(compose, site):
    """In a field that is hidden it would only hold the message back."""
    field_of(compose, "to").evaluate("(field) => { field.hidden = true; }")
    paste(compose, "salary@example.org", "cc")
    expect(compose.get_by_role("button", name="Salary Office group")).to_be_visible()
    compose.get_by_role("button", name="Send", exact=True).click()
    compose.get_by_role("button", name="Send anyway").click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
