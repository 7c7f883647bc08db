"""Add and remove many members, with a result for each.

In pieces of 500, each a transaction of its own: other writers wait for one piece at most, and the
statements of a piece are as many for one address as for 500.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import delete, func, select

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member
from contactsgroups.persistence.queries import chunked, scalars_where
from contactsgroups.services.groups.last_days import LastDays, Stay, last_days_of
from contactsgroups.services.groups.members import (
    Refused,
    add_in,
    editable_group_in,
    read_address,
    require_editable,
)
from contactsgroups.services.unit_of_work import Work, write

CHANGES_LIMIT = 10_000
"""Addresses that are added and removed at once."""


class Result(StrEnum):
    """What became of an address that was to be added or removed."""

    ADDED = "added"
    ALREADY_MEMBER = "already_member"
    CHANGED = "changed"
    """It was a member already, and has another last day now."""
    REMOVED = "removed"
    NOT_A_MEMBER = "not_a_member"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one text; ``reason`` says why it was refused."""

    text: str
    result: Result
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Named:
    """A text, with its address or what is wrong with it."""

    text: str
    address: Address | None
    fault: str = ""

    @property
    def key(self) -> str:
        return str(self.address)


def change_members(
    database: Database,
    actor: Principal,
    uuid: str,
    *,
    add: Sequence[str],
    remove: Sequence[str],
    until: date | Stay | None = Stay.AS_IT_IS,
) -> list[Outcome]:
    """Add and remove members; return what became of each text, those to add first.

    What is refused keeps nothing else from being done. Everything may be sent again: what was done
    already stays done.

    Args:
        until: the last day of those to add, also of those who are members already; None for no end.

    Raises:
        InvalidInput: there are too many, one is to be both added and removed, or the last day has
            passed.
        GroupNotFound, MembersAreDerived, NotPermitted: nothing was changed, unless the actor or the
            group changed meanwhile.
        Unavailable: perhaps after some pieces.
    """
    if len(add) + len(remove) > CHANGES_LIMIT:
        raise InvalidInput("more than {limit} addresses at once", field="add", limit=CHANGES_LIMIT)
    require_editable(database, actor, uuid)  # Before texts are read, which takes long.
    joining, leaving = _read(add), _read(remove)
    _refuse_both(joining, leaving)
    last_days = last_days_of(_by_key(joining), until)
    found: list[Outcome] = []
    for some in list(chunked(joining)) or [[]]:  # Also where nothing joins: the rights are asked.
        with write(database, actor) as work:
            found += _add(work, editable_group_in(work, uuid), some, last_days)
    for some in chunked(leaving):
        with write(database, actor) as work:
            found += _remove(work, editable_group_in(work, uuid), some)
    return found


def _read(texts: Sequence[str]) -> list[_Named]:
    return [_read_one(text) for text in texts]


def _read_one(text: str) -> _Named:
    read = read_address(text)
    if isinstance(read, Refused):
        return _Named(read.text, None, read.reason)
    return _Named(text, read)


def _by_key(named: Sequence[_Named]) -> dict[str, Address]:
    """Return the addresses by their normalised forms, the last one first; of two spellings the
    first one.
    """
    return {each.key: each.address for each in reversed(named) if each.address is not None}


def _refuse_both(joining: Sequence[_Named], leaving: Sequence[_Named]) -> None:
    both = _by_key(joining).keys() & _by_key(leaving).keys()
    if both:
        raise InvalidInput("{both} is to be both added and removed", field="remove", both=min(both))


def _add(
    work: Work, group: Group, named: Sequence[_Named], last_days: LastDays
) -> Iterator[Outcome]:
    report = add_in(work, group, _by_key(named), [], last_days=last_days)
    refused = {str(Address.parse(each.text)): each.reason for each in report.refused}
    done = dict.fromkeys(report.added, Result.ADDED) | dict.fromkeys(report.dated, Result.CHANGED)
    return _outcomes(named, refused, done, Result.ALREADY_MEMBER)


def _remove(work: Work, group: Group, named: Sequence[_Named]) -> Iterator[Outcome]:
    """Remove those who are members; if nobody would be left, the last of them stays."""
    statement = select(Member.address).where(Member.group_id == group.id)
    keys = _by_key(named)
    found = set(scalars_where(work.session, statement, Member.address, keys))
    refused = {}
    if found and not _has_others(work, group, found):
        last = next(key for key in keys if key in found)  # The one that was sent last.
        refused[last] = Sentence(
            "{key} is the last member of {address}; a group needs one",
            key=last,
            address=group.address,
        )
    gone = found - refused.keys()
    if gone:
        of_group = Member.group_id == group.id
        work.session.execute(delete(Member).where(of_group, Member.address.in_(gone)))
        work.session.expire(group, ["members"])
        work.changed_group(group)
    return _outcomes(named, refused, dict.fromkeys(gone, Result.REMOVED), Result.NOT_A_MEMBER)


def _has_others(work: Work, group: Group, addresses: Collection[str]) -> bool:
    count = select(func.count()).select_from(Member).where(Member.group_id == group.id)
    return (work.session.scalar(count) or 0) > len(addresses)


def _outcomes(
    named: Sequence[_Named],
    refused: Mapping[str, str],
    done: Mapping[str, Result],
    not_needed: Result,
) -> Iterator[Outcome]:
    """Yield the outcome of each text; where one address stands twice, the first one counts."""
    left = dict(done)
    for each in named:
        if each.address is None or each.key in refused:
            yield Outcome(each.text, Result.REFUSED, each.fault or refused[each.key])
        elif each.key in left:
            yield Outcome(each.text, left.pop(each.key))
        else:
            yield Outcome(each.text, not_needed)
