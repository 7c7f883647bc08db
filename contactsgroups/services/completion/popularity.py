"""How much the accounts of a domain, and of those it is shown to, write to an address.

Uses are stored by private writes and summed up once a minute in one ordered write, by the recorder
of any process: ranking follows the journal, and no sender waits for the writers' lock.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.domain.usage import combine, popularity_score, strengthen
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group, PendingPopularity, Popularity
from contactsgroups.persistence.queries import chunked, rows_where, scalars_where
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.unit_of_work import Work, write

INTERVAL = timedelta(minutes=1)
_AT_ONCE = 500  # rows; other writers wait for them


def find_counted(session: Session, sender: Principal, addresses: Collection[str]) -> list[str]:
    """Return those of the addresses whose popularity grows with a message of the sender, in order.

    They are accounts and groups of domains that are shown to it.  Outside addresses have no
    popularity, and senders of other domains do not count.
    """
    shown = set(visible_domain_ids(session, sender.domain))
    domains = _domains_of(session, addresses)
    return sorted(address for address, domain_id in domains.items() if domain_id in shown)


def note(session: Session, counted: Sequence[str], at: datetime) -> None:
    """Store, privately, a use of each address that :func:`find_counted` has returned."""
    strength = strengthen(None, at)
    rows = [{"address": address, "strength": strength} for address in counted]
    if rows:
        session.execute(insert(PendingPopularity), rows)


def sum_up_if_due(
    database: Database, now: datetime, stopping: threading.Event | None = None
) -> None:
    """Sum up the stored uses, a part at a time, while the oldest has waited for a minute.

    Raises:
        Unavailable: the database does not answer, or another writer is at work; nothing is lost.
    """
    while _is_due(database, now) and not (stopping is not None and stopping.is_set()):
        sum_up(database)


def sum_up(database: Database) -> None:
    """Add up to 500 stored uses, the oldest ones, to the popularity of their addresses.

    Raises:
        Unavailable: the database does not answer, or another writer is at work; nothing is lost.
    """
    with write(database, OPERATOR) as work:
        statement = select(PendingPopularity).order_by(PendingPopularity.id).limit(_AT_ONCE)
        pending = list(work.session.scalars(statement))
        strengths: dict[str, list[float]] = defaultdict(list)
        for row in pending:
            strengths[row.address].append(row.strength)
        _strengthen(work, {address: combine(all_) for address, all_ in strengths.items()})
        for some in chunked([row.id for row in pending]):
            work.session.execute(delete(PendingPopularity).where(PendingPopularity.id.in_(some)))


def _is_due(database: Database, now: datetime) -> bool:
    with database.read() as session:
        statement = select(PendingPopularity.strength).order_by(PendingPopularity.id).limit(1)
        oldest = session.scalar(statement)
    return oldest is not None and oldest <= strengthen(None, now - INTERVAL)


def _strengthen(work: Work, strengths: Mapping[str, float]) -> None:
    stored = scalars_where(work.session, select(Popularity), Popularity.address, strengths)
    known = {row.address: row for row in stored}
    for address, domain_id in sorted(_domains_of(work.session, strengths).items()):
        row = known.get(address)
        if row is None:
            row = Popularity(address=address, strength=strengths[address], score=0)
            work.session.add(row)
        else:
            row.strength = combine([row.strength, strengths[address]])
        score = popularity_score(row.strength)
        if score != row.score:
            row.score = score
            work.changed_popularity(domain_id, address)


def _domains_of(session: Session, addresses: Collection[str]) -> dict[str, int]:
    """Return the domains of those addresses that are accounts or groups."""
    found: dict[str, int] = {}
    for table in (Account, Group):
        statement = select(table.address, table.domain_id)
        rows = rows_where(session, statement, table.address, addresses)
        found |= {row.address: row.domain_id for row in rows}
    return found
