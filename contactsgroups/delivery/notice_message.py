"""The message that a notice is sent as: text and HTML (RFC 5322, RFC 2046 section 5.1.4)."""

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from markupsafe import Markup

from contactsgroups.catalogues import Language, find_language
from contactsgroups.delivery.header_fields import address_value, text_value, write_fields
from contactsgroups.domain.sentence import Sentence
from contactsgroups.services.delivery.notice_text import NoticeText, Quoted
from contactsgroups.services.delivery.outbox import DueNotice

_PAGE = Markup("""<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
{content}
</body>
</html>
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What all notices of an installation have in common.

    Attributes:
        author: the address that they come from; empty for the postmaster of the group's domain.
        public_url: where people reach the pages; empty if nobody has said so.
        language: what they are written in where nobody knows what the recipient reads.
    """

    author: str
    public_url: str
    language: Language


def make_message(notice: DueNotice, letterhead: Letterhead) -> bytes:
    """Return a notice as a message; the same event has the same Message-ID.

    Raises:
        ValueError: an address cannot stand in a header.
    """
    author = letterhead.author or f"postmaster@{notice.text.domain}"
    language = find_language(notice.language) or letterhead.language
    fields = (
        ("From", address_value(author)),
        ("To", address_value(notice.recipient)),
        ("Subject", text_value("Subject", say(notice.text.subject, language))),
        ("Date", format_datetime(notice.created_at)),
        ("Message-ID", f"<{notice.event}@{author.rpartition('@')[2]}>"),
        # RFC 3834 section 5: nothing answers it.
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", language.tag),
    )
    return write_fields(fields) + _body(notice, letterhead, language)


def _body(notice: DueNotice, letterhead: Letterhead, language: Language) -> bytes:
    """Return text and HTML, behind the header fields that say what they are."""
    link = _link(notice, letterhead)
    body = EmailMessage()
    body.set_content(_as_text(notice.text, language, link), cte="quoted-printable")
    body.add_alternative(_as_html(notice.text, language, link), "html", cte="quoted-printable")
    return body.as_bytes(policy=policy.SMTP)


def say(text: str, language: Language) -> str:
    """Return a sentence in a language; what is no sentence stays as it is."""
    if not isinstance(text, Sentence):
        return text
    values = {name: _said(value, language) for name, value in text.values.items()}
    said = language.texts.gettext(text.message)
    return said.format_map(values) if values else said


def _said(value: Any, language: Language) -> Any:
    return say(value, language) if isinstance(value, Sentence) else value


def _as_text(text: NoticeText, language: Language, link: str) -> str:
    paragraphs = [_paragraph_as_text(each, language) for each in text.paragraphs if each]
    return "\n\n".join([*paragraphs, *filter(None, [link])]) + "\n"


def _paragraph_as_text(paragraph: Sentence | Quoted, language: Language) -> str:
    if isinstance(paragraph, Quoted):
        return "\n".join(f"> {line}".rstrip() for line in paragraph.splitlines())
    return say(paragraph, language)


def _as_html(text: NoticeText, language: Language, link: str) -> str:
    content = [_paragraph_as_html(each, language) for each in text.paragraphs if each]
    if link:
        content.append(Markup('<p><a href="{link}">{link}</a></p>').format(link=link))
    return _PAGE.format(
        language=language.tag,
        title=say(text.subject, language),
        content=Markup("\n").join(content),
    )


def _paragraph_as_html(paragraph: Sentence | Quoted, language: Language) -> Markup:
    if isinstance(paragraph, Quoted):
        return Markup("<blockquote>{}</blockquote>").format(
            Markup("<br>\n").join(paragraph.splitlines())
        )
    return Markup("<p>{}</p>").format(say(paragraph, language))


def _link(notice: DueNotice, letterhead: Letterhead) -> str:
    """Return the address of the page where the reader goes on, if it is known."""
    if not (letterhead.public_url and notice.text.page):
        return ""
    return letterhead.public_url.rstrip("/") + notice.text.page
