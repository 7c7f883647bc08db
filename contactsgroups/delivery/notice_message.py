"""The message that a notice is sent as: text and HTML (RFC 5322, RFC 2046 section 5.1.4)."""

from email.headerregistry import Address
from email.message import EmailMessage
from html import escape

from contactsgroups.services.delivery.outbox import Notice

_NAME_LENGTH = 100  # characters

TEXTS = {
    "en": (
        "You were added to {group}",
        (
            "{by} added {recipient} to the group {group} ({address}). You get the messages that "
            "are sent to it from now on."
        ),
        (
            "Do you want to leave it? Ask for it on the page “My groups”, or write to whoever "
            "looks after your mail."
        ),
    ),
    "de": (
        "Sie wurden in {group} aufgenommen",
        (
            "{by} hat {recipient} in die Gruppe {group} ({address}) aufgenommen. Ab jetzt erhalten "
            "Sie die Nachrichten an diese Gruppe."
        ),
        (
            "Möchten Sie sie verlassen? Das geht auf der Seite „Meine Gruppen“; sonst schreiben "
            "Sie dem, der Ihre Mail betreut."
        ),
    ),
    "zh_Hans": (
        "您已被加入 {group}",
        "{by} 已将 {recipient} 加入群组 {group}({address})。从现在起,您会收到发给该群组的邮件。",
        "想要退出吗?请在“我的群组”页面提出,或写信给负责您邮件的人员。",
    ),
}
"""Subject, what happened and how to leave, by language."""


def make_message(notice: Notice, language: str) -> EmailMessage:
    """Return a notice as a message; the same event has the same Message-ID.

    Raises:
        ValueError: the recipient's address cannot stand in a header.
    """
    domain = notice.group.rpartition("@")[2]
    facts = {
        "group": one_line(notice.group_name) or notice.group,
        "address": notice.group,
        "by": one_line(notice.by),
        "recipient": notice.recipient,
    }
    subject, *paragraphs = (text.format_map(facts) for text in TEXTS[language])
    message = EmailMessage()
    message["From"] = Address(username="postmaster", domain=domain)
    message["To"] = _address(notice.recipient)
    message["Subject"] = subject
    message["Date"] = notice.created_at
    message["Message-ID"] = f"<{notice.event}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language.replace("_", "-")
    message.set_content("\n\n".join(paragraphs) + "\n")
    shown = "".join(f"<p>{escape(each)}</p>\n" for each in paragraphs)
    message.add_alternative(f"<!doctype html>\n<html><body>\n{shown}</body></html>\n", "html")
    return message


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters, and no longer than a name is."""
    cleaned = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(cleaned.split())[:_NAME_LENGTH]


def _address(text: str) -> Address:
    local_part, _, domain = text.rpartition("@")
    return Address(username=local_part, domain=domain)
