"""Whether a principal may post to a suggested group, from the one decision."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence

from contactsgroups.autocomplete import Completion, EntryKind
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.queries import groups_by_address
from contactsgroups.services.completion.payload import posting_fields, with_posting
from contactsgroups.services.delivery.posting import decide_for_groups

_KEPT = 20_000


class PostingPreview:
    """Adds ``posting`` and ``posting_reason`` to groups; keeps them until the journal moves."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._position: Hashable | None = None
        self._decided: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = threading.Lock()

    def add(
        self, principal: Principal, completions: Sequence[Completion], position: Hashable
    ) -> list[Completion]:
        """Return the completions, the payloads of groups extended.

        Args:
            position: where the journal ends; what was decided at another one is decided anew.
        """
        sender = str(principal.address)
        groups = [each.identity for each in completions if each.kind is EntryKind.GROUP]
        if not groups:
            return list(completions)
        posting = self._posting(principal, sender, groups, position)
        return [
            each._replace(payload=with_posting(each.payload, posting[each.identity]))
            if each.identity in posting
            else each
            for each in completions
        ]

    def _posting(
        self, principal: Principal, sender: str, groups: Sequence[str], position: Hashable
    ) -> dict[str, str]:
        with self._lock:
            if position != self._position:
                self._decided.clear()
                self._position = position
            known = {
                address: self._decided[sender, address]
                for address in groups
                if (sender, address) in self._decided
            }
        missing = [address for address in groups if address not in known]
        if missing:
            fresh = self._decide(principal, missing)
            known |= fresh
            self._keep(sender, fresh, position)
        return known

    def _keep(self, sender: str, fresh: dict[str, str], position: Hashable) -> None:
        with self._lock:
            if position != self._position:
                return
            self._decided.update({(sender, address): text for address, text in fresh.items()})
            while len(self._decided) > _KEPT:
                self._decided.popitem(last=False)

    def _decide(self, principal: Principal, addresses: Sequence[str]) -> dict[str, str]:
        evidence = Evidence(login=principal.address)
        with self._database.read() as session:
            groups = groups_by_address(session, addresses)
            decided = decide_for_groups(session, evidence, groups.values())
            return {address: posting_fields(decided[group.id]) for address, group in groups.items()}
