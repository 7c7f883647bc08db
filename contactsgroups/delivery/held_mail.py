"""Sends approved messages to the members, and ends what waited too long.

Several hosts may do it with one database: each message is claimed by one of them.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Collection
from time import monotonic

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.reinjection import Copies, add_fields, reinject, reinjection_place
from contactsgroups.delivery.served_mailboxes import ServedMailboxes
from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.domain.message_header import LOOP_FIELD
from contactsgroups.services.moderation import delivering
from contactsgroups.services.moderation.delivering import Claimed
from contactsgroups.services.moderation.upkeep import tidy_holds

_PAUSE_SECONDS = 1.0
_RETRY_SECONDS = 5.0
_TIDY_SECONDS = 600.0
_CLOSED = "the group takes no mail now"

_log = logging.getLogger(__name__)


def follow(core: Core, stop: threading.Event) -> None:
    """Send what is approved, and tidy up every ten minutes, until the event is set."""
    worker = Worker(core, stop)
    tidied = -_TIDY_SECONDS
    pause = 0.0
    while not stop.wait(pause):
        pause = _PAUSE_SECONDS
        if monotonic() - tidied >= _TIDY_SECONDS:
            tidied = monotonic()
            _try(lambda: tidy(core))
        if not _try(worker.send_due):
            pause = _RETRY_SECONDS


def _try(work: Callable[[], None]) -> bool:
    """Do something; False if that failed, which the service must outlive."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it is
        _log.warning("held messages wait, trying again: %s", with_detail(error))
        return False
    return True


def tidy(core: Core) -> None:
    """End what waited too long, and remove what is left over.

    Raises:
        Unavailable: the database does not answer.
    """
    done = tidy_holds(core.database)
    if done.expired:
        _log.info("%d held messages were not decided about in time", done.expired)


class Worker:
    """Sends approved messages, one after the other; each process has one of its own."""

    def __init__(self, core: Core, stop: threading.Event | None = None) -> None:
        self._database = core.database
        self._place = reinjection_place(core.settings.reinject)
        self._name = str(uuid.uuid4())
        self._stop = stop or threading.Event()
        # Also what could not be noted in the database, so that only a crash sends it again.
        self._served = ServedMailboxes()

    def send_due(self) -> None:
        """Send all that is due, one after the other, until the service is to stop."""
        while not self._stop.is_set() and self.send_next():
            pass

    def send_next(self) -> bool:
        """Send one message; False if none is due.

        Raises:
            Unavailable: the database does not answer; another worker goes on.
        """
        claimed = delivering.claim_next(self._database, self._name)
        if claimed is None:
            return False
        reason = self._send(claimed) if claimed.is_open else _CLOSED
        if reason and self._stop.is_set():
            delivering.release(self._database, claimed)
        elif reason:
            _log.error("%s: approved, and not sent yet: %s", claimed.queue_id, reason)
            delivering.postpone(self._database, claimed, reason)
        else:
            delivering.finish(self._database, claimed)
            _log.info("%s: approved and sent, %d copies", claimed.queue_id, len(claimed.mailboxes))
        return True

    def _send(self, claimed: Claimed) -> str:
        """Send a copy to whoever has none; return why that did not succeed, if it did not."""
        message = claimed.digest.encode()

        def note(mailboxes: Collection[str]) -> None:
            self._served.add(message, mailboxes)
            self._note(claimed, mailboxes)

        try:
            served = claimed.mailboxes & self._served.of(message)
            self._note(claimed, served)
            if not (missing := sorted(claimed.mailboxes - served)):
                return ""
            content = delivering.read_content(self._database, claimed)
            copies = _copies(claimed, content)
            return reinject(self._place, copies, missing, note, self._stop.is_set)
        except Unavailable as error:
            return with_detail(error)

    def _note(self, claimed: Claimed, mailboxes: Collection[str]) -> None:
        if mailboxes:
            delivering.note_copies(self._database, claimed, mailboxes)


def _copies(claimed: Claimed, content: bytes) -> Copies:
    return Copies(
        envelope_sender=claimed.mail_from,
        content=add_fields(content, [(LOOP_FIELD, claimed.loop_mark)]),
        is_international=claimed.is_international,
        has_eight_bits=claimed.has_eight_bits,
    )
