"""A message is shown as safe text in bounded time, whatever it is."""

import time
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain import message_text
from contactsgroups.domain.message_preview import (
    ATTACHMENTS_LIMIT,
    HEADER_LIMIT,
    MessagePreview,
    decode_words,
    preview_message,
)
from contactsgroups.domain.message_text import TEXT_LIMIT
from contactsgroups.domain.text import is_control

SECONDS = 5.0


def letter(**fields: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "Jana Dvořák <jana@partner.example>", "Subject": "Fenster"}.items():
        message[name] = fields.get(name.lower(), value)
    return message


def crlf(message: EmailMessage | MIMEBase) -> bytes:
    return bytes(message).replace(b"\n", b"\r\n")


def test_author_subject_text_and_attachments_are_what_a_mail_program_shows() -> None:
    message = letter(subject="Wartung am 关于")
    message["To"] = "team@example.org, Amélie <a@example.org>"
    message["Message-ID"] = "<1@x>"
    message.set_content("Guten Tag,\n\nGrüße\n")
    message.add_attachment(b"x" * 3000, maintype="application", subtype="pdf", filename="Plän.pdf")

    preview = preview_message(crlf(message))

    assert (preview.author_name, preview.author) == ("Jana Dvořák", "jana@partner.example")
    assert (preview.subject, preview.message_id) == ("Wartung am 关于", "<1@x>")
    assert preview.to == "team@example.org, Amélie <a@example.org>"
    assert preview.text == "Guten Tag,\n\nGrüße"
    assert preview.snippet == "Guten Tag, Grüße"
    (attachment,) = preview.attachments
    assert (attachment.name, attachment.content_type) == ("Plän.pdf", "application/pdf")
    assert 2900 <= attachment.size <= 3000
    assert preview.header.startswith("From: ")


def test_what_the_html_says_is_shown_beside_the_plain_text() -> None:
    """Members may read the one and moderators the other."""
    message = letter()
    message.set_content("Nothing to see.")
    message.add_alternative("<p>Send <b>money</b>!</p>", subtype="html")

    preview = preview_message(crlf(message))

    assert (preview.text, preview.html_text) == ("Nothing to see.", "Send money!")
    assert preview.attachments == ()


def test_html_alone_is_shown_as_text() -> None:
    message = letter()
    message.set_content("<p>Hello</p><script>x()</script>", subtype="html")
    preview = preview_message(crlf(message))
    assert (preview.text, preview.html_text, preview.snippet) == ("", "Hello", "Hello")


def test_a_text_that_is_named_is_listed_and_shown() -> None:
    """Some mail programs show it among the text, others beside it."""
    named = b"Content-Disposition: inline; filename*=utf-8''a%0Ab%E2%80%AE\r\n"
    preview = preview_message(b"Content-Type: text/plain\r\n" + named + b"\r\na,b\r\n")
    (attachment,) = preview.attachments
    assert (attachment.name, attachment.content_type, preview.text) == ("a b", "text/plain", "a,b")


def test_what_is_attached_is_listed_only() -> None:
    attached = b"Content-Disposition: attachment; filename=a.txt\r\n\r\na,b\r\n"
    preview = preview_message(attached)
    assert ([each.name for each in preview.attachments], preview.text) == (["a.txt"], "")


def test_a_text_of_an_unknown_kind_is_plain_text() -> None:
    assert preview_message(b"Content-Type: text/x-new\r\n\r\nBUY\r\n").text == "BUY"


def test_an_encoding_with_a_comment_is_read() -> None:
    content = b"Content-Transfer-Encoding: BASE64 (really)\r\n\r\nQlVZ\r\n"
    assert preview_message(content).text == "BUY"


def nested(depth: int) -> bytes:
    """A text so many multiparts deep."""
    lines = b""
    for number in range(depth):
        lines += b"Content-Type: multipart/mixed; boundary=b%d.\r\n\r\n--b%d.\r\n" % (
            number,
            number,
        )
    return lines + b"Content-Type: text/plain\r\n\r\nBUY\r\n"


@pytest.mark.parametrize("depth", [1, 9, 19])
def test_a_text_within_multiparts_is_shown(depth: int) -> None:
    preview = preview_message(nested(depth))
    assert (preview.text, preview.is_whole) == ("BUY", True)


@pytest.mark.parametrize("depth", [25, 60])
def test_a_text_deeper_than_is_looked_is_shown_as_it_stands_there(depth: int) -> None:
    preview = preview_message(nested(depth))
    assert preview.text.endswith("BUY")
    assert preview.has_more_parts


def test_a_reference_of_thousands_of_digits_hides_nothing() -> None:
    message = letter()
    message.set_content("Plain.")
    message.add_alternative("<p>&#" + "9" * 5000 + "; BUY</p>", subtype="html")
    preview = preview_message(crlf(message))
    assert (preview.text, preview.subject) == ("Plain.", "Fenster")
    assert preview.html_text.endswith("BUY")
    assert preview.is_whole


def test_a_part_that_cannot_be_read_hides_no_other_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(html: str) -> str:
        raise ValueError(html)

    monkeypatch.setattr(message_text, "text_of_html", fail)
    message = letter()
    message.set_content("Plain.")
    message.add_alternative("<p>BUY</p>", subtype="html")
    preview = preview_message(crlf(message))
    assert (preview.text, preview.html_text, preview.author) == (
        "Plain.",
        "",
        "jana@partner.example",
    )
    assert preview.is_unreadable
    assert not preview.is_whole


def test_a_multipart_without_parts_shows_what_is_there() -> None:
    content = b"Content-Type: multipart/mixed; boundary=x\r\n\r\nno boundary here\r\n"
    assert preview_message(content).text == "no boundary here"
    content = b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nhello\r\n"
    assert "hello" in preview_message(content).text


def test_ten_thousand_parts_are_counted_up_to_a_limit() -> None:
    whole = MIMEMultipart("mixed", "bound")
    content = whole.as_bytes().partition(b"\n\n")[0] + b"\n\n"
    content += b"--bound\nContent-Type: image/png; name=a.png\n\nx\n" * 10_000 + b"--bound--\n"
    preview = timed(content)
    assert len(preview.attachments) == ATTACHMENTS_LIMIT
    assert preview.has_more_parts


def test_parts_within_parts_end_somewhere() -> None:
    content = b""
    for number in range(500):
        content += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (
            number,
            number,
        )
    assert timed(content + b"\r\ndeep\r\n").has_more_parts


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: " + b"x" * 20_000_000,
        b"X: y\r\n" * 3_000_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b" * 6_000_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 4_000_000,
        b'Content-Type: text/plain; a=";' + b';";' * 300_000 + b"\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFB" * 5_000_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--<" * 4_000_000,
        b"From: " + b"(" * 30_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?q?" * 3_000 + b"\r\n\r\n",
        b"\r\n" + b"\n" * 20_000_000,
        nested(60) + b"--b1." * 5_000_000,
    ],
    ids=range(11),
)
def test_a_monster_takes_no_long_time_and_is_no_long_page(content: bytes) -> None:
    preview = timed(content)
    assert len(preview.text) + len(preview.html_text) <= 2 * TEXT_LIMIT
    assert len(preview.header) <= HEADER_LIMIT


def test_encoded_words_that_are_broken_stay_as_they_are() -> None:
    assert decode_words("=?utf-8?b?w?=") != ""
    assert decode_words("=?x-unknown?q?Gr=FC=DFe?=") == "Grüße"
    assert decode_words("a =?utf-8?q?b?= c") == "a b c"


@given(st.binary(max_size=2000))
def test_any_octets_are_shown(content: bytes) -> None:
    assert_fit_for_a_page(preview_message(content))


HEADERS = st.sampled_from(
    [
        b"From: =?utf-8?b?w7w=?= <a@b>",
        b"Subject: =?koi8-r?q?=C1?=",
        b"Content-Type: text/html; charset=zlib",
        b"Content-Type: multipart/mixed; boundary=b",
        b'Content-Type: multipart/alternative; boundary="b"',
        b"Content-Type: multipart/mixed; boundary*=utf-8''b",
        b"Content-Disposition: attachment; filename*0*=x-y''%ff; filename*2=z",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b" folded",
        b"--b",
        b"--b--",
        b"",
        b"=ff=\xff <p>text</p> &#0; &#xD800;",
    ]
)


@given(st.lists(HEADERS, max_size=40), st.sampled_from([b"\n", b"\r\n"]))
def test_any_pieces_of_mime_are_shown(lines: list[bytes], ending: bytes) -> None:
    assert_fit_for_a_page(preview_message(ending.join(lines)))


@given(st.recursive(st.text(max_size=20), lambda inner: st.lists(inner, max_size=4), max_leaves=12))
def test_the_texts_of_well_formed_messages_are_found(tree: object) -> None:
    preview = preview_message(crlf(_made_of(tree)))
    assert_fit_for_a_page(preview)
    for word in _words(tree):
        assert word in preview.text


def _made_of(tree: object) -> MIMEBase:
    if isinstance(tree, str):
        return MIMEText("".join(filter(str.isalnum, tree)), "plain", "utf-8")
    assert isinstance(tree, list)
    whole = MIMEMultipart()
    for each in tree:
        whole.attach(_made_of(each))
    return whole


def _words(tree: object) -> list[str]:
    if isinstance(tree, str):
        return ["".join(filter(str.isalnum, tree))]
    assert isinstance(tree, list)
    return [word for each in tree for word in _words(each)]


def timed(content: bytes) -> MessagePreview:
    started = time.monotonic()
    preview = preview_message(content)
    assert time.monotonic() - started < SECONDS
    return preview


def assert_fit_for_a_page(preview: MessagePreview) -> None:
    texts = [preview.author, preview.author_name, preview.to, preview.subject, preview.message_id]
    texts += [preview.snippet, *(each.name + each.content_type for each in preview.attachments)]
    for text in texts:
        assert "\n" not in text
    for text in (*texts, preview.text, preview.html_text, preview.header):
        text.encode()
        assert not any(is_control(each) for each in text if each not in "\n\t")
