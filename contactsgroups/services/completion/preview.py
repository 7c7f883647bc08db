"""Whether a principal may post to a suggested group, from the one decision."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from sqlalchemy import select

from contactsgroups.autocomplete import Completion, EntryKind
from contactsgroups.domain.posting import Decision, Evidence
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.completion.entries import to_json
from contactsgroups.services.delivery.posting import decide_for_group

_KEPT = 20_000


class PostingPreview:
    """Adds ``posting`` and ``posting_reason`` to groups; keeps them until the journal moves."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._position = -1
        self._decided: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = threading.Lock()

    def add(
        self, principal: Principal, completions: Sequence[Completion], position: int
    ) -> list[Completion]:
        """Return the completions, the payloads of groups extended."""
        sender = str(principal.address)
        groups = [each.identity for each in completions if each.kind is EntryKind.GROUP]
        if not groups:
            return list(completions)
        suffixes = self._suffixes(principal, sender, groups, position)
        return [
            each._replace(payload=each.payload[:-1] + suffixes[each.identity])
            if each.identity in suffixes
            else each
            for each in completions
        ]

    def _suffixes(
        self, principal: Principal, sender: str, groups: Sequence[str], position: int
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

    def _keep(self, sender: str, fresh: dict[str, str], position: int) -> None:
        with self._lock:
            if position != self._position:
                return
            self._decided.update({(sender, address): text for address, text in fresh.items()})
            while len(self._decided) > _KEPT:
                self._decided.popitem(last=False)

    def _decide(self, principal: Principal, addresses: Sequence[str]) -> dict[str, str]:
        evidence = Evidence(login=principal.address)
        with self._database.read() as session:
            groups = session.scalars(select(Group).where(Group.address.in_(addresses)))
            return {
                group.address: _suffix(decide_for_group(session, evidence, group))
                for group in groups
            }


def _suffix(decision: Decision) -> str:
    """Return the end of a JSON object: the decision about a message, and its reason."""
    fields = to_json({"posting": str(decision.action), "posting_reason": decision.reason})
    return "," + fields[1:]
