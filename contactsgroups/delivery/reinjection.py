"""Hands copies back to Postfix by SMTP, in pieces that it takes, and says which it has taken.

Nothing but the envelope and added header fields differs from what came in: addresses are written as
they are, and the content goes octet for octet.
"""

import logging
import re
import smtplib
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from contactsgroups.delivery.listening import split_port
from contactsgroups.domain.errors import Unavailable

RECIPIENTS_AT_ONCE = 900
"""Below Postfix's smtpd_recipient_limit, which is 1000."""
_REPLY_SECONDS = 60.0
_ALL_SECONDS = 240.0  # lmtp(8) waits for 600 (lmtp_data_done_timeout), and then tries again.

_BAD_ADDRESS = re.compile(r"5\d\d 5\.1\.[0-6]\b")
"""A final answer about the address itself (RFC 3463 section 3.2), not about what is permitted."""

_log = logging.getLogger(__name__)

Taken = Callable[[Collection[str]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """One message to be sent out: to whom, from whom, and how.

    ``envelope_sender`` is an address as SMTP writes it, empty for the null sender.
    ``is_international`` and ``has_eight_bits`` are what the client that sent it said: SMTPUTF8 (RFC
    6531) and BODY=8BITMIME (RFC 6152).
    """

    envelope_sender: str
    content: bytes
    is_international: bool = False
    has_eight_bits: bool = False


def reinjection_place(text: str) -> tuple[str, int]:
    """Return the host and port of the setting ``reinject``."""
    place = split_port(text)
    assert place is not None  # noqa: S101 - the settings have checked it
    return place


def reinject(
    place: tuple[str, int],
    copies: Copies,
    mailboxes: Sequence[str],
    taken: Taken,
    is_stopping: Callable[[], bool] = lambda: False,
) -> str:
    """Give Postfix a copy for each mailbox, and return why some were not taken; empty if all were.

    Args:
        place: host and port where Postfix takes them.
        taken: called with mailboxes as soon as Postfix has answered for their copies, or has said
            that there is no such address.
        is_stopping: asked before each piece, whether the rest is left for later.

    Raises:
        Unavailable: Postfix does not answer, or takes no more now; what it took has been told.
    """
    until = time.monotonic() + _ALL_SECONDS
    refused = ""
    try:
        with smtplib.SMTP(*place, local_hostname="localhost", timeout=_REPLY_SECONDS) as client:
            client.ehlo()
            for some, is_international in _pieces(mailboxes, copies):
                if is_stopping():
                    raise Unavailable("the service is being stopped; the rest follows later")
                if time.monotonic() > until:
                    raise Unavailable("Postfix takes copies too slowly; the rest follows later")
                refused = _send(client, copies, some, is_international, taken) or refused
    except (OSError, smtplib.SMTPException) as error:
        host, port = place
        raise Unavailable(f"Postfix does not take copies at {host}:{port}: {error}") from error
    return refused


def add_fields(content: bytes, fields: Sequence[tuple[str, str]]) -> bytes:
    """Return a message with further header fields before all that it has."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode() + content


def _pieces(mailboxes: Sequence[str], copies: Copies) -> Iterator[tuple[list[str], bool]]:
    """Cut mailboxes into pieces, each with whether it needs SMTPUTF8.

    Those beyond ASCII go by themselves, so that a server without that extension gets the others.
    """
    everywhere = copies.is_international or not copies.envelope_sender.isascii()
    plain = [each for each in mailboxes if each.isascii()]
    for some, is_international in (
        (plain, everywhere),
        ([each for each in mailboxes if not each.isascii()], True),
    ):
        for start in range(0, len(some), RECIPIENTS_AT_ONCE):
            yield some[start : start + RECIPIENTS_AT_ONCE], is_international


def _send(
    client: smtplib.SMTP,
    copies: Copies,
    mailboxes: Sequence[str],
    is_international: bool,
    taken: Taken,
) -> str:
    """Send one piece; return why a mailbox of it was not taken, if that was so.

    Raises:
        Unavailable: Postfix does not take the piece.
    """
    options = _options(client, copies, is_international)
    _require(_ask(client, f"MAIL FROM:<{copies.envelope_sender}>{options}"))
    accepted, hopeless, refused = [], [], ""
    for each in mailboxes:
        code, text = _ask(client, f"RCPT TO:<{each}>")
        if code in {250, 251}:
            accepted.append(each)
        elif code == 421:  # It hangs up: RFC 5321 section 3.8.
            raise Unavailable(f"Postfix takes no more copies: {text}")
        elif _BAD_ADDRESS.match(f"{code} {text}"):
            # No other try would help, and the sender must not read that nobody has the message.
            _log.error("a member gets no copy, for good: %s: %s %s", ascii(each), code, text)
            hopeless.append(each)
        else:
            refused = f"{each}: {code} {text}"
    if accepted:
        code, reply = client.data(copies.content)
        _require((code, _read(reply)))
        taken(accepted)
    else:
        client.rset()
    taken(hopeless)
    return refused


def _options(client: smtplib.SMTP, copies: Copies, is_international: bool) -> str:
    """Return the parameters of MAIL FROM, with a space before each."""
    options = ""
    if client.has_extn("size"):
        options += f" SIZE={len(copies.content)}"
    if copies.has_eight_bits and client.has_extn("8bitmime"):
        options += " BODY=8BITMIME"
    if is_international:
        options += " SMTPUTF8"
    return options


def _ask(client: smtplib.SMTP, command: str) -> tuple[int, str]:
    # smtplib itself lays out addresses anew.
    client.send(command.encode(errors="surrogateescape") + b"\r\n")
    code, text = client.getreply()
    return code, _read(text)


def _require(reply: tuple[int, str]) -> None:
    code, text = reply
    if code != 250:
        raise Unavailable(f"Postfix takes no copies: {code} {text}")


def _read(text: bytes) -> str:
    return text.decode(errors="replace").replace("\n", " ")
