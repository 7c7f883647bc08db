"""The message that a notice is sent as: text and HTML (RFC 5322, RFC 2046 section 5.1.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from markupsafe import Markup

from contactsgroups.catalogues import Language
from contactsgroups.domain.sentence import Sentence
from contactsgroups.services.delivery.notice_text import Quoted
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
        sender: the address that they come from; empty for the postmaster of the group's domain.
        public_url: where people reach the pages; empty if nobody has said so.
        language: what they are written in.
    """

    sender: str
    public_url: str
    language: Language


def make_message(notice: DueNotice, letterhead: Letterhead) -> EmailMessage:
    """Return a notice as a message; the same event has the same Message-ID.

    Raises:
        ValueError: an address cannot stand in a header.
    """
    sender = letterhead.sender or f"postmaster@{notice.text.domain}"
    language = letterhead.language
    message = EmailMessage()
    message["From"] = _address(sender)
    message["To"] = _address(notice.recipient)
    message["Subject"] = say(notice.text.subject, language)
    message["Date"] = notice.created_at
    message["Message-ID"] = f"<{notice.event}@{sender.rpartition('@')[2]}>"
    # RFC 3834 section 5: nothing answers it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_as_text(notice, letterhead), cte="quoted-printable")
    message.add_alternative(_as_html(notice, letterhead), "html", cte="quoted-printable")
    message["Content-Language"] = language.tag
    return message


def say(text: str, language: Language) -> str:
    """Return a sentence in a language; what is no sentence stays as it is."""
    if not isinstance(text, Sentence):
        return text
    values = {name: _said(value, language) for name, value in text.values.items()}
    said = language.texts.gettext(text.message)
    return said.format_map(values) if values else said


def _said(value: Any, language: Language) -> Any:
    return say(value, language) if isinstance(value, Sentence) else value


def _as_text(notice: DueNotice, letterhead: Letterhead) -> str:
    paragraphs = [*_paragraphs_as_text(notice, letterhead.language)]
    if link := _link(notice, letterhead):
        paragraphs.append(link)
    return "\n\n".join(paragraphs) + "\n"


def _paragraphs_as_text(notice: DueNotice, language: Language) -> Iterator[str]:
    for each in filter(None, notice.text.paragraphs):
        if isinstance(each, Quoted):
            yield "\n".join(f"> {line}".rstrip() for line in each.splitlines())
        else:
            yield say(each, language)


def _as_html(notice: DueNotice, letterhead: Letterhead) -> str:
    language = letterhead.language
    content = [*_paragraphs_as_html(notice, language)]
    if link := _link(notice, letterhead):
        content.append(Markup('<p><a href="{link}">{link}</a></p>').format(link=link))
    return _PAGE.format(
        language=language.tag,
        title=say(notice.text.subject, language),
        content=Markup("\n").join(content),
    )


def _paragraphs_as_html(notice: DueNotice, language: Language) -> Iterator[Markup]:
    for each in filter(None, notice.text.paragraphs):
        if isinstance(each, Quoted):
            lines = Markup("<br>\n").join(each.splitlines())
            yield Markup("<blockquote>{}</blockquote>").format(lines)
        else:
            yield Markup("<p>{}</p>").format(say(each, language))


def _link(notice: DueNotice, letterhead: Letterhead) -> str:
    """Return the address of the page where the reader goes on, if it is known."""
    if not (letterhead.public_url and notice.text.page):
        return ""
    return letterhead.public_url.rstrip("/") + notice.text.page


def _address(text: str) -> Address:
    local_part, _, domain = text.rpartition("@")
    return Address(username=local_part, domain=domain)
