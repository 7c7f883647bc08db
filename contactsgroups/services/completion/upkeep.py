"""Build, inspect and verify the index by command, domain by domain."""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contactsgroups.autocomplete import (
    Entry,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexUnusable,
    Progress,
    Shard,
)
from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import Account, Group
from contactsgroups.persistence.queries import local_domain_names
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.completion.entries import read_entries
from contactsgroups.services.completion.following import FollowingShard, follow
from contactsgroups.services.completion.index import CompletionIndex

Report = Callable[[str, int, int], None]
"""Called with the task, how much of it is done, and how much there is."""


class IndexState(StrEnum):
    """What is known of a domain's index without reading its entries."""

    READY = "ready"
    MISSING = "missing"
    DAMAGED = "damaged"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The index of one domain, as it is on disk."""

    domain: str
    state: IndexState
    reason: str = ""
    """Why the index cannot be used; empty if it can."""
    entries: int = 0
    behind: int = 0
    """Journal entries after the index; processes read them when they open it."""
    size: int = 0
    """Bytes on disk."""


@dataclass(frozen=True, slots=True)
class IndexDifference:
    """An address at which index and database differ."""

    domain: str
    address: str
    text: str

    def __str__(self) -> str:
        return f"{self.address}: {self.text}"


class IndexUpkeep:
    """The operator's tasks on the index; processes that use it go on meanwhile."""

    def __init__(self, database: Database, index: CompletionIndex) -> None:
        """Maintain the shards of ``index``, which follow ``database``."""
        self._database = database
        self._index = index

    def choose(self, named: Collection[str]) -> list[str]:
        """Return these domains as they were named, or all where none is.

        Raises:
            DomainNotFound: one of them is not served here.
        """
        with self._database.read() as session:
            for each in named:
                require_domain(session, each)
        return list(named) or self.domains()

    def build(self, domain: str, progress: Report | None = None) -> int:
        """Build the index of a domain from the database; return the number of its entries.

        Raises:
            DomainNotFound: it is not served here.
            Unavailable: another process is building it, or the database does not answer.
        """
        with self._database.read() as session:
            domain_id = require_domain(session, domain).id
            total = _count(session, domain_id)
        shard = FollowingShard(self._database, domain_id, self._index.directory_of(domain_id))
        try:
            shard.build(None if progress is None else _Bars(progress, total).show)
        except IndexBusy as error:
            raise Unavailable(
                "another process is building the index of {domain}", domain=domain
            ) from error
        return Shard.open(shard.directory, verify=False).statistics().base_entries

    def status(self, domain: str) -> IndexStatus:
        """Return the state of a domain's index, its checksums verified.

        Raises:
            DomainNotFound: it is not served here.
        """
        with self._database.read() as session:
            domain_id = require_domain(session, domain).id
            epoch, last = journal.read_position(session)
        try:
            shard = Shard.open(self._index.directory_of(domain_id), epoch=epoch)
        except IndexUnusable as error:
            return IndexStatus(domain, _state_of(error), error.reason)
        figures = shard.statistics()
        return IndexStatus(
            domain,
            IndexState.READY,
            entries=figures.base_entries,
            behind=last - figures.position,
            size=figures.bytes_on_disk,
        )

    def verify(self, domain: str, progress: Report | None = None) -> Iterator[IndexDifference]:
        """Read every file, compare every entry with the database, and yield what differs.

        Raises:
            DomainNotFound: it is not served here.
            IndexUnusable: it is missing, outdated or damaged; the message names the file.
        """
        with self._database.read_snapshot() as session:
            domain_id = require_domain(session, domain).id
            epoch, last = journal.read_position(session)
            total = _count(session, domain_id)
            with closing(Shard.open(self._index.directory_of(domain_id), epoch=epoch)) as shard:
                follow(session, shard, domain_id, last)
                # Whole entries of a large domain would not fit; their hashes find what differs.
                indexed = {entry.identity: hash(entry) for entry in shard.entries()}
                for number, entry in enumerate(read_entries(session, domain_id), start=1):
                    if indexed.pop(entry.identity, None) != hash(entry):
                        text = _describe(shard.find(entry.identity), entry)
                        yield IndexDifference(domain, entry.identity, text)
                    if progress is not None and number % 1000 == 0:
                        progress("comparing", number, total)
        for address in sorted(indexed):
            yield IndexDifference(
                domain, address, "the index has it, the database does not list it"
            )

    def domains(self) -> list[str]:
        """Return the names of all domains, in order."""
        with self._database.read() as session:
            return sorted(local_domain_names(session))


class _Bars:
    """Turns the progress of a build into one bar for each of its stages."""

    def __init__(self, report: Report, total: int) -> None:
        self._report = report
        self._total = total
        self._stage = ""

    def show(self, progress: Progress) -> None:
        if progress.stage != self._stage and self._stage:
            self._report(self._stage, 1, 1)
        self._stage = progress.stage
        if progress.stage == "reading":
            self._report("reading", progress.entries, self._total)
        else:
            self._report(progress.stage, 0, 1)


def _count(session: Session, domain_id: int) -> int:
    """Return about how many entries a domain has."""
    return sum(
        session.scalar(select(func.count()).where(table.domain_id == domain_id)) or 0
        for table in (Account, Group)
    )


def _state_of(error: IndexUnusable) -> IndexState:
    if isinstance(error, IndexMissing):
        return IndexState.MISSING
    return IndexState.DAMAGED if isinstance(error, IndexDamaged) else IndexState.OUTDATED


def _describe(indexed: Entry | None, entry: Entry) -> str:
    if indexed is None:
        return "the database lists it, the index does not have it"
    names = [name for name in Entry._fields if getattr(indexed, name) != getattr(entry, name)]
    differing = ", ".join(
        f"{name} is {getattr(indexed, name)!r}, should be {getattr(entry, name)!r}"
        for name in names
    )
    return f"in the index, {differing}"
