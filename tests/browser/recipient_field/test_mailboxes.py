"""The field reads lists as the server does."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from contactsgroups.domain.mailboxes import Mailbox, parse_mailboxes
from tests.browser.recipient_field.sample_api import SampleSite
from tests.list_styles import LISTS, SOUP, STYLES, render
from tests.mailbox_lists import CASES

READ = """async (texts) => {
    const { parseMailboxes } = await import('/static/recipient-field/mailboxes.js');
    return texts.map(parseMailboxes);
}"""


@pytest.fixture
def reader(site: SampleSite, page: Page) -> Page:
    """A page that can read lists with ``READ``."""
    page.goto(f"{site.url}/compose")
    return page


def on_server(text: str) -> list[dict[str, str]]:
    """What the server finds, as the field says it."""
    return [
        {"name": each.name, "address": each.address}
        if isinstance(each, Mailbox)
        else {
            "address": each.text,
            "kind": "invalid",
            "fault": each.fault,
            "suggestion": each.suggestion,
        }
        for each in parse_mailboxes(text)
    ]


def mailboxes_of(found: list[dict[str, Any]]) -> list[list[str]]:
    return [[each["name"], each["address"]] for each in found if each.get("kind") != "invalid"]


def rejected_of(found: list[dict[str, Any]]) -> list[list[str]]:
    rejected = [each for each in found if each.get("kind") == "invalid"]
    return [[each["address"], each["fault"], each["suggestion"]] for each in rejected]


def test_the_field_reads_every_shared_case(reader: Page) -> None:
    answers = reader.evaluate(READ, [case.text for case in CASES])
    for case, found in zip(CASES, answers, strict=True):
        assert (mailboxes_of(found), rejected_of(found)) == (case.mailboxes, case.rejected)


def test_field_and_server_agree_on_lists_in_every_style(reader: Page) -> None:
    @settings(deadline=None, max_examples=50)
    @given(LISTS)
    def agree(people: list[tuple[str, str]]) -> None:
        texts = [render(style, people)[0] for style in STYLES]
        assert reader.evaluate(READ, texts) == [on_server(text) for text in texts]

    agree()


def test_field_and_server_agree_on_anything(reader: Page) -> None:
    @settings(deadline=None, max_examples=100)
    @given(st.lists(SOUP, min_size=10, max_size=20))
    def agree(texts: list[str]) -> None:
        assert reader.evaluate(READ, texts) == [on_server(text) for text in texts]

    agree()


def test_a_list_is_written_so_that_it_is_read_back(reader: Page) -> None:
    @settings(deadline=None, max_examples=50)
    @given(LISTS)
    def agree(people: list[tuple[str, str]]) -> None:
        written = reader.evaluate(
            """async (people) => {
                const { formatMailbox } = await import('/static/recipient-field/mailboxes.js');
                return people.map(([name, address]) => formatMailbox({ name, address })).join(', ');
            }""",
            people,
        )
        assert mailboxes_of(on_server(written)) == [list(each) for each in people]

    agree()


def test_a_megabyte_is_read_at_once(reader: Page) -> None:
    """In square time it would be hours."""
    count = reader.evaluate(
        """async () => {
            const { parseMailboxes } = await import('/static/recipient-field/mailboxes.js');
            return ['"\\\\', 'a@x.example ', '<', '(a', 'a@x (b) ', '“'].map((piece) => (
                parseMailboxes(piece.repeat(1_000_000 / piece.length)).length));
        }"""
    )
    assert count[1] == 1_000_000 // 12
