"""What ends or is to be forgotten when its time has come, beside the web server."""

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import with_detail
from contactsgroups.services.delivery import outbox
from contactsgroups.services.groups.deleted_groups import purge_expired
from contactsgroups.services.groups.member_ends import end_memberships, seconds_to_next_end

_PAUSE = 600.0  # seconds
_MARGIN = 0.1  # seconds, so that it is the next day for certain
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """How many memberships were ended, and how many deleted groups were forgotten."""

    ended: int
    forgotten: int


def do_due(core: Core, now: datetime) -> Done:
    """Do what is due at a moment in UTC, once.

    Raises:
        Unavailable: the database does not answer; what was done before stays done.
    """
    done = Done(end_memberships(core.database, now), purge_expired(core.database))
    outbox.remove_abandoned(core.database, now)
    return done


def follow(core: Core, stop: threading.Event) -> None:
    """End memberships, and forget deleted groups, whose time has run out, until the event is set.

    Several processes may do it at once: each is done once, under the writers' lock.
    """
    while True:
        step(core, datetime.now(UTC))
        if stop.wait(pause_after(datetime.now(UTC))):
            return


def step(core: Core, now: datetime) -> int:
    """Do what is due, and log what cannot be done; return how many groups were forgotten.

    What was due while no process ran is due still.
    """
    _end_memberships(core, now)
    _forget_notices(core, now)
    return _purge_groups(core)


def pause_after(now: datetime) -> float:
    """Return how many seconds to wait: memberships end as soon as a day has ended in UTC."""
    return min(_PAUSE, seconds_to_next_end(now) + _MARGIN)


def _end_memberships(core: Core, now: datetime) -> None:
    try:
        count = end_memberships(core.database, now)
    except Exception as error:  # noqa: BLE001 - the service must outlive whatever fails
        _log.warning("memberships cannot be ended, trying again: %s", with_detail(error))
        return
    if count:
        _log.info("ended %d memberships after their last day", count)


def _forget_notices(core: Core, now: datetime) -> None:
    try:
        count = outbox.remove_abandoned(core.database, now)
    except Exception as error:  # noqa: BLE001 - the service must outlive whatever fails
        _log.warning("notices cannot be given up, trying again: %s", with_detail(error))
        return
    if count:
        _log.warning("gave up %d notices that nothing has sent for five days", count)


def _purge_groups(core: Core) -> int:
    try:
        count = purge_expired(core.database)
    except Exception as error:  # noqa: BLE001 - the service must outlive whatever fails
        _log.warning("deleted groups cannot be purged, trying again: %s", with_detail(error))
        return 0
    if count:
        _log.info("released the addresses of %d groups that were deleted", count)
    return count
