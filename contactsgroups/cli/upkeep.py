"""What is to be forgotten when its time has come, beside the web server."""

import logging
import threading

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import with_detail
from contactsgroups.services.groups.deleted_groups import purge_expired

_PAUSE = 600.0  # seconds
_log = logging.getLogger(__name__)


def follow(core: Core, stop: threading.Event) -> None:
    """Forget deleted groups whose time has run out, until the event is set.

    Several processes may do it at once: each group is forgotten once, under the writers' lock.
    """
    while True:
        step(core)
        if stop.wait(_PAUSE):
            return


def step(core: Core) -> int:
    """Forget what is due now, and return how many groups that were."""
    try:
        count = purge_expired(core.database)
    except Exception as error:  # noqa: BLE001 - the service must outlive whatever fails
        _log.warning("deleted groups cannot be purged, trying again: %s", with_detail(error))
        return 0
    if count:
        _log.info("released the addresses of %d groups that were deleted", count)
    return count
