"""How much the accounts of a domain, and of those it is shown to, write to an address.

Uses are stored by private writes and summed up once a minute in one ordered write: ranking follows
the journal, and no sender waits for the writers' lock.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.domain.usage import combine, popularity_score, strengthen
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group, PendingPopularity, Popularity
from contactsgroups.persistence.queries import chunked, rows_where
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.unit_of_work import Work, write

INTERVAL = timedelta(minutes=1)
_AT_ONCE = 2_000  # rows; the sender of a message waits for them

_log = logging.getLogger(__name__)


def note(session: Session, sender: Principal, addresses: Sequence[str], at: datetime) -> None:
    """Store, privately, that a sender used accounts and groups of domains that are shown to it.

    Outside addresses have no popularity, and senders of other domains do not count.
    """
    shown = set(visible_domain_ids(session, sender.domain))
    domains = _domains_of(session, addresses)
    strength = strengthen(None, at)
    rows = [
        {"address": address, "strength": strength}
        for address in addresses
        if domains.get(address) in shown
    ]
    if rows:
        session.execute(insert(PendingPopularity), rows)


def sum_up_if_due(database: Database, now: datetime) -> None:
    """Sum up if the oldest stored use has waited for a minute and no other writer is at work.

    Otherwise it is due again at the next use.  Nothing of this concerns who sends a message, so no
    error leaves.
    """
    try:
        if _is_due(database, now):
            sum_up(database, wait=False)
    except Unavailable as error:
        _log.info("popularity is summed up later: %s", with_detail(error))


def sum_up(database: Database, *, wait: bool = True) -> None:
    """Add the stored uses to the popularity of each address.

    Args:
        wait: for another writer, instead of giving up at once.

    Raises:
        Unavailable: the database does not answer, or another writer is at work; nothing is lost.
    """
    with write(database, OPERATOR, wait=wait) as work:
        statement = select(PendingPopularity).order_by(PendingPopularity.id).limit(_AT_ONCE)
        pending = list(work.session.scalars(statement))
        strengths: dict[str, list[float]] = defaultdict(list)
        for row in pending:
            strengths[row.address].append(row.strength)
        for address, domain_id in sorted(_domains_of(work.session, strengths).items()):
            _strengthen(work, address, domain_id, combine(strengths[address]))
        for some in chunked([row.id for row in pending]):
            work.session.execute(delete(PendingPopularity).where(PendingPopularity.id.in_(some)))


def _is_due(database: Database, now: datetime) -> bool:
    with database.read() as session:
        statement = select(PendingPopularity.strength).order_by(PendingPopularity.id).limit(1)
        oldest = session.scalar(statement)
    return oldest is not None and oldest <= strengthen(None, now - INTERVAL)


def _strengthen(work: Work, address: str, domain_id: int, strength: float) -> None:
    row = work.session.get(Popularity, address)
    if row is None:
        row = Popularity(address=address, strength=strength, score=0)
        work.session.add(row)
    else:
        row.strength = combine([row.strength, strength])
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
