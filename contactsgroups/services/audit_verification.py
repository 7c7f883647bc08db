"""Verify the chain of the audit log: all of it, or its newest entries, and what was found last."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from contactsgroups.domain import authority
from contactsgroups.domain.audit_chain import digest_of
from contactsgroups.domain.audit_inspection import ChainEnd, Damage, Fault, Inspection
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditChainEnd, AuditRow, AuditVerification
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.services.unit_of_work import write, write_private
from contactsgroups.services.unit_of_work.audit_chain import seal_end

NEWEST = 10_000
"""So many entries are verified while somebody waits for a page."""
NAMED = 20
"""So many faults are kept with what a verification found; the others are counted."""

_AT_ONCE = 100
"""Entries that are read together: an entry has 300 KB where 5,000 members moved."""
_LOWEST = -(1 << 62)

_rows = AuditRow.__table__.c
_end = AuditChainEnd.__table__.c
_END = select(_end.last, _end.digest, _end.seal)

_one_at_a_time = Lock()
_log = logging.getLogger(__name__)


class Scope(StrEnum):
    """Which entries were verified."""

    ALL = "all"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification found.

    Attributes:
        first, last: numbers of the entries that were read; ``last`` is 0 in an empty log.
        faults: the first of them.
        fault_count: how many there are; neighbouring entries count as one.
        digest: the hash of the last entry; empty where a kept verification was read.
    """

    scope: Scope
    at: datetime
    first: int
    last: int
    faults: tuple[Fault, ...]
    fault_count: int
    digest: str = field(default="", compare=False)

    @property
    def is_unbroken(self) -> bool:
        """Whether nothing was found."""
        return self.fault_count == 0

    @property
    def is_of_all(self) -> bool:
        """Whether every entry was read: there may be no more than the newest."""
        return self.first == 1


Progress = Callable[[int, int], None]
"""Told how many entries were read, and how many there are."""


def verify_all(
    database: Database,
    actor: Principal,
    *,
    progress: Progress | None = None,
    tell: Callable[[Fault], None] = lambda fault: None,
) -> Verification:
    """Verify every entry, and keep what was found.

    A few entries are in memory at a time, and no transaction stays open.  Writers go on meanwhile;
    what they write is not verified.

    Args:
        progress: may raise, to stop.
        tell: called with each fault when it is found, in the order of the entries.

    Raises:
        NotPermitted: the actor does not administer all domains.
    """
    _require_verifying(actor, keeping=True)
    found = _verify(database, Scope.ALL, progress, tell)
    _keep(database, actor, found)
    return found


def find_known(database: Database, actor: Principal, number: int, digest: str) -> Fault | None:
    """Compare an entry with the hash that it had once, and return what is wrong.

    For a number and hash that were kept elsewhere: also who brings back an older end of the log,
    or knows the secret key, cannot make another entry with that hash.

    Raises:
        NotPermitted: the actor does not administer all domains.
    """
    authority.require(actor, Right.MANAGE_DOMAIN, None)
    with database.connect() as connection:
        is_there = connection.scalar(select(_rows.id).where(_rows.id == number))
    if is_there is None:
        return Fault(Damage.MISSING, number, number)
    entry = _read_one(database, number)
    fits = entry is not None and digest_of(entry) == digest.lower()
    return None if fits else Fault(Damage.CHANGED, number, number)


def verify_newest(database: Database, actor: Principal, *, keeping: bool = True) -> Verification:
    """Verify the newest entries.

    Args:
        keeping: keep what was found, for the page of the log.

    Raises:
        NotPermitted: the actor does not administer all domains.
        Unavailable: a verification is running already.
    """
    _require_verifying(actor, keeping=keeping)
    if not _one_at_a_time.acquire(blocking=False):
        raise Unavailable("the audit log is being verified already; try again")
    try:
        found = _verify(database, Scope.NEWEST, None, lambda fault: None)
    finally:
        _one_at_a_time.release()
    if keeping:
        _keep(database, actor, found)
    return found


def last_verifications(database: Database, actor: Principal) -> list[Verification]:
    """Return what the last verification of each scope found, the newest first.

    For everybody who reads some of the log.  Whatever was found before every entry was verified
    is left out.

    Raises:
        NotPermitted: the actor administers no domain.
    """
    if authority.domains_where(actor, Right.MANAGE_DOMAIN) == frozenset():
        authority.require(actor, Right.MANAGE_DOMAIN, actor.domain)
    statement = select(AuditVerification).order_by(AuditVerification.at.desc())
    with database.read() as session:
        found = [_view(row) for row in session.scalars(statement)]
    return found[:1] if found and found[0].is_of_all else found


def seal_log(database: Database, actor: Principal) -> int:
    """Set the seal of this installation on the end of the log, and return the last number.

    For when the secret key was replaced, or the database came from elsewhere: from now on the log
    as it is counts as this installation's own.  An entry of its own says who did so.

    Raises:
        NotPermitted: the actor does not administer all domains.
    """
    with write(database, actor) as work:
        authority.require(work.actor, Right.MANAGE_DOMAIN, None)
        last = seal_end(work.session)
        if last:
            work.sealed_audit_log(last)
    _log.warning("%s has sealed the audit log up to entry %d", actor.address, last)
    return last


def _require_verifying(actor: Principal, *, keeping: bool) -> None:
    authority.require(actor, Right.MANAGE_DOMAIN, None)
    if keeping:
        authority.require_writing(actor)


def _verify(
    database: Database,
    scope: Scope,
    progress: Progress | None,
    tell: Callable[[Fault], None],
) -> Verification:
    end = _read_end(database)
    first = 1 if scope is Scope.ALL else max(1, end.last - NEWEST + 1)
    named: list[Fault] = []
    count = 0
    for fault in _inspect(database, end, first, progress):
        tell(fault)
        count += 1
        if len(named) < NAMED:
            named.append(fault)
    return Verification(
        scope=scope,
        at=utc_now(),
        first=first,
        last=end.last,
        faults=tuple(named),
        fault_count=count,
        digest=end.digest,
    )


def _inspect(
    database: Database, end: ChainEnd, first: int, progress: Progress | None
) -> Iterator[Fault]:
    inspection = Inspection(end, database.audit_keys, first=first)
    after = _LOWEST if first == 1 else first - 1
    while piece := _read_piece(database, after, end.last):
        for number, entry in piece:
            if entry is None:
                yield from inspection.take_unreadable(number)
            else:
                yield from inspection.take(entry)
        after = piece[-1][0]
        if progress is not None:
            progress(max(after - first + 1, 0), end.last - first + 1)
    yield from inspection.finish()
    yield from _find_added(database)


def _read_end(database: Database) -> ChainEnd:
    """Return the end of the log; if it was removed, one that no entry fits to."""
    with database.connect() as connection:
        row = connection.execute(_END).one_or_none()
        if row is not None:
            return ChainEnd(*row)
        return ChainEnd(connection.scalar(select(func.max(_rows.id))) or 0, "", "")


def _find_added(database: Database) -> Iterator[Fault]:
    """Find entries behind the end: of one moment, as entries are written all the time."""
    with database.read_snapshot() as session:
        last = session.execute(_END).one_or_none()
        if last is None:
            return
        behind = select(func.min(_rows.id), func.max(_rows.id)).where(_rows.id > last[0])
        first, last = session.execute(behind).one()
    if first is not None:
        yield Fault(Damage.ADDED, first, last)


Piece = Sequence[tuple[int, dict[str, Any] | None]]
"""Numbers and columns of entries; None where a column has what it cannot hold."""


def _read_piece(database: Database, after: int, last: int) -> Piece:
    wanted = _rows.id > after, _rows.id <= last
    statement = select(*_rows).where(*wanted).order_by(_rows.id).limit(_AT_ONCE)
    try:
        with database.connect() as connection:
            return [(row["id"], dict(row)) for row in connection.execute(statement).mappings()]
    except (ValueError, TypeError, DBAPIError):
        pass  # SQLite keeps text in a column of times, and octets that are no text.
    numbers = select(_rows.id).where(*wanted).order_by(_rows.id).limit(_AT_ONCE)
    with database.connect() as connection:
        return [(each, _read_one(database, each)) for each in connection.scalars(numbers).all()]


def _read_one(database: Database, number: int) -> dict[str, Any] | None:
    try:
        with database.connect() as connection:
            found = connection.execute(select(*_rows).where(_rows.id == number)).mappings()
            return dict(found.one())
    except (ValueError, TypeError, DBAPIError):
        return None


def _keep(database: Database, actor: Principal, found: Verification) -> None:
    faults = [[str(each.damage), each.first, each.last] for each in found.faults]
    row = AuditVerification(
        scope=str(found.scope),
        at=found.at,
        first=found.first,
        last=found.last,
        faults=json.dumps(faults),
        fault_count=found.fault_count,
    )
    with write_private(database, actor) as session:
        session.merge(row)


def _view(row: AuditVerification) -> Verification:
    return Verification(
        scope=Scope(row.scope),
        at=row.at,
        first=row.first,
        last=row.last,
        faults=tuple(
            Fault(Damage(damage), first, last) for damage, first, last in json.loads(row.faults)
        ),
        fault_count=row.fault_count,
    )
