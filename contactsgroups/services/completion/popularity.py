"""How much the accounts of a domain, and of those it is shown to, write to an address.

Uses are noted privately and summed up once a minute, in one ordered write: ranking follows the
journal, and nobody who sends a message waits for the writers' lock because of it.
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
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.unit_of_work import Work, write

INTERVAL = timedelta(minutes=1)
_AT_ONCE = 10_000

_log = logging.getLogger(__name__)


def note(session: Session, sender: Principal, addresses: Sequence[str], at: datetime) -> None:
    """Note privately that a sender used accounts and groups of domains that are shown to it.

    Outside addresses have no popularity, and what strangers write says nothing about a domain.
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
    """Sum up what was noted if that has waited for a minute; where it fails, it is due again."""
    with database.read() as session:
        oldest = session.scalar(
            select(PendingPopularity.strength).order_by(PendingPopularity.id).limit(1)
        )
    if oldest is None or oldest > strengthen(None, now - INTERVAL):
        return
    try:
        sum_up(database)
    except Unavailable as error:
        _log.warning("Popularity is summed up later: %s", with_detail(error))


def sum_up(database: Database) -> None:
    """Add what was noted to the popularity of each address.

    Raises:
        Unavailable: the database does not answer; nothing is lost.
    """
    with write(database, OPERATOR) as work:
        statement = select(PendingPopularity).order_by(PendingPopularity.id).limit(_AT_ONCE)
        pending = list(work.session.scalars(statement))
        strengths: dict[str, list[float]] = defaultdict(list)
        for row in pending:
            strengths[row.address].append(row.strength)
        for address, domain_id in sorted(_domains_of(work.session, strengths).items()):
            _strengthen(work, address, domain_id, combine(strengths[address]))
        for some in chunked([row.id for row in pending]):
            work.session.execute(delete(PendingPopularity).where(PendingPopularity.id.in_(some)))


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
    for some in chunked(sorted(addresses)):
        for table in (Account, Group):
            statement = select(table.address, table.domain_id).where(table.address.in_(some))
            found |= {row.address: row.domain_id for row in session.execute(statement)}
    return found
