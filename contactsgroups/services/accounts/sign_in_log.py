"""The log line of a failed sign-in, which ``docs/fail2ban/contactsgroups.conf`` matches."""

import logging

from contactsgroups.domain.attempts import Client

_ACCOUNT_LIMIT = 254  # characters

_log = logging.getLogger("contactsgroups.sign_in")


def log_failure(client: Client, account: str) -> None:
    """Write ``sign-in failed: client=192.0.2.1 account="ada@example.org" face=pages``.

    Args:
        account: as it was typed.
    """
    address = client.address or "local"
    _log.warning(
        'sign-in failed: client=%s account="%s" face=%s', address, escape(account), client.face
    )


def escape(text: str) -> str:
    """Return a text in which nothing can end the quotes around it, or the line."""
    cut = text if len(text) <= _ACCOUNT_LIMIT else text[:_ACCOUNT_LIMIT] + "…"
    return "".join(
        character if character.isprintable() and character not in '"\\' else _escaped(character)
        for character in cut
    )


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
