"""Import records from files: plan all of them without a lock, then save the plan in pieces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contactsgroups.domain import authority
from contactsgroups.domain.change import JournalPosition
from contactsgroups.domain.errors import NeedsConfirmation, Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.services.accounts.addresses import find_reserved
from contactsgroups.services.transfer.applying import PlanSaver, Progress
from contactsgroups.services.transfer.exporting import read_records
from contactsgroups.services.transfer.memberships import merge_memberships
from contactsgroups.services.transfer.merge import Merge
from contactsgroups.services.transfer.plan import Difference, ImportPlan, compare
from contactsgroups.services.transfer.records import Fault, Item, PassedOver, Record
from contactsgroups.services.transfer.snapshot import AddressReader, snapshot_of

_PLANS = 10  # So often an import is planned before it gives up.


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """Options of an import.

    Attributes:
        dry_run: only find out what would change.
        strict: change nothing if there is any faulty line.
        add_domains: add a domain for every address that needs one.
        replace_members: in each group and role that the files name an address for, remove the
            addresses that they do not name. No address is removed because of a faulty line.
    """

    dry_run: bool = False
    strict: bool = False
    add_domains: bool = False
    replace_members: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was changed, or would be; which lines were left out; and whether it was saved.

    ``record_count`` counts the records that could be read, and ``taken_count`` those of them that
    fit, also where nothing was new.  ``passed_over`` is what files have besides, and an import has
    no use for.
    """

    record_count: int
    taken_count: int
    differences: tuple[Difference, ...]
    faults: tuple[Fault, ...]
    saved: bool
    passed_over: tuple[PassedOver, ...] = ()


def import_records(
    database: Database,
    actor: Principal,
    items: Iterable[Item],
    options: ImportOptions | None = None,
    *,
    progress: Progress | None = None,
) -> ImportReport:
    """Merge records into the directory; nothing that they do not name is removed.

    A small import is saved as a whole, a large one in pieces, each of them without contradictions:
    one that ends half way goes on when it is run again.

    Args:
        items: what was read from all files, with the faults found while reading and what was
            passed over.

    Raises:
        NotPermitted: the actor does not administer one of the domains; nothing was changed.
        NeedsConfirmation: many members of groups would move; the message says what is saved.
        Unavailable: the database is too busy, or does not answer; the message says what is saved.
    """
    chosen = options or ImportOptions()
    records, faults, passed_over = _separate(items)
    if faults:
        # A line that could not be read may have named any address.
        chosen = replace(chosen, replace_members=False)
    if chosen.dry_run:
        planned = _read_and_plan(database, records, chosen)
        report = _report(planned.plan.differences, records, faults + planned.faults, saved=False)
    else:
        task = _Import(database, actor, records, faults, chosen, progress or _silently)
        report = task.run()
    return replace(report, passed_over=tuple(passed_over))


class _Import:
    """An import that goes on until all is saved; it is planned anew when others interfere."""

    def __init__(
        self,
        database: Database,
        actor: Principal,
        records: Sequence[Record],
        faults: list[Fault],
        options: ImportOptions,
        progress: Progress,
    ) -> None:
        self._database = database
        self._actor = actor
        self._records = records
        self._faults = faults
        self._options = options
        self._progress = progress
        self._saved: list[Difference] = []

    def run(self) -> ImportReport:
        authority.require_writing(self._actor)
        for _ in range(_PLANS):
            planned = _read_and_plan(self._database, self._records, self._options)
            faults = self._faults + planned.faults
            if self._options.strict and faults and not self._saved:
                return _report(planned.plan.differences, self._records, faults, saved=False)
            if self._save(planned):
                return _report(self._saved, self._records, faults, saved=True)
        raise Unavailable(self._unfinished("other writers keep changing what the import names"))

    def _save(self, planned: "_Planned") -> bool:
        """Save a plan, and return whether all of it is saved: its base may change on the way."""
        saver = PlanSaver(
            self._database, self._actor, planned.plan, planned.position, self._progress
        )
        try:
            is_whole = saver.save()
        except Unavailable as error:
            self._saved += saver.saved_differences()
            raise Unavailable(self._unfinished(str(error)), detail=error.detail) from error
        except NeedsConfirmation as error:
            self._saved += saver.saved_differences()
            raise NeedsConfirmation(error.moves, saved=len(self._saved)) from error
        self._saved += saver.saved_differences()
        return is_whole

    def _unfinished(self, reason: str) -> str:
        if not self._saved:
            return f"nothing was imported: {reason}"
        count = len(self._saved)
        return f"{count} changes are saved, run the import again for the others: {reason}"


def _separate(items: Iterable[Item]) -> tuple[list[Record], list[Fault], list[PassedOver]]:
    records: list[Record] = []
    faults: list[Fault] = []
    passed_over: list[PassedOver] = []
    for item in items:
        if isinstance(item, Fault):
            faults.append(item)
        elif isinstance(item, PassedOver):
            passed_over.append(item)
        else:
            records.append(item)
    return records, faults, passed_over


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan, the faults found on the way, and the place in the journal that it was made at."""

    plan: ImportPlan
    faults: list[Fault]
    position: JournalPosition


def _read_and_plan(
    database: Database, records: Sequence[Record], options: ImportOptions
) -> _Planned:
    """Read the directory and plan, without the writers' lock."""
    read = AddressReader()
    with database.read_snapshot() as session:
        position = journal.read_position(session)
        stored = snapshot_of(read_records(session), read)
        stored.reserved = find_reserved(session, None)
    merge = Merge(stored, read, add_domains=options.add_domains)
    merge.take(records)
    merge_memberships(merge, stored, replace=options.replace_members)
    return _Planned(compare(stored, merge.snapshot), merge.faults, position)


def _report(
    differences: Sequence[Difference],
    records: Sequence[Record],
    faults: Sequence[Fault],
    *,
    saved: bool,
) -> ImportReport:
    faulty = {each.place for each in faults}
    taken = sum(record.place not in faulty for record in records)
    return ImportReport(len(records), taken, tuple(differences), tuple(sorted(faults)), saved)


def _silently(what: str, done: int, total: int) -> None:
    """Show no progress."""
