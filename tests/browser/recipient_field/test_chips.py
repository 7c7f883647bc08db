"""What becomes a chip: pasted lists, bad parts, duplicates over To, Cc, Bcc; and what is sent."""

import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from tests.browser.recipient_field.conftest import field_of, highlighted, type_at_once
from tests.browser.recipient_field.test_suggestions import paste


def test_a_pasted_mixed_list_becomes_chips(compose, chips):
    paste(
        compose,
        '"Doe, John" <john@example.net>; Ada Example <ada@example.org>,\r\n'
        "plain@example.net\n<bracketed@example.net>；\n\n"
        '"Say \\"hi\\"" <hi@example.net>',
    )
    assert chips("to") == [
        "Doe, John",
        "Ada Example",
        "plain@example.net",
        "bracketed@example.net",
        'Say "hi"',
    ]


def test_the_bad_part_of_a_pasted_list_stays_visible_and_is_marked(compose, chips):
    paste(compose, "ada@example.org; not one; bob@example.org, two@@example.org")
    assert chips("to")[1] == "not one"
    bad = field_of(compose, "to").locator("li", has=compose.locator(".recipient-invalid"))
    expect(bad).to_have_text(["not onenot an address×", "two@@example.orgnot an address×"])
    expect(bad.first).to_be_visible()


def test_pasted_text_joins_what_was_typed(compose, chips):
    compose.locator("#to").press_sequentially("one@")
    paste(compose, "example.net, two@example.net")
    assert chips("to") == ["one@example.net", "two@example.net"]


def test_a_pasted_name_searches(compose):
    paste(compose, "Salma")
    expect(compose.locator("#to")).to_have_value("Salma")
    expect(compose.get_by_role("option", name="Salma Ortiz")).to_be_visible()


def test_a_bad_part_is_edited_with_one_click(compose, chips):
    paste(compose, "one@example.net, two@")
    compose.get_by_role("button", name="two@ not an address").click()
    expect(compose.locator("#to")).to_have_value("two@")
    type_at_once(compose, "example.net")
    compose.keyboard.press("Enter")
    assert chips("to") == ["one@example.net", "two@example.net"]


def test_a_bad_part_is_asked_about_before_sending(compose, site):
    paste(compose, "one@example.net, two@")
    compose.get_by_role("button", name="Send", exact=True).click()
    expect(compose.get_by_text("two@, not an address")).to_be_visible()
    assert site.posted == []
    compose.get_by_role("button", name="Send anyway").click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    assert site.posted[0]["to"] == ["one@example.net, two@"]


def test_unfinished_text_is_asked_about_before_sending(compose, site):
    compose.locator("#to").fill("one@example.net, tw")
    compose.get_by_role("button", name="Send", exact=True).click()
    expect(compose.get_by_text("tw, not an address")).to_be_visible()
    assert site.posted == []


def test_one_click_selects_a_chip_and_two_edit_it(compose, chips):
    paste(compose, "new@example.net")
    chip = compose.get_by_role("button", name="new@example.net", exact=True)
    chip.click()
    expect(chip).to_be_focused()
    assert chips("to") == ["new@example.net"]
    chip.dblclick()
    assert chips("to") == []
    expect(compose.locator("#to")).to_have_value("new@example.net")


def test_editing_keeps_what_was_being_typed(compose, chips):
    paste(compose, "one@example.net")
    compose.locator("#to").press_sequentially("two@example.net")
    compose.get_by_role("button", name="one@example.net", exact=True).dblclick()
    assert chips("to") == ["two@example.net"]
    expect(compose.locator("#to")).to_have_value("one@example.net")


def test_the_cross_removes_a_chip(compose, chips):
    paste(compose, "one@example.net, two@example.net")
    compose.get_by_role("button", name="one@example.net: remove").click()
    assert chips("to") == ["two@example.net"]


@pytest.mark.parametrize("end", ["up", "leave"])
def test_what_is_learnt_while_the_button_is_down_loses_no_click(compose, chips, end):
    """A chip that is drawn anew between press and release would get no click."""
    paste(compose, "one@example.net, two@example.net")
    cross = compose.get_by_role("button", name="one@example.net: remove").bounding_box()
    compose.mouse.move(cross["x"] + cross["width"] / 2, cross["y"] + cross["height"] / 2)
    compose.mouse.down()
    field_of(compose, "to").evaluate(
        """field => {
            const learnt = (each) => ({ ...each, name: `${each.address}!` });
            field.recipients = field.recipients.map(learnt);
        }"""
    )
    if end == "leave":
        compose.mouse.move(5, 5)
    compose.mouse.up()
    left = ["two@example.net!"] if end == "up" else ["one@example.net!", "two@example.net!"]
    field = field_of(compose, "to").locator(".recipient-edit .recipient-name")
    expect(field).to_have_text(left)


def test_nobody_is_added_twice_over_to_cc_and_bcc(compose, chips):
    paste(compose, "ada@example.org", "to")
    paste(compose, "ADA@example.org, other@example.net", "cc")
    assert chips("cc") == ["other@example.net"]
    expect(compose.get_by_text("ADA@example.org: already added")).to_be_visible()
    paste(compose, "Other <other@example.net>", "bcc")
    assert chips("bcc") == []


def test_a_suggestion_says_who_is_there_already(compose, chips):
    paste(compose, "ada@example.org", "to")
    type_at_once(compose, "ada", "cc")
    expect(compose.get_by_role("option").get_by_text("already added")).to_be_visible()
    compose.keyboard.press("Enter")
    assert chips("cc") == []


def test_leaving_the_field_takes_complete_addresses(compose, chips):
    compose.locator("#to").fill("one@example.net, Two <two@example.net>")
    compose.locator("#subject").click()
    assert chips("to") == ["one@example.net", "Two"]


def test_leaving_the_field_keeps_unfinished_text(compose, chips):
    """Somebody may only look something up elsewhere."""
    type_at_once(compose, "sal")
    expect(compose.get_by_role("option")).to_have_count(4)
    compose.get_by_role("heading").click()
    expect(compose.get_by_role("option")).to_have_count(0)
    assert chips("to") == []
    expect(compose.locator("#to")).to_have_value("sal")


def test_the_form_posts_ordinary_header_values(compose, site):
    for text in ["sales", "doe", "bob"]:
        type_at_once(compose, text, "cc")
        expect(highlighted(compose)).to_have_count(1)
        compose.keyboard.press("Enter")
    compose.locator("#to").fill("typed@example.net")
    compose.locator("#subject").fill("Hello")
    compose.keyboard.press("Enter")
    compose.get_by_role("button", name="Send anyway").click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    assert site.posted == [
        {
            "to": ["typed@example.net"],
            "cc": [
                (
                    '"Sales Team" <sales@example.org>, "Doe, Jane" <jane@example.org>, '
                    '"Bob \\"Bobby\\" Builder" <bob@example.org>'
                )
            ],
            "bcc": [""],
            "subject": ["Hello"],
        }
    ]


@pytest.mark.parametrize(
    "body",
    [
        """<body><main><form method="post" action="/send" id="form">
    <recipient-field><label for="to">To</label>
    <input id="to" name="to" required value="Annie &lt;annie@example.net&gt;, old@example.net">
    </recipient-field><button>Send</button><button type="reset">Clear</button></form></main>"""
    ],
)
class TestAFieldWithAValue:
    """A draft, or the answer of the server to a form with a fault."""

    def test_starts_with_its_chips(self, compose, chips):
        assert chips("to") == ["Annie", "old@example.net"]

    def test_is_reset_to_them(self, compose, chips):
        compose.keyboard.press("Tab")
        paste(compose, "more@example.net")
        assert len(chips("to")) == 3
        compose.get_by_role("button", name="Clear").click()
        assert chips("to") == ["Annie", "old@example.net"]

    def test_is_required_only_without_chips(self, compose):
        missing = compose.locator("recipient-field:invalid")
        compose.locator("#to").focus()
        for remaining in [2, 1]:
            assert missing.count() == 0
            expect(compose.get_by_role("list").get_by_role("listitem")).to_have_count(remaining)
            compose.keyboard.press("Backspace")
            compose.keyboard.press("Backspace")
        assert missing.count() == 1

    def test_has_a_value_that_scripts_read_and_write(self, compose, chips):
        assert compose.evaluate("document.forms.form.elements.to.value") == (
            '"Annie" <annie@example.net>, old@example.net'
        )
        compose.evaluate("document.forms.form.elements.to.value = 'New <new@example.net>; x@y.org'")
        assert chips("to") == ["New", "x@y.org"]
        assert compose.evaluate("new FormData(document.forms.form).get('to')") == (
            '"New" <new@example.net>, x@y.org'
        )

    def test_tells_the_page_of_changes(self, compose):
        compose.evaluate(
            """() => {
                window.values = [];
                document.forms.form.addEventListener('change', ({ target }) => {
                    if (target.localName === 'recipient-field') window.values.push(target.value);
                });
            }"""
        )
        paste(compose, "new@example.net")
        assert compose.evaluate("window.values").pop().endswith("old@example.net, new@example.net")


@pytest.mark.parametrize(
    "body",
    [
        """<body><main><form method="post" action="/send">
    <label for="from">From</label> <input id="from" name="from">
    <label for="subject">Subject</label> <input id="subject" name="subject">
    <recipient-field name="to"><label for="to">To</label><input id="to" name="to">
    </recipient-field><button>Send</button></form></main>"""
    ],
)
def test_back_brings_everything_typed_again(compose, chips):
    """Also when the page is loaded anew, as here, and does not come out of memory."""
    paste(compose, "one@example.net, two@example.net")
    compose.locator("#subject").fill("Kept")
    compose.get_by_role("button", name="Send").click()
    expect(compose.get_by_role("heading", name="Sent")).to_be_visible()
    compose.go_back()
    expect(field_of(compose, "to").get_by_role("listitem")).to_have_count(2)
    assert chips("to") == ["one@example.net", "two@example.net"]
    expect(compose.locator("#subject")).to_have_value("Kept")


def test_a_state_the_browser_restores_becomes_chips(compose, chips):
    """After Back, browsers call this with the last value."""
    compose.evaluate(
        "document.querySelector('recipient-field')"
        ".formStateRestoreCallback('One <one@example.net>, two@example.net', 'restore')"
    )
    assert chips("to") == ["One", "two@example.net"]


NAMES = st.text(
    # Line ends become spaces: a header has one line.
    st.characters(
        exclude_categories=["Cs"], exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
    ),
    max_size=20,
)
ATOMS = st.text("abcxyz0189+-_=/üß李", min_size=1, max_size=8).filter(
    lambda atom: not atom.startswith("-")  # The server refuses those.
)
ADDRESSES = st.builds(
    "{}@{}.example.org".format, ATOMS, st.from_regex("[a-z]{1,8}", fullmatch=True)
)


@pytest.fixture
def round_trip(compose):
    """Formats recipients in the browser and parses them again there."""

    def run(recipients: list[dict[str, str]]) -> tuple[str, list[dict[str, str]]]:
        result: tuple[str, list[dict[str, str]]] = compose.evaluate(
            """async (recipients) => {
                const { format, parseList } = await import('/static/recipient-field.js');
                const text = recipients.map(format).join(', ');
                return [text, parseList(text)];
            }""",
            recipients,
        )
        return result

    return run


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(people=st.lists(st.tuples(NAMES, ADDRESSES), max_size=20))
def test_any_name_survives_formatting_and_parsing(round_trip, people):
    """Both our own parser and Python's, which stands for other mail software."""
    text, parsed = round_trip([{"name": name, "address": address} for name, address in people])
    assert [each["address"] for each in parsed] == [address for _, address in people]
    assert not any(each.get("invalid") for each in parsed)
    message = EmailMessage(policy=email.policy.SMTPUTF8)
    message["To"] = text
    assert [a.addr_spec for a in message["To"].addresses] == [address for _, address in people]
