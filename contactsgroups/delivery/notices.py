"""The sender of notices: hands what waits in the outbox to Postfix by SMTP.

Any number of them may run against one database: each notice is claimed by one.  What a sender could
not note, as the database was away right after a message was taken, it notes before anything else;
only one that is killed in that moment leaves a notice that is sent again.
"""

import logging
import re
import smtplib
import socket
import threading
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from contactsgroups.bootstrap import Core
from contactsgroups.catalogues import ENGLISH, find_language
from contactsgroups.delivery.listening import split_port
from contactsgroups.delivery.notice_message import Letterhead, make_message
from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.services.delivery import outbox
from contactsgroups.services.delivery.outbox import DueNotice

_PAUSE = 2.0  # seconds between two looks into the outbox
_LONGEST_PAUSE = 60.0  # seconds, while Postfix or the database is away
_REPLY_SECONDS = 60.0
_FILTER_SECONDS = 500.0
"""How long the reply to a message itself may take: Postfix may have it filtered meanwhile.

RFC 5321 section 4.5.3.2.6 asks for ten minutes.  Whoever hangs up earlier has it sent again, though
it was taken.  With all other replies, this stays within the claim (:data:`outbox.IN_HAND`).
"""
_BAD_RECIPIENT = re.compile(rb"5\.[12]\.")
"""How a reply begins that is about the recipient (RFC 3463 sections 3.2 and 3.3)."""
_BAD_CONTENT = re.compile(rb"5\.6\.")
"""How one begins that is about the message (RFC 3463 section 3.7)."""
_HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
_log = logging.getLogger(__name__)


def follow(core: Core, stop: threading.Event) -> None:
    """Send notices as they become due, until the event is set."""
    sender, fault, pause = NoticeSender(core, stop), "", _PAUSE
    while True:
        try:
            while sender.send_portion():
                pass
            if fault:
                _log.info("notices are sent again")
            fault, pause = "", _PAUSE
        except Exception as error:  # noqa: BLE001 - the service must outlive whatever fails
            said = with_detail(error)
            if said != fault:
                _log.warning("notices cannot be sent, trying again: %s", said)
            fault, pause = said, min(2 * pause, _LONGEST_PAUSE)
        if stop.wait(pause):
            return


class NoticeSender:
    """One sender, with a name that no other has."""

    def __init__(self, core: Core, stop: threading.Event | None = None) -> None:
        """Send what waits in a database; ``stop`` ends a portion between two messages."""
        self._database = core.database
        self._stop = stop or threading.Event()
        self._place = split_port(core.settings.notices_smtp)
        chosen = core.settings.notices_from
        self._letterhead = Letterhead(
            author=str(Address.parse(chosen)) if chosen else "",
            public_url=core.settings.public_url,
            language=find_language(core.settings.notices_language) or ENGLISH,
        )
        self._name = f"{socket.gethostname()[:100]} {uuid.uuid4()}"
        self._done: set[int] = set()
        """What was sent, or cannot be, and waits to be removed from the outbox."""
        self.sent = 0
        """How many notices Postfix has taken so far."""

    def send_portion(self) -> int:
        """Send one portion of what is due; return how many notices were looked at.

        Raises:
            Unavailable: Postfix takes no notices now, or the database does not answer.
        """
        self._remove_done()
        if self._stop.is_set():
            return 0
        claimed = outbox.claim(self._database, self._name, datetime.now(UTC))
        if not claimed:
            return 0
        try:
            self._give_up_outdated(claimed)
            self._send_all(claimed)
        except (OSError, smtplib.SMTPException) as error:
            where = ":".join(map(str, self._place or ()))
            raise Unavailable(f"Postfix takes no notices at {where}: {error}") from error
        finally:
            outbox.release(self._database, self._name, claimed, sent=self._done)
        return len(claimed)

    def _send_all(self, claimed: Sequence[int]) -> None:
        assert self._place is not None  # noqa: S101 - the settings have seen to it
        with _Client(*self._place, local_hostname=_own_name(), timeout=_REPLY_SECONDS) as server:
            for id_ in claimed:
                # A server that has hung up (421) is asked again by the next portion.
                if self._stop.is_set() or server.sock is None:
                    return
                self._send(server, id_)

    def _send(self, server: smtplib.SMTP, id_: int) -> None:
        """Send one notice, unless another sender has it by now, or there is nothing to tell."""
        try:
            notice = outbox.begin(self._database, self._name, id_, datetime.now(UTC))
            message = make_message(notice, self._letterhead) if notice else b""
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot be read holds up no other
            # Perhaps a newer version has written it, or it cannot be a message.
            _log.warning("notice %d cannot be read, trying again later: %r", id_, error)
            outbox.postpone(self._database, self._name, id_, repr(error), datetime.now(UTC))
            return
        if notice is None:
            return
        try:
            # An empty MAIL FROM: no delivery report, and no automatic reply, comes of a notice.
            options = () if notice.recipient.isascii() else ("SMTPUTF8",)
            server.sendmail("<>", [notice.recipient], message, options)
        except Exception as error:
            self._note_failure(notice, error)
            if _concerns_all(error):
                raise
        else:
            self.sent += 1
            self._done.add(id_)
            self._remove_done()

    def _note_failure(self, notice: DueNotice, error: Exception) -> None:
        if _is_final(error, notice):
            _log.warning("a notice to %a is refused for good: %s", notice.recipient, error)
            self._done.add(notice.id)
            self._remove_done()
            return
        if not notice.attempts:
            _log.warning("a notice to %a is tried again later: %s", notice.recipient, error)
        outbox.postpone(
            self._database,
            self._name,
            notice.id,
            str(error),
            datetime.now(UTC),
            is_refused=_is_refusal(error),
        )

    def _remove_done(self) -> None:
        outbox.remove(self._database, self._name, self._done)
        self._done.clear()

    def _give_up_outdated(self, claimed: Sequence[int]) -> None:
        now = datetime.now(UTC)
        for recipient, fault in outbox.remove_outdated(self._database, self._name, claimed, now):
            why = fault or "Postfix, or what sends notices, was away"
            _log.warning("a notice to %a is given up: %s", recipient, why)


def _concerns_all(error: Exception) -> bool:
    """Whether the next notice would fare no better: the server is away, or takes none from us."""
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPServerDisconnected):
        return True
    return isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)


def _is_final(error: Exception, notice: DueNotice) -> bool:
    """Whether another try would be answered in the same way.

    The first refusal of a recipient may come before the maps name a new account: it is asked about
    once more.  Whatever else is refused, such as the client, can be mended meanwhile.
    """
    if isinstance(error, smtplib.SMTPDataError):
        return _says(_BAD_CONTENT, error.smtp_code, error.smtp_error)
    return notice.refusals > 0 and _is_refusal(error)


def _is_refusal(error: Exception) -> bool:
    """Whether it was said that there is no such recipient."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(_says(_BAD_RECIPIENT, *each) for each in error.recipients.values())


def _says(meaning: re.Pattern[bytes], code: int, text: bytes | str) -> bool:
    """Whether a reply is final, and its enhanced status means this."""
    said = text if isinstance(text, bytes) else text.encode()
    return 500 <= code < 600 and meaning.match(said) is not None


def _own_name() -> str:
    """Return what this host calls itself; looking up its full name may take long."""
    name = socket.gethostname()
    return name if _HOST_NAME.fullmatch(name) else "localhost"


class _Client(smtplib.SMTP):
    """Waits longer for the reply to a message than for others."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(_FILTER_SECONDS)
        try:
            return super().data(msg)
        finally:
            if self.sock is not None:
                self.sock.settimeout(_REPLY_SECONDS)
