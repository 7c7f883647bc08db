"""The rows of groups' recipients: looked up and written for many groups at once.

However many groups there are, the statements are as many as 500 of them and 500 addresses take.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Account, Alias, Group, GroupEdge, Recipient
from contactsgroups.persistence.queries import (
    chunked,
    has_pair,
    insert_rows,
    member_rows,
    rows_where,
    scalars_where,
)
from contactsgroups.services.unit_of_work.member_graph import mailbox_of

Wanted = Mapping[int, Collection[str] | None]
"""Which addresses are looked up in which groups, by their ids; None for every address."""
Found = dict[int, set[str]]
"""The addresses found in each group, by its id."""
_FEW = 10
"""One of so many recipients, at most, stays where they are all written anew."""


def stored_recipients(session: Session, wanted: Wanted) -> Found:
    """Return those of the addresses that are stored as a group's recipients."""
    found: Found = {each: set() for each in wanted}
    statement = select(Recipient.group_id, Recipient.address)
    whole, some, addresses = _sort_out(wanted)
    for row in rows_where(session, statement, Recipient.group_id, whole):
        found[row.group_id].add(row.address)
    for ids in chunked(some):
        of_groups = statement.where(Recipient.group_id.in_(ids))
        for row in rows_where(session, of_groups, Recipient.address, addresses):
            found[row.group_id].add(row.address)
    return _only(found, wanted)


def supplied_recipients(
    session: Session, wanted: Wanted, owners: Mapping[str, int], local_domains: Collection[str]
) -> Found:
    """Return those of the addresses that members or groups inside supply.

    Args:
        owners: the ids of the groups, by their addresses.
    """
    found: Found = {each: set() for each in wanted}
    for row in _member_rows(session, wanted):
        if row.nested_id is None and (mailbox := mailbox_of(row, local_domains)) is not None:
            found[owners[row.owner]].add(mailbox)
    for row in _nested_rows(session, wanted):
        found[row.parent_id].add(row.address)
    return _only(found, wanted)


def write_recipients(session: Session, looked_up: Wanted, stored: Found, wanted: Found) -> None:
    """Write only the difference: most changes touch one recipient of a large group.

    Where next to nothing stays, all rows are deleted by one statement, and what stays is inserted.
    """
    cleared = {
        each
        for each, found in stored.items()
        if found and looked_up[each] is None and _FEW * len(found & wanted[each]) <= len(found)
    }
    for ids in chunked(sorted(cleared)):
        _delete_where(session, Recipient.group_id.in_(ids))
    gone = [
        (group_id, address)
        for group_id in sorted(stored.keys() - cleared)
        for address in sorted(stored[group_id] - wanted[group_id])
    ]
    for some in chunked(gone):
        _delete_where(session, has_pair(Recipient.group_id, Recipient.address, some))
    rows = [
        {"group_id": group_id, "address": address}
        for group_id in sorted(wanted)
        for address in sorted(
            wanted[group_id] if group_id in cleared else wanted[group_id] - stored[group_id]
        )
    ]
    insert_rows(session, Recipient, rows)


def _delete_where(session: Session, condition: ColumnElement[bool]) -> None:
    """Delete rows without a look for them among entities, which recipients never are."""
    statement = delete(Recipient).where(condition)
    session.execute(statement, execution_options={"synchronize_session": False})


class LanesInside(NamedTuple):
    """Those of some groups with a group directly inside of which this is true.

    ``held``: Postfix leaves its messages, as a moderator has to see them; ``lmtp``: the LMTP server
    looks at them.
    """

    held: set[int]
    lmtp: set[int]


def lanes_inside(session: Session, ids: Collection[int]) -> LanesInside:
    """Return which of the groups have groups inside that Postfix may not expand by itself."""
    statement = (
        select(GroupEdge.parent_id, Group.native, Group.lmtp_lane)
        .join(Group, GroupEdge.child_id == Group.id)
        .where(Group.recipient_count > 0, Group.native.is_(False) | Group.lmtp_lane)
        .distinct()
    )
    rows = list(rows_where(session, statement, GroupEdge.parent_id, ids))
    return LanesInside(
        {row.parent_id for row in rows if not row.native},
        {row.parent_id for row in rows if row.lmtp_lane},
    )


def _member_rows(session: Session, wanted: Wanted) -> Iterator[Any]:
    """Yield the members of the groups who may supply what is looked up."""
    whole, some, addresses = _sort_out(wanted)
    yield from member_rows(session, whole)
    spellings = {*addresses, *_aliases_of(session, addresses)}
    for ids in chunked(some):
        yield from member_rows(session, list(ids), spellings)


def _nested_rows(session: Session, wanted: Wanted) -> Iterator[Any]:
    """Yield the recipients of the groups inside the groups, as far as they are looked up."""
    is_around = select(GroupEdge.parent_id).distinct()
    around = set(scalars_where(session, is_around, GroupEdge.parent_id, wanted.keys()))
    inside = GroupEdge.child_id == Recipient.group_id
    statement = select(GroupEdge.parent_id, Recipient.address).join(Recipient, inside)
    whole, some, addresses = _sort_out({each: wanted[each] for each in around})
    yield from rows_where(session, statement, GroupEdge.parent_id, whole)
    for ids in chunked(some):
        of_groups = statement.where(GroupEdge.parent_id.in_(ids))
        yield from rows_where(session, of_groups, Recipient.address, addresses)


def _sort_out(wanted: Wanted) -> tuple[list[int], list[int], set[str]]:
    """Return the groups with every address, the others, and all addresses of these."""
    whole = [group_id for group_id, addresses in wanted.items() if addresses is None]
    some = [group_id for group_id, addresses in wanted.items() if addresses]
    return whole, some, set().union(*(wanted[each] or () for each in some))


def _only(found: Found, wanted: Wanted) -> Found:
    """Leave out what is looked up in other groups only."""
    for group_id, addresses in wanted.items():
        if addresses is not None:
            found[group_id] &= {*addresses}
    return found


def _aliases_of(session: Session, addresses: Collection[str]) -> set[str]:
    statement = select(Alias.address).join(Account, Account.id == Alias.account_id)
    return set(scalars_where(session, statement, Account.address, addresses))
