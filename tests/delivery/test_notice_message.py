"""A notice is a message that any mail program shows, and no name changes what it is."""

from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.catalogues import ENGLISH, GERMAN, LANGUAGES
from contactsgroups.delivery.notice_message import Letterhead, make_message, say
from contactsgroups.domain.sentence import Sentence
from contactsgroups.services.delivery.notice_text import NoticeText, Quoted, name_in_line
from contactsgroups.services.delivery.outbox import DueNotice
from tests.delivery.test_header_fields import TYPED

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
_STORED = st.characters(exclude_categories=["Cs"])
"""What a database can hold."""
FIELDS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
}


def notice(
    *, group: str = "Choir", note: str = "Thursdays\nat six", recipient: str = "ada@example.org"
) -> DueNotice:
    shown = name_in_line(group, "choir@example.org")
    text = NoticeText(
        subject=Sentence("You were added to {group}", group=shown),
        paragraphs=(
            Sentence("{applicant} asks to join the group {group}.", applicant="<b>", group=shown),
            Quoted(note),
            Sentence("You can leave it on the page “My groups”."),
        ),
        domain="example.org",
        page="/groups",
    )
    return DueNotice(id=1, event="ab12", recipient=recipient, created_at=NOW, attempts=0, text=text)


def letterhead(*, author: str = "", public_url: str = "", language: object = ENGLISH) -> Letterhead:
    return Letterhead(author=author, public_url=public_url, language=language)  # type: ignore[arg-type]


def received(made: bytes) -> EmailMessage:
    """The message as it is read at the other end."""
    return BytesParser(policy=policy.default).parsebytes(made)


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    return _unfolded(text.get_content()), _unfolded(html.get_content())


def _unfolded(content: object) -> str:
    return str(content).replace("\r\n", "\n")


def test_the_head_says_who_when_and_that_a_program_wrote_it() -> None:
    message = received(make_message(notice(), letterhead()))
    assert set(message.keys()) == FIELDS
    assert message["From"] == "postmaster@example.org"
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "You were added to Choir"
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<ab12@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"


def test_text_and_html_say_the_same_and_html_is_escaped() -> None:
    text, html = parts(received(make_message(notice(note="a < b\n\n& c"), letterhead())))
    assert text == (
        "<b> asks to join the group Choir.\n\n> a < b\n>\n> & c\n\n"
        "You can leave it on the page “My groups”.\n"
    )
    assert '<html lang="en">' in html
    assert "<p>&lt;b&gt; asks to join the group Choir.</p>" in html
    assert "<blockquote>a &lt; b<br>\n<br>\n&amp; c</blockquote>" in html


@pytest.mark.parametrize("given", ["https://x.example/mail", "https://x.example/mail/"])
def test_a_known_address_of_the_pages_becomes_a_link(given: str) -> None:
    text, html = parts(received(make_message(notice(), letterhead(public_url=given))))
    link = "https://x.example/mail/groups"
    assert text.endswith(f"\n\n{link}\n")
    assert f'<a href="{link}">{link}</a>' in html


def test_another_sender_and_language_are_those_of_the_settings() -> None:
    chosen = letterhead(author="Groups@mail.example", language=GERMAN)
    message = received(make_message(notice(), chosen))
    assert message["From"] == "Groups@mail.example"
    assert message["Message-ID"] == "<ab12@mail.example>"
    assert message["Subject"] == "Sie wurden in Choir aufgenommen"
    assert message["Content-Language"] == "de"


def test_the_language_of_the_reader_counts_more_than_that_of_the_settings() -> None:
    made = make_message(replace(notice(), language="zh-Hans"), letterhead(language=GERMAN))
    message = received(made)
    assert message["Subject"] == "您已被加入 Choir"
    assert '<html lang="zh-Hans">' in parts(message)[1]


@given(TYPED, st.text(_STORED), st.sampled_from(LANGUAGES))
def test_no_name_and_no_note_makes_another_message(name: str, note: str, language: object) -> None:
    given = notice(group=name, note=note)
    made = make_message(given, letterhead(language=language))
    message = received(made)
    assert sorted(message.keys()) == sorted(FIELDS)
    assert message["Subject"] == say(given.text.subject, language)  # type: ignore[arg-type]
    assert all(len(line) < 999 for line in made.split(b"\r\n"))
    text, html = parts(message)
    shown = name_in_line(name, "choir@example.org")
    assert shown in text
    assert html.endswith("</html>\n")


def test_an_encoded_word_in_a_name_ends_no_header() -> None:
    name = "=?utf-8?q?you=0D=0AContent-Type:text/html=0D=0A=0D=0A<a_href=3Dx>log_in</a><!--?="
    message = received(make_message(notice(group=name), letterhead()))
    assert message["Subject"] == f"You were added to {name}"
    assert sorted(message.keys()) == sorted(FIELDS)
    assert message.get_content_type() == "multipart/alternative"


def test_a_recipient_that_looks_like_an_encoded_word_is_not_named() -> None:
    message = received(
        make_message(notice(recipient="=?utf-8?q?a=0d=0abcc=3ax?=@example.org"), letterhead())
    )
    assert sorted(message.keys()) == sorted(FIELDS)
    assert message["To"] == "undisclosed-recipients:;"


def test_long_names_and_addresses_beyond_ascii_stay_as_they_are() -> None:
    recipient = f"{'ü' * 30}@xn--grn-ioa.example"
    made = make_message(notice(group="Ж" * 255, recipient=recipient), letterhead())
    assert f"\r\nTo: {recipient}\r\n".encode() in made
    assert received(made)["Subject"] == f"You were added to {'Ж' * 100}…"


def test_an_address_that_would_add_a_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no address"):
        make_message(notice(recipient="a\r\nBcc: b@example.org"), letterhead())
