"""Import records from files: all of them in one transaction, or nothing."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Alias,
    ClaimedAddress,
    Department,
    DomainRow,
    Group,
)
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.accounts.accounts import ensure_alias_in, folded_columns
from contactsgroups.services.accounts.administrators import appoint_administrator_in
from contactsgroups.services.accounts.departments import ensure_department_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.groups import GroupDraft
from contactsgroups.services.groups.editing import create_group_in, update_group_in
from contactsgroups.services.transfer.exporting import read_records
from contactsgroups.services.transfer.memberships import merge_memberships
from contactsgroups.services.transfer.merge import Merge
from contactsgroups.services.transfer.plan import (
    AccountTarget,
    AliasTarget,
    Difference,
    ImportPlan,
    compare,
)
from contactsgroups.services.transfer.records import Fault, MemberRole, Record
from contactsgroups.services.transfer.snapshot import AddressReader, GroupSnapshot, snapshot_of
from contactsgroups.services.unit_of_work import Work, write

Progress = Callable[[str, int, int], None]
"""Called with the task, how much of it is done, and how much there is."""

_PORTION = 1000


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
    """What was changed, or would be; which lines were left out; and whether it was saved."""

    record_count: int
    differences: tuple[Difference, ...]
    faults: tuple[Fault, ...]
    saved: bool


def import_records(
    database: Database,
    actor: Principal,
    items: Iterable[Record | Fault],
    options: ImportOptions | None = None,
    *,
    progress: Progress | None = None,
) -> ImportReport:
    """Merge records into the directory; nothing that they do not name is removed.

    Args:
        items: what was read from all files, and the faults found while reading.

    Raises:
        NotPermitted: the actor does not administer one of the domains; nothing was changed.
    """
    chosen = options or ImportOptions()
    records, faults = _separate(items)
    if faults:
        # A line that could not be read may have named any address.
        chosen = replace(chosen, replace_members=False)
    if chosen.dry_run:
        with database.read_snapshot() as session:
            plan, merge_faults = _plan(session, records, chosen)
        return _report(plan, records, faults + merge_faults, saved=False)
    with write(database, actor) as work:
        plan, merge_faults = _plan(work.session, records, chosen)
        may_save = not (chosen.strict and (faults or merge_faults))
        if may_save:
            _apply(work, plan, progress or _silently)
    return _report(plan, records, faults + merge_faults, saved=may_save)


def _separate(items: Iterable[Record | Fault]) -> tuple[list[Record], list[Fault]]:
    records: list[Record] = []
    faults: list[Fault] = []
    for item in items:
        if isinstance(item, Fault):
            faults.append(item)
        else:
            records.append(item)
    return records, faults


def _plan(
    session: Session, records: Sequence[Record], options: ImportOptions
) -> tuple[ImportPlan, list[Fault]]:
    read = AddressReader()
    stored = snapshot_of(read_records(session), read)
    merge = Merge(stored, read, add_domains=options.add_domains)
    merge.take(records)
    merge_memberships(merge, stored, replace=options.replace_members)
    return compare(stored, merge.snapshot), merge.faults


def _report(
    plan: ImportPlan, records: Sequence[Record], faults: Sequence[Fault], *, saved: bool
) -> ImportReport:
    return ImportReport(len(records), tuple(plan.differences), tuple(sorted(faults)), saved)


def _silently(what: str, done: int, total: int) -> None:
    """Show no progress."""


def _apply(work: Work, plan: ImportPlan, progress: Progress) -> None:
    for domain in sorted(plan.managed_domains):
        authority.require(work.actor, Right.MANAGE_DOMAIN, domain)
    for name in plan.domains:
        ensure_domain_in(work, name)
    domains = {row.name: row for row in work.session.scalars(select(DomainRow))}
    for domain, path in plan.departments:
        ensure_department_in(work, domains[domain], path)
    _add_accounts(work, plan.new_accounts, progress)
    _change_accounts(work, plan.changed_accounts)
    _add_aliases(work, plan.new_aliases, progress)
    for alias in plan.changed_aliases:
        ensure_alias_in(work, alias.original, alias.account)
    for address, administered in plan.administrators:
        appoint_administrator_in(work, address, administered)
    for done, (address, group) in enumerate(plan.groups, 1):
        _write_group(work, address, group)
        progress("groups", done, len(plan.groups))


def _add_accounts(work: Work, targets: Sequence[AccountTarget], progress: Progress) -> None:
    """Add accounts a thousand at a time; one by one would take minutes for a large file.

    The merge has checked them as ``ensure_account_in`` does, and the primary key of the claimed
    addresses holds in any case.
    """
    columns = _AccountColumns(work.session)
    for start in range(0, len(targets), _PORTION):
        some = targets[start : start + _PORTION]
        _claim(work.session, some, "account")
        rows = [Account(**columns.of(each), original=each.original) for each in some]
        work.session.add_all(rows)
        work.session.flush()
        for row in rows:
            work.changed_account(row)
        progress("accounts", start + len(some), len(targets))


def _change_accounts(work: Work, targets: Sequence[AccountTarget]) -> None:
    columns = _AccountColumns(work.session)
    wanted = {each.address: each for each in targets}
    for row in scalars_where(work.session, select(Account), Account.address, wanted):
        for name, value in columns.of(wanted[row.address]).items():
            setattr(row, name, value)
        work.changed_account(row)


def _add_aliases(work: Work, targets: Sequence[AliasTarget], progress: Progress) -> None:
    """Add aliases a thousand at a time, as with accounts."""
    domains = _domain_ids(work.session)
    for start in range(0, len(targets), _PORTION):
        some = targets[start : start + _PORTION]
        _claim(work.session, some, "alias")
        accounts = _account_ids(work.session, {each.account for each in some})
        for each in some:
            alias = Alias(
                address=each.address,
                original=each.original,
                domain_id=domains[each.address.rpartition("@")[2]],
                account_id=accounts[each.account],
            )
            work.session.add(alias)
            work.changed_alias(alias)
        work.session.flush()
        progress("aliases", start + len(some), len(targets))


def _domain_ids(session: Session) -> dict[str, int]:
    return {row.name: row.id for row in session.execute(select(DomainRow.name, DomainRow.id))}


def _account_ids(session: Session, addresses: Collection[str]) -> dict[str, int]:
    statement = select(Account.address, Account.id)
    rows = rows_where(session, statement, Account.address, addresses)
    return {row.address: row.id for row in rows}


def _claim(session: Session, targets: Iterable[AccountTarget | AliasTarget], holder: str) -> None:
    claims = [{"address": each.address, "holder": holder} for each in targets]
    session.execute(insert(ClaimedAddress), claims)


class _AccountColumns:
    """Turns values into columns: names of domains and departments into their ids."""

    def __init__(self, session: Session) -> None:
        self._domains = _domain_ids(session)
        rows = session.execute(select(Department.domain_id, Department.path, Department.id))
        self._departments = {(domain_id, path): id_ for domain_id, path, id_ in rows}

    def of(self, target: AccountTarget) -> dict[str, object]:
        domain_id = self._domains[target.address.rpartition("@")[2]]
        department = target.values["department"]
        values = {name: value for name, value in target.values.items() if name != "department"}
        names = {name: str(values[name]) for name in ("display_name", "title", "location")}
        return {
            **values,
            **folded_columns(target.address, **names),
            "address": target.address,
            "domain_id": domain_id,
            "department_id": self._departments[domain_id, str(department)] if department else None,
        }


def _write_group(work: Work, address: str, snapshot: GroupSnapshot) -> None:
    row = work.session.scalar(select(Group).where(Group.address == address))
    draft = _draft(snapshot)
    if row is None:
        create_group_in(work, draft)
    else:
        update_group_in(work, row, draft)


def _draft(snapshot: GroupSnapshot) -> GroupDraft:
    return GroupDraft(
        address=snapshot.original,
        settings=snapshot.settings,
        members=None if snapshot.is_derived else tuple(snapshot.roles[MemberRole.MEMBER].values()),
        owners=tuple(snapshot.roles[MemberRole.OWNER].values()),
        moderators=tuple(snapshot.roles[MemberRole.MODERATOR].values()),
        allowed_senders=tuple(snapshot.roles[MemberRole.ALLOWED_SENDER].values()),
    )
