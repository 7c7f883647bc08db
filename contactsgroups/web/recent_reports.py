"""Cache of what reports count: all groups and accounts are looked at for it."""

import threading
import time
from collections import OrderedDict

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import Principal
from contactsgroups.services.groups.reports import Reports, read_reports

_KEPT = 200
_CHANGES_SECONDS = 1.0
_SECONDS = 60.0
"""How long numbers may be shown whatever happens: days of mail are noted without the journal."""

_Key = tuple[str, frozenset[str] | None]
"""Who asks, and which domains it manages."""


class RecentReports:
    """The last numbers of each principal, counted anew after each ordered write.

    A write of another host is seen after a second.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._known: OrderedDict[_Key, tuple[Reports, int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, principal: Principal) -> Reports:
        """Return a principal's reports.

        Raises:
            Unavailable: the database does not answer.
        """
        key = (str(principal.address), principal.managed_domains)
        seen = self._core.completions.changes_seen(within=_CHANGES_SECONDS)
        known = self._known.get(key)
        if known is not None and known[1] == seen and time.monotonic() < known[2]:
            return known[0]
        reports = read_reports(self._core.database, principal)
        with self._lock:
            self._known[key] = reports, seen, time.monotonic() + _SECONDS
            self._known.move_to_end(key)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return reports
