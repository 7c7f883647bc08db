"""Save an import plan in pieces, so that other writers get their turn in between.

Each piece is one unit of work, and leaves a directory without contradictions.  Before it, under the
writers' lock, the journal tells whether others have changed anything that the plan names.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.attributes import PREFIX, attributes_among
from contactsgroups.domain.authority import Right
from contactsgroups.domain.change import Change, JournalPosition, Subject
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, journal, statistics
from contactsgroups.persistence.models import (
    Account,
    Alias,
    Department,
    DomainRow,
)
from contactsgroups.persistence.queries import (
    chunked,
    groups_by_address,
    insert_rows,
    rows_where,
    scalars_where,
)
from contactsgroups.services.accounts.accounts import ensure_alias_in, folded_columns
from contactsgroups.services.accounts.addresses import claim_all
from contactsgroups.services.accounts.administrators import appoint_administrator_in
from contactsgroups.services.accounts.attributes import replace_attributes
from contactsgroups.services.accounts.departments import ensure_department_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.accounts.succession import appoint_successors_in, teams_owned_by
from contactsgroups.services.groups import GroupDraft
from contactsgroups.services.groups.editing import create_groups_in, update_group_in
from contactsgroups.services.groups.last_days import replace_last_days_in
from contactsgroups.services.transfer.foreseen_moves import refuse_held_moves
from contactsgroups.services.transfer.plan import (
    AccountTarget,
    AliasTarget,
    Difference,
    ImportPlan,
)
from contactsgroups.services.transfer.records import MemberRole
from contactsgroups.services.transfer.snapshot import GroupSnapshot
from contactsgroups.services.unit_of_work import Work, write
from contactsgroups.services.unit_of_work.turns import let_others_write

Progress = Callable[[str, int, int], None]
"""Called with the task, how much of it is done, and how much there is."""

_LOCK_SECONDS = 0.5  # So long a piece is to hold the writers' lock.
_SMALLEST, _FIRST, _LARGEST = 200, 500, 5_000  # rows of a piece
_DERIVED_ROWS = 1_000
_COUNTED_FROM = 2_000  # rows that are saved before the database's statistics are brought up to date
_ALIASES_OF = select(Alias.address).join(Account, Account.id == Alias.account_id)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of change: what it is called, and how some of them are saved."""

    name: str
    """As differences have it."""
    save: Callable[[Work, Sequence[Any]], None]
    key: Callable[[Any], str]
    """From a target to the name of its difference."""
    weigh: Callable[[Any], int] = lambda _: 1
    """About how many rows a target writes."""


@dataclass(frozen=True, slots=True)
class _Step:
    kind: _Kind
    target: Any


class PlanSaver:
    """Saves one plan; a later plan goes on where it stopped."""

    def __init__(
        self,
        database: Database,
        actor: Principal,
        plan: ImportPlan,
        position: JournalPosition,
        progress: Progress,
    ) -> None:
        """Prepare to save ``plan``, which was made at ``position`` of the journal."""
        self._database = database
        self._actor = actor
        self._plan = plan
        self._position = position
        self._progress = progress
        self._named = _named_addresses(plan)
        self._saved: set[tuple[str, str]] = set()
        self._size = _FIRST
        self._step_count = 0

    def save(self) -> bool:
        """Save piece after piece; whether all is saved, or others changed what the plan names.

        Raises:
            NotPermitted: the actor does not administer one of the domains; nothing was changed.
            NeedsConfirmation: many members of groups would move; see ``foreseen_moves``.
            Unavailable: the database does not answer, or other writers hold the lock too long.
        """
        _require_rights(self._actor, self._plan)
        steps = list(_steps(self._plan))
        done, self._step_count = 0, len(steps)
        if self._count(steps, 0) < len(steps):
            refuse_held_moves(self._database, self._plan, agreed=self._actor.confirmed)
        count_at = _COUNTED_FROM
        while done < len(steps):
            if done:
                let_others_write()
            if done >= count_at:  # Each time that so much is saved once more.
                statistics.refresh(self._database)
                count_at = 2 * done
            piece = steps[done : done + self._count(steps, done)]
            if not self._save_piece(piece):
                return False
            done += len(piece)
            self._progress("changes", done, len(steps))
        if done >= _COUNTED_FROM:
            statistics.refresh(self._database)
        return True

    def saved_differences(self) -> list[Difference]:
        """Return those differences of the plan that are saved, in its order."""
        return [each for each in self._plan.differences if (each.kind, each.name) in self._saved]

    def _count(self, steps: Sequence[_Step], done: int) -> int:
        """Return how many of the steps that are left make a piece of the present size."""
        count = weight = 0
        for step in steps[done:]:
            weight += step.kind.weigh(step.target)
            if count and weight > self._size:
                break
            count += 1
        return count

    def _save_piece(self, piece: Sequence[_Step]) -> bool:
        with write(self._database, self._actor_of(piece)) as work:
            began = time.monotonic()
            if self._is_outdated(work.session):
                return False
            work.tell_no_additions()  # A whole directory is not news to those who are in it.
            for kind, some in groupby(piece, key=lambda step: step.kind):
                kind.save(work, [step.target for step in some])
            work.follow()
            position = journal.read_position(work.session)
        self._position = position
        self._saved |= {(step.kind.name, step.kind.key(step.target)) for step in piece}
        self._adapt(time.monotonic() - began)
        return True

    def _actor_of(self, piece: Sequence[_Step]) -> Principal:
        """Return the actor; of many accounts together it has been asked whether they may move."""
        is_foreseen = len(piece) < self._step_count and not any(s.kind is _GROUP for s in piece)
        return replace(self._actor, confirmed=True) if is_foreseen else self._actor

    def _adapt(self, seconds: float) -> None:
        """Let the next piece take about as long as a piece is to take."""
        fitting = int(self._size * min(2.0, _LOCK_SECONDS / max(seconds, 0.001)))
        self._size = max(_SMALLEST, min(_LARGEST, fitting))

    def _is_outdated(self, session: Session) -> bool:
        if journal.read_position(session).epoch != self._position.epoch:
            return True
        return any(map(self._concerns_plan, _changes_since(session, self._position.last)))

    def _concerns_plan(self, change: Change) -> bool:
        if change.subject is Subject.POPULARITY:
            return False
        return change.subject is Subject.DOMAIN or change.address in self._named


def _changes_since(session: Session, sequence: int) -> Iterator[Change]:
    while entries := journal.read_since(session, sequence):
        yield from (entry.change for entry in entries)
        sequence = entries[-1].sequence


def _named_addresses(plan: ImportPlan) -> set[str]:
    """Return every normalised address that the plan depends on."""
    named = {each.address for each in (*plan.new_accounts, *plan.changed_accounts)}
    for alias in (*plan.new_aliases, *plan.changed_aliases):
        named |= {alias.address, alias.account}
    named.update(address for address, _ in plan.administrators)
    for address, group in plan.groups:
        named.add(address)
        named.update(*group.roles.values())
    return named


def _require_rights(actor: Principal, plan: ImportPlan) -> None:
    """See that nothing of the plan is refused, before any of it is saved."""
    domains = {*plan.managed_domains, *plan.domains, *(domain for domain, _ in plan.departments)}
    domains |= {domain for _, domain in plan.administrators if domain is not None}
    for domain in sorted(domains):
        authority.require(actor, Right.MANAGE_DOMAIN, domain)
    if any(domain is None for _, domain in plan.administrators):
        authority.require(actor, Right.APPOINT_SUPER_ADMINISTRATORS, None)


def _steps(plan: ImportPlan) -> Iterator[_Step]:
    """Yield all changes in an order in which each needs only those before it."""
    for kind, targets in (
        (_DOMAIN, plan.domains),
        (_DEPARTMENT, plan.departments),
        (_NEW_ACCOUNT, plan.new_accounts),
        (_CHANGED_ACCOUNT, plan.changed_accounts),
        (_NEW_ALIAS, plan.new_aliases),
        (_CHANGED_ALIAS, plan.changed_aliases),
        (_ADMINISTRATOR, plan.administrators),
        (_GROUP, plan.groups),
    ):
        for target in targets:
            yield _Step(kind, target)


def _ensure_domains(work: Work, names: Sequence[str]) -> None:
    for name in names:
        ensure_domain_in(work, name)


def _ensure_departments(work: Work, departments: Sequence[tuple[str, str]]) -> None:
    domains = {row.name: row for row in work.session.scalars(select(DomainRow))}
    for domain, path in departments:
        ensure_department_in(work, domains[domain], path)


def _add_accounts(work: Work, targets: Sequence[AccountTarget]) -> None:
    """Add accounts at once; one by one would take minutes for a large file.

    The merge has checked them as ``ensure_account_in`` does, and the primary key of the claimed
    addresses holds in any case.
    """
    columns = _AccountColumns(work.session)
    claim_all(work.session, [each.address for each in targets], "account")
    rows = [{**columns.of(each), "original": each.original} for each in targets]
    insert_rows(work.session, Account, rows)
    added = select(Account.id, Account.domain_id, Account.address)
    wanted = {each.address: attributes_among(each.values) for each in targets}
    attributes = {}
    for row in rows_where(work.session, added, Account.address, wanted):
        attributes[row.id] = wanted[row.address]
        work.changed_account(row)
    replace_attributes(work.session, {id_: each for id_, each in attributes.items() if each})


def _change_accounts(work: Work, targets: Sequence[AccountTarget]) -> None:
    columns = _AccountColumns(work.session)
    wanted = {each.address: each for each in targets}
    closed, attributes = [], {}
    for row in scalars_where(work.session, select(Account), Account.address, wanted):
        for name, value in columns.of(wanted[row.address]).items():
            setattr(row, name, value)
        attributes[row.id] = attributes_among(wanted[row.address].values)
        work.changed_account(row)
        closed += [] if row.active else [row.address]
    replace_attributes(work.session, attributes)
    closed += scalars_where(work.session, _ALIASES_OF, Account.address, list(closed))
    for some in chunked(closed):
        appoint_successors_in(work, teams_owned_by(work.session, *some))


def _add_aliases(work: Work, targets: Sequence[AliasTarget]) -> None:
    """Add aliases at once, as with accounts."""
    domains = _domain_ids(work.session)
    claim_all(work.session, [each.address for each in targets], "alias")
    accounts = _account_ids(work.session, {each.account for each in targets})
    for each in targets:
        alias = Alias(
            address=each.address,
            original=each.original,
            domain_id=domains[each.address.rpartition("@")[2]],
            account_id=accounts[each.account],
        )
        work.session.add(alias)
        work.changed_alias(alias)
    work.session.flush()


def _change_aliases(work: Work, targets: Sequence[AliasTarget]) -> None:
    for each in targets:
        ensure_alias_in(work, each.original, each.account)


def _appoint_administrators(work: Work, targets: Sequence[tuple[str, str | None]]) -> None:
    for address, administered in targets:
        appoint_administrator_in(work, address, administered)


def _write_groups(work: Work, targets: Sequence[tuple[str, GroupSnapshot]]) -> None:
    stored = groups_by_address(work.session, [address for address, _ in targets])
    new = {address: snapshot for address, snapshot in targets if address not in stored}
    typed = {address: each.roles[MemberRole.MEMBER] for address, each in new.items()}
    create_groups_in(work, [_draft(each) for each in new.values()], typed)
    for address, snapshot in targets:
        if address in stored:
            update_group_in(work, stored[address], _draft(snapshot))
    _write_last_days(work, targets, new)


def _write_last_days(
    work: Work, targets: Sequence[tuple[str, GroupSnapshot]], new: Collection[str]
) -> None:
    wanted = {
        address: snapshot.last_days
        for address, snapshot in targets
        if snapshot.last_days or address not in new
    }
    for address, group in groups_by_address(work.session, list(wanted)).items():
        replace_last_days_in(work, group, wanted[address])


def _weigh_account(target: AccountTarget) -> int:
    return 1 + len(attributes_among(target.values))


def _weigh_group(target: tuple[str, GroupSnapshot]) -> int:
    """Return about how many rows a group writes; how many members are derived nobody knows yet."""
    _, snapshot = target
    derived = _DERIVED_ROWS if snapshot.is_derived else 0
    return 1 + derived + sum(map(len, snapshot.roles.values()))


def _domain_ids(session: Session) -> dict[str, int]:
    return {row.name: row.id for row in session.execute(select(DomainRow.name, DomainRow.id))}


def _account_ids(session: Session, addresses: Collection[str]) -> dict[str, int]:
    statement = select(Account.address, Account.id)
    rows = rows_where(session, statement, Account.address, addresses)
    return {row.address: row.id for row in rows}


class _AccountColumns:
    """Turns values into columns: names of domains and departments into their ids."""

    def __init__(self, session: Session) -> None:
        self._domains = _domain_ids(session)
        rows = session.execute(select(Department.domain_id, Department.path, Department.id))
        self._departments = {(domain_id, path): id_ for domain_id, path, id_ in rows}

    def of(self, target: AccountTarget) -> dict[str, object]:
        domain_id = self._domains[target.address.rpartition("@")[2]]
        department = target.values["department"]
        values = {
            name: value
            for name, value in target.values.items()
            if name != "department" and not name.startswith(PREFIX)
        }
        names = {name: str(values[name]) for name in ("display_name", "title", "location")}
        return {
            **values,
            **folded_columns(target.address, **names),
            "address": target.address,
            "domain_id": domain_id,
            "department_id": self._departments[domain_id, str(department)] if department else None,
        }


def _draft(snapshot: GroupSnapshot) -> GroupDraft:
    return GroupDraft(
        address=snapshot.original,
        settings=snapshot.settings,
        members=None if snapshot.is_derived else tuple(snapshot.roles[MemberRole.MEMBER].values()),
        owners=tuple(snapshot.roles[MemberRole.OWNER].values()),
        moderators=tuple(snapshot.roles[MemberRole.MODERATOR].values()),
        allowed_senders=tuple(snapshot.roles[MemberRole.ALLOWED_SENDER].values()),
        always_members=_pins(snapshot, MemberRole.ALWAYS_MEMBER),
        never_members=_pins(snapshot, MemberRole.NEVER_MEMBER),
    )


def _pins(snapshot: GroupSnapshot, role: MemberRole) -> tuple[str, ...]:
    """Return who is pinned; a group that the files make a named one keeps none."""
    return tuple(snapshot.roles[role].values()) if snapshot.is_derived else ()


_DOMAIN = _Kind("domain", _ensure_domains, str)
_DEPARTMENT = _Kind("department", _ensure_departments, lambda each: f"{each[1]} ({each[0]})")
_NEW_ACCOUNT = _Kind("account", _add_accounts, lambda each: each.original, _weigh_account)
_CHANGED_ACCOUNT = _Kind("account", _change_accounts, lambda each: each.original, _weigh_account)
_NEW_ALIAS = _Kind("alias", _add_aliases, lambda each: str(each.original))
_CHANGED_ALIAS = _Kind("alias", _change_aliases, lambda each: str(each.original))
_ADMINISTRATOR = _Kind("administrator", _appoint_administrators, lambda each: str(each[0]))
_GROUP = _Kind("group", _write_groups, lambda each: str(each[1].original), _weigh_group)
