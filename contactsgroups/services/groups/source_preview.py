"""Whom a department or a rule would select, before it is saved."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, normalise_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import InvalidAddress, InvalidInput
from contactsgroups.domain.group import GroupKind, GroupSettings
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.rule_text import attributes_named
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, DomainRow, Group, Member
from contactsgroups.persistence.queries import account_facts, rows_where
from contactsgroups.services.accounts import domains
from contactsgroups.services.accounts.attributes import names_in_use
from contactsgroups.services.accounts.departments import find_department
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.groups.drafts import ROLE_LIMIT
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work.selection import Source

NAMED = 10
"""How many of those who would enter or leave are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedMember:
    """One who would enter or leave; an address that is no account has no name."""

    address: str
    name: str

    @property
    def shown_name(self) -> str:
        """The name, or the address of whom has none."""
        return self.name or self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePreview:
    """What a department or a rule would make of a group.

    Attributes:
        count: how many members there would be.
        before: how many there are.
        added: how many would enter.
        removed: how many would leave.
        entering: the first of those, by address; at most :data:`NAMED`.
        leaving: likewise.
        accounts: among how many active accounts was counted.
        remarks: what the rule asks for and nobody has: nothing is wrong with it.
    """

    count: int
    before: int
    added: int
    removed: int
    entering: tuple[PreviewedMember, ...]
    leaving: tuple[PreviewedMember, ...]
    accounts: int
    remarks: tuple[Sentence, ...] = ()


def preview_source(
    database: Database,
    actor: Principal,
    settings: GroupSettings,
    *,
    uuid: str = "",
    address: str = "",
    always: Sequence[str] = (),
    never: Sequence[str] = (),
) -> SourcePreview:
    """Return whom the department or the rule of settings selects, beside who is in the group now.

    Args:
        settings: as they would be saved; only where members come from counts.
        uuid: the group; empty for a new one.
        always: accounts that are to be in whatever the source says, as typed.
        never: accounts that are not; it counts more.
        address: of a new group, as far as it is typed: its domain says among whom to look.

    Raises:
        InvalidRule: with the place of the fault.
        InvalidInput: the kind is not one that follows the directory, or a field is faulty.
        DomainNotFound, DepartmentNotFound, GroupNotFound
        NotPermitted: the actor may not say where the members come from.
    """
    with database.read() as session:
        group = _require_group(session, actor, uuid) if uuid else None
        domain = group.domain if group else _require_domain(session, actor, address)
        source = _checked_source(session, domain, settings)
        source = replace(source, always=_keys(always), never=_keys(never))
        stored = _members_of(session, group)
        found = _compare(session, domain, source, stored)
        if source.kind != GroupKind.DYNAMIC:
            return found
        return replace(found, remarks=tuple(_remarks(session, domain, settings.rule)))


def _require_group(session: Session, actor: Principal, uuid: str) -> Group:
    group = require_group(session, uuid)
    require_in_group(session, actor, Right.CHANGE_SOURCE, group)
    return group


def _require_domain(session: Session, actor: Principal, address: str) -> DomainRow:
    """Return the domain of a new group; its local part may not be typed yet."""
    name = address.rpartition("@")[2].strip() if "@" in address else ""
    if not name:
        raise InvalidInput("type the address first: its domain says who can be in", field="address")
    domain = normalise_domain(name)
    authority.require(actor, Right.CREATE_GROUP, domain)
    return domains.require_domain(session, domain)


def _checked_source(session: Session, domain: DomainRow, settings: GroupSettings) -> Source:
    if settings.kind not in {GroupKind.DEPARTMENT, GroupKind.DYNAMIC}:
        raise InvalidInput("members of this kind of group are named one by one", field="kind")
    other = "rule" if settings.kind == GroupKind.DEPARTMENT else "department"
    # Nothing else of the form is looked at while it is being filled in.
    alone = GroupSettings(kind=settings.kind).changed(
        {"department": settings.department, "rule": settings.rule, other: ""}
    )
    checked = alone.checked()
    path = checked.department
    if path:
        path = find_department(session, domain, path).path
    return Source(kind=checked.kind, department=path, rule=checked.rule)


def _keys(texts: Sequence[str]) -> set[str]:
    """Return the addresses among texts; one that is half typed is nobody's yet."""
    found = set()
    for text in texts[:ROLE_LIMIT]:
        with suppress(InvalidAddress):
            found.add(str(Address.parse(text)))
    return found


def _members_of(session: Session, group: Group | None) -> set[str]:
    if group is None:
        return set()
    return set(session.scalars(select(Member.address).where(Member.group_id == group.id)))


def _remarks(session: Session, domain: DomainRow, rule: str) -> Iterator[Sentence]:
    """Say which attributes nobody in the domain has, each where the rule names it first."""
    first = {each.name: each for each in reversed(attributes_named(rule))}
    used = names_in_use(session, domain.id, first)
    for name, line, column in sorted(first.values(), key=lambda each: each[1:]):
        if name not in used:
            yield Sentence(
                "no account here has the attribute {name} (line {line}, column {column})",
                name=name,
                line=line,
                column=column,
            )


def _compare(
    session: Session, domain: DomainRow, source: Source, stored: set[str]
) -> SourcePreview:
    selects = source.selector()
    wanted, accounts = set(), 0
    here = Account.domain_id == domain.id
    for person in account_facts(session, here, attributes=source.attributes):
        accounts += person.active
        if selects(person):
            wanted.add(person.address)
    entering, leaving = wanted - stored, stored - wanted
    return SourcePreview(
        count=len(wanted),
        before=len(stored),
        added=len(entering),
        removed=len(leaving),
        entering=first_named(session, entering),
        leaving=first_named(session, leaving),
        accounts=accounts,
    )


def first_named(session: Session, addresses: Collection[str]) -> tuple[PreviewedMember, ...]:
    """Return the first of these addresses, by address, with the names of accounts."""
    first = sorted(addresses)[:NAMED]
    statement = select(Account.address, Account.original, Account.display_name)
    known = {row.address: row for row in rows_where(session, statement, Account.address, first)}
    return tuple(
        PreviewedMember(address=known[each].original, name=known[each].display_name)
        if each in known
        else PreviewedMember(address=each, name="")
        for each in first
    )
