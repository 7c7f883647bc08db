"""How many accounts of a domain, and of those it is shown to, write to an address.

Whose usage of an address changes notes the address, privately. Once a minute the recorder of any
process counts the people who use the noted addresses, and stores in one ordered write what changes:
ranking follows the journal, and no sender waits for the writers' lock. What is counted is the usage
itself, so whoever forgets it, or is removed, counts no more.
"""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.domain.usage import popularity_score
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Alias,
    Group,
    PendingPopularity,
    PersonalState,
    Popularity,
    Usage,
)
from contactsgroups.persistence.queries import chunked, rows_where, scalars_where
from contactsgroups.services.accounts.sharing import viewers_of, visible_domain_ids
from contactsgroups.services.unit_of_work import Work, write

INTERVAL = timedelta(minutes=1)
_AT_ONCE = 500  # notes
_MOST_PEOPLE = 2_000
"""Of more people the last count: with half a million users, a score would be higher by eight."""


class _Counted(NamedTuple):
    """An account or a group."""

    domain_id: int
    account_id: int | None
    """None for a group."""


def find_counted(session: Session, sender: Principal, addresses: Collection[str]) -> list[str]:
    """Return the addresses whose popularity changes with a sender's usage of these, in order.

    They are accounts and groups of domains that are shown to it; an alias counts for its account.
    Outside addresses have no popularity, and senders of other domains do not count.
    """
    shown = set(visible_domain_ids(session, sender.domain))
    found = _find(session, addresses)
    return sorted(address for address, each in found.items() if each.domain_id in shown)


def note(session: Session, counted: Collection[str], at: datetime) -> None:
    """Note, privately, addresses that :func:`find_counted` has returned, to be counted again."""
    rows = [{"address": address, "noted_at": at} for address in counted]
    if rows:
        session.execute(insert(PendingPopularity), rows)


def sum_up_if_due(
    database: Database, now: datetime, stopping: threading.Event | None = None
) -> None:
    """Count for the noted addresses, a part at a time, while the oldest has waited for a minute.

    Raises:
        Unavailable: the database does not answer, or another writer is at work; nothing is lost.
    """
    while _is_due(database, now) and not (stopping is not None and stopping.is_set()):
        sum_up(database)


def sum_up(database: Database) -> None:
    """Count who uses the addresses of up to 500 notes, the oldest ones, and store their scores.

    Other writers wait only while the scores are stored, not while people are counted. A change of
    the usage after that has a note of its own; where another process was quicker, its count stands.

    Raises:
        Unavailable: the database does not answer, or another writer is at work; nothing is lost.
    """
    with database.read() as session:
        notes = select(PendingPopularity.id, PendingPopularity.address)
        pending = session.execute(notes.order_by(PendingPopularity.id).limit(_AT_ONCE)).all()
        scores = _count(session, {row.address for row in pending})
    with write(database, OPERATOR) as work:
        if _take(work.session, [row.id for row in pending]):
            _store(work, scores)


def _is_due(database: Database, now: datetime) -> bool:
    with database.read() as session:
        statement = select(PendingPopularity.noted_at).order_by(PendingPopularity.id).limit(1)
        oldest = session.scalar(statement)
    return oldest is not None and oldest <= now - INTERVAL


def _take(session: Session, ids: list[int]) -> bool:
    """Remove the notes with these ids, unless another process has taken some of them."""
    present = scalars_where(session, select(PendingPopularity.id), PendingPopularity.id, ids)
    if len(list(present)) < len(ids):
        return False
    for some in chunked(ids):
        session.execute(delete(PendingPopularity).where(PendingPopularity.id.in_(some)))
    return True


def _count(session: Session, addresses: Collection[str]) -> dict[str, int]:
    """Return the score of each of the addresses that is an account or a group."""
    return {
        address: popularity_score(_last_uses(session, address, counted))
        for address, counted in _find(session, addresses).items()
    }


def _last_uses(session: Session, address: str, counted: _Counted) -> list[float]:
    """Return when each of the people who count used the address, or an alias of it, last."""
    names = [address, *[alias.address for alias in _aliases_of(session, counted)]]
    last_use = func.max(Usage.last_use)
    statement = (
        select(last_use)
        .join(Account, Account.id == Usage.account_id)
        .join(PersonalState, PersonalState.account_id == Usage.account_id)
        .where(
            Usage.address.in_(names),
            Account.address != address,
            Account.domain_id.in_(viewers_of(session, counted.domain_id)),
            PersonalState.usage_recorded,
        )
        .group_by(Usage.account_id)
        .order_by(last_use.desc())
    )
    return list(session.scalars(statement.limit(_MOST_PEOPLE)))


def _store(work: Work, scores: Mapping[str, int]) -> None:
    stored = scalars_where(work.session, select(Popularity), Popularity.address, scores)
    known = {row.address: row for row in stored}
    for address, counted in sorted(_find(work.session, scores).items()):
        row = known.get(address) or Popularity(address=address, score=0)
        if row.score != scores[address]:
            row.score = scores[address]
            work.session.add(row)
            work.changed_popularity(counted.domain_id, address)
            for alias in _aliases_of(work.session, counted):
                work.changed_popularity(alias.domain_id, alias.address)


def _aliases_of(session: Session, counted: _Counted) -> list[Alias]:
    """Return the aliases of an account, none of a group."""
    if counted.account_id is None:
        return []
    return list(session.scalars(select(Alias).where(Alias.account_id == counted.account_id)))


def _find(session: Session, addresses: Collection[str]) -> dict[str, _Counted]:
    """Return those of the addresses that are accounts or groups, and the accounts of aliases."""
    accounts = select(Account.address, Account.domain_id, Account.id)
    behind = accounts.join(Alias, Alias.account_id == Account.id)
    groups = select(Group.address, Group.domain_id)
    found = {
        row.address: _Counted(row.domain_id, row.id)
        for rows in (
            rows_where(session, accounts, Account.address, addresses),
            rows_where(session, behind, Alias.address, addresses),
        )
        for row in rows
    }
    return found | {
        row.address: _Counted(row.domain_id, None)
        for row in rows_where(session, groups, Group.address, addresses)
    }
