"""Notices to new members, written into the outbox by the unit of work that added them.

So a notice is there if, and only if, the addition is.  Who is told: whoever was named as a member
of a group that tells its new members.  Not whoever follows a department or a rule, not a group,
and not the actor itself.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, Group, OutboxRow
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.persistence.queries import insert_rows, scalars_where
from contactsgroups.services.unit_of_work.audited_tables import GROUPS, MEMBERS, UNKNOWN
from contactsgroups.services.unit_of_work.differences import Difference

ADDED = "added"
"""The kind of a notice: its recipient was added to a group."""


def write(
    session: Session, differences: Iterable[Difference], actor: Principal, work_id: str
) -> None:
    """Write a notice for each member that was named, where the group tells its new members."""
    added = _added(differences)
    telling = _telling(session, added)
    told = {each for group_id in telling for each in added[group_id]}
    if not told:
        return
    left_out = _groups_among(session, told) | _own_addresses(session, actor)
    at = utc_now()
    rows = [
        {
            "event": _event(work_id, group_id, address),
            "kind": ADDED,
            "payload": json.dumps(
                {"group_id": group_id, "recipient": address, "by": str(actor.address)}
            ),
            "created_at": at,
            "due_at": at,
            "attempts": 0,
            "last_error": "",
        }
        for group_id in sorted(telling)
        for address in sorted(added[group_id] - left_out)
    ]
    insert_rows(session, OutboxRow, rows)


def _added(differences: Iterable[Difference]) -> Mapping[int, set[str]]:
    """Return the new members by the ids of their groups, unless the group changed its kind."""
    found: dict[int, set[str]] = defaultdict(set)
    place = MEMBERS.identity.index("address")
    for difference in differences:
        if difference.audited is not GROUPS or _changed_kind(difference):
            continue
        for (audited, key), part in difference.parts.items():
            if audited is MEMBERS and part.before is None and part.after is not None:
                found[key[0]].add(key[place])
    return found


def _changed_kind(difference: Difference) -> bool:
    place = GROUPS.places["kind"]
    if difference.before is None or difference.after is None:
        return False
    before, after = difference.before[place], difference.after[place]
    return before is not UNKNOWN and before != after


def _telling(session: Session, group_ids: Iterable[int]) -> set[int]:
    """Return those of the groups that tell new members, and whose members are named."""
    found = scalars_where(session, select(Group), Group.id, set(group_ids))
    return {row.id for row in found if row.notify_members and GroupKind(row.kind).is_named}


def _groups_among(session: Session, addresses: set[str]) -> set[str]:
    return set(scalars_where(session, select(Group.address), Group.address, addresses))


def _own_addresses(session: Session, actor: Principal) -> set[str]:
    own = str(actor.address)
    aliases = select(Alias.address).join(Account, Account.id == Alias.account_id)
    return {own, *session.scalars(aliases.where(Account.address == own))}


def _event(work_id: str, group_id: int, address: str) -> str:
    """Return a name of the event: the same at each attempt, and no other event's."""
    return hashlib.sha256(f"{ADDED} {work_id} {group_id} {address}".encode()).hexdigest()
