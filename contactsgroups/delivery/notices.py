"""The sender of notices: hands what waits in the outbox to Postfix by SMTP."""

import logging
import smtplib
import socket
import threading
import uuid
from datetime import UTC, datetime

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.notice_message import make_message
from contactsgroups.domain.errors import with_detail
from contactsgroups.services.delivery import outbox
from contactsgroups.services.delivery.outbox import Notice

_PAUSE = 5.0  # seconds
_TIMEOUT = 20.0  # seconds; a portion of 20 stays within its lease
_log = logging.getLogger(__name__)


def follow(core: Core, stop: threading.Event) -> None:
    """Send notices as they become due, until the event is set."""
    fault = ""
    while True:
        try:
            while send_due(core) and not stop.is_set():
                pass
            fault = ""
        except Exception as error:  # noqa: BLE001 - the service must outlive whatever fails
            said = with_detail(error)
            if said != fault:
                _log.warning("notices cannot be sent, trying again: %s", said)
            fault = said
        if stop.wait(_PAUSE):
            return


def send_due(core: Core) -> int:
    """Send one portion of what is due; return how many were sent.

    Raises:
        Unavailable: the database does not answer; a notice whose claim runs out is sent again.
    """
    sender = f"{socket.gethostname()[:100]} {uuid.uuid4()}"
    notices = outbox.claim_due(core.database, sender, datetime.now(UTC))
    return sum(_send(core, sender, each) for each in notices)


def _send(core: Core, sender: str, notice: Notice) -> bool:
    try:
        _hand_over(core, notice)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        if _is_permanent(error):
            _log.warning("a notice to %r was refused: %s", notice.recipient, error)
            outbox.remove(core.database, sender, notice)
        elif not outbox.postpone(core.database, sender, notice, str(error), datetime.now(UTC)):
            _log.warning("a notice to %r was given up: %s", notice.recipient, error)
        return False
    outbox.remove(core.database, sender, notice)
    return True


def _hand_over(core: Core, notice: Notice) -> None:
    message = make_message(notice, core.settings.notices_language)
    host, _, port = core.settings.notices_smtp.rpartition(":")
    with smtplib.SMTP(host.strip("[]"), int(port), timeout=_TIMEOUT) as server:
        # An empty MAIL FROM: no delivery report, and no automatic reply, comes of a notice.
        server.send_message(message, from_addr="<>", to_addrs=[notice.recipient])


def _is_permanent(error: Exception) -> bool:
    """Whether another try would be answered in the same way."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return 500 <= error.smtp_code < 600
    return isinstance(error, ValueError | smtplib.SMTPNotSupportedError)
