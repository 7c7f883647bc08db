"""The message that a notice is sent as: text and HTML (RFC 5322, RFC 2046 section 5.1.4)."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from markupsafe import Markup

from contactsgroups.catalogues import Language, find_language
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
        sender: the address that they come from; empty for the postmaster of the group's domain.
        public_url: where people reach the pages; empty if nobody has said so.
        language: what they are written in where nobody knows what the recipient reads.
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
    language = find_language(notice.language) or letterhead.language
    link = _link(notice, letterhead)
    message = EmailMessage()
    message["From"] = _address(sender)
    message["To"] = _address(notice.recipient)
    message["Subject"] = say(notice.text.subject, language)
    message["Date"] = notice.created_at
    message["Message-ID"] = f"<{notice.event}@{sender.rpartition('@')[2]}>"
    # RFC 3834 section 5: nothing answers it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_as_text(notice.text, language, link), cte="quoted-printable")
    message.add_alternative(_as_html(notice.text, language, link), "html", cte="quoted-printable")
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


def _address(text: str) -> Address:
    local_part, _, domain = text.rpartition("@")
    return Address(username=local_part, domain=domain)
