"""Verify the whole audit log once a day, in the background."""

import logging
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.services.audit_verification import last_verifications, verify_all

EVERY = timedelta(days=1)
_LOOK_SECONDS = 60.0
_IDLE = 4
"""So many times as long as it works it waits: whoever waits for a page must not notice."""

_log = logging.getLogger(__name__)


class _Stopped(Exception):
    """The program ends; what was verified so far counts for nothing."""


def follow(database: Database, stop_event: Event) -> None:
    """Verify the log whenever that is due, until the event is set; the log names what is wrong."""
    while not stop_event.wait(_LOOK_SECONDS):
        try:
            verify_if_due(database, utc_now(), stop_event)
        except Unavailable as error:
            _log.warning("the audit log is not verified: %s", with_detail(error))


def verify_if_due(database: Database, now: datetime, stop_event: Event) -> bool:
    """Verify the log if that was not done for a day, and return whether it was.

    Raises:
        Unavailable: the database does not answer.
    """
    kept = last_verifications(database, OPERATOR)
    if any(each.is_of_all and now - each.at < EVERY for each in kept):
        return False
    try:
        found = verify_all(database, OPERATOR, progress=_Pace(stop_event).keep)
    except _Stopped:
        return False
    for fault in found.faults:
        _log.error("audit log: %s", fault)
    return True


class _Pace:
    """Leaves most of the time to others."""

    def __init__(self, stop_event: Event) -> None:
        self._stop_event = stop_event
        self._since = monotonic()

    def keep(self, _done: int, _total: int) -> None:
        """Wait, in proportion to the time since the last call."""
        if self._stop_event.wait((monotonic() - self._since) * _IDLE):
            raise _Stopped
        self._since = monotonic()
