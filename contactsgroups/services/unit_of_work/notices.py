"""Notices of what a unit of work did, written from the same differences as the audit log.

So no use case can forget them.  New members are told of it: whoever was named as a member of a
group that tells its new members.  Not whoever follows a department or a rule, not a group, and not
the actor itself, and nobody twice a day (:mod:`.told_additions`).  Of requests,
:mod:`.request_notices` tells.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, Group
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.unit_of_work import request_notices, told_additions
from contactsgroups.services.unit_of_work.audited_tables import GROUPS, MEMBERS, UNKNOWN
from contactsgroups.services.unit_of_work.differences import Difference, Differences
from contactsgroups.services.unit_of_work.outbox import NewNotice, NoticeKind, enqueue
from contactsgroups.services.unit_of_work.told_additions import Addition


def write(
    session: Session,
    differences: Differences,
    actor: Principal,
    work_id: str,
    *,
    is_silent: bool = False,
) -> None:
    """Write notices for new members, and for requests that wait by now or are decided.

    Args:
        is_silent: what was added, and what requests were made, comes back or comes in with a whole
            directory: it is no news.  Requests that are met thereby are answered all the same.
    """
    requests = request_notices.read_changes(session, differences, made_too=not is_silent)
    enqueue(session, request_notices.notices_of(session, requests, actor))
    if is_silent:
        return
    answered = request_notices.accepted_joiners(session, requests)
    enqueue(session, _notices_of_new(session, differences, actor, work_id, answered))


def _notices_of_new(
    session: Session,
    differences: Iterable[Difference],
    actor: Principal,
    work_id: str,
    answered: Collection[tuple[int, str]],
) -> Iterator[NewNotice]:
    """Yield a notice for each new member, but for those who get an answer to their request."""
    additions = _additions(session, _added(differences), actor, answered)
    for each in told_additions.take(session, additions, actor):
        yield NewNotice(
            kind=NoticeKind.ADDED,
            event=f"{work_id} {each.group_uuid}",
            recipient=each.recipient,
            facts={"group": each.group_uuid, "by": str(actor.address)},
        )


def _additions(
    session: Session,
    added: Mapping[int, set[str]],
    actor: Principal,
    answered: Collection[tuple[int, str]],
) -> list[Addition]:
    """Return who has reason to be told, each account once in a group, whatever its addresses."""
    telling = _telling(session, added)
    told = {each for group_id in telling for each in added[group_id]}
    if not told:
        return []
    left_out = _groups_among(session, told) | _own_addresses(session, actor)
    accounts = _accounts_among(session, told)
    found: list[Addition] = []
    for group_id, uuid in sorted(telling.items()):
        recipients = sorted(
            each for each in added[group_id] - left_out if (group_id, each) not in answered
        )
        people = {accounts.get(each, each): each for each in reversed(recipients)}
        found += [Addition(uuid, each, each not in accounts) for each in sorted(people.values())]
    return found


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


def _telling(session: Session, group_ids: Collection[int]) -> Mapping[int, str]:
    """Return the UUIDs of those groups that tell new members, and whose members are named."""
    statement = select(Group.id, Group.uuid, Group.kind).where(Group.notify_members)
    found = rows_where(session, statement, Group.id, group_ids)
    return {row.id: row.uuid for row in found if GroupKind(row.kind).is_named}


def _groups_among(session: Session, addresses: set[str]) -> set[str]:
    return set(scalars_where(session, select(Group.address), Group.address, addresses))


def _accounts_among(session: Session, addresses: set[str]) -> Mapping[str, int]:
    """Return the ids of the accounts that have some of the addresses, also by aliases."""
    own = select(Account.address, Account.id)
    found = {row.address: row.id for row in rows_where(session, own, Account.address, addresses)}
    aliases = select(Alias.address, Alias.account_id)
    for row in rows_where(session, aliases, Alias.address, addresses):
        found[row.address] = row.account_id
    return found


def _own_addresses(session: Session, actor: Principal) -> set[str]:
    own = str(actor.address)
    aliases = select(Alias.address).join(Account, Account.id == Alias.account_id)
    return {own, *session.scalars(aliases.where(Account.address == own))}
