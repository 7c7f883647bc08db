"""Create, change, delete, find and list mail groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import delete, select

from contactsgroups.domain.address import Address, display_domain
from contactsgroups.domain.errors import (
    InvalidInput,
    MembersAreDerived,
    NoMembers,
    StaleVersion,
)
from contactsgroups.domain.group import GroupKind, GroupSwitches, PostingPolicy, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.rule import Rule
from contactsgroups.domain.text import clean_description, clean_name
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow, Group, GroupRole, Member
from contactsgroups.persistence.queries import contains
from contactsgroups.services import addresses, derivation, pictures
from contactsgroups.services.directory import find_department, forget_member
from contactsgroups.services.group_search import require_group, require_group_by_address
from contactsgroups.services.members import put_members
from contactsgroups.services.work import Work, write

PAGE_LIMIT = 200

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """What a group is to be, as somebody typed it; checked when it is saved.

    ``department`` is a path, for department groups; ``rule`` is for dynamic groups.  ``members``
    of None leaves them as they are; they must be given for a new static group or team.
    ``picture``: None leaves it as it is, ``b""`` takes it away.
    """

    address: str
    display_name: str
    description: str = ""
    kind: str = GroupKind.STATIC
    posting_policy: str = PostingPolicy.SAME_DOMAIN
    switches: GroupSwitches = field(default_factory=GroupSwitches)
    department: str = ""
    rule: str = ""
    members: Sequence[str] | None = None
    owners: Sequence[str] = ()
    moderators: Sequence[str] = ()
    allowed_senders: Sequence[str] = ()
    picture: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """What a list shows of a group."""

    uuid: str
    address: str
    original: str
    domain: str
    display_name: str
    description: str
    kind: str
    posting_policy: str
    switches: GroupSwitches
    recipient_count: int
    external_count: int
    picture_version: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDetails(GroupSummary):
    """All of a group but its members, who may be many (see ``members.list_members``)."""

    department: str
    rule: str
    applicant: str
    owners: tuple[str, ...]
    moderators: tuple[str, ...]
    allowed_senders: tuple[str, ...]
    has_own_picture: bool
    created_at: datetime
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class GroupPage:
    """Groups in the order of their addresses; ``next_after`` asks for the next page."""

    groups: tuple[GroupSummary, ...]
    next_after: str | None


def create_group(database: Database, actor: Principal, draft: GroupDraft) -> GroupDetails:
    """Create a group.

    Raises:
        InvalidInput, DomainNotFound, AddressInUse, MembershipCycle, NoMembers, NotPermitted:
            nothing was changed.
    """
    with write(database, actor) as work:
        uuid = put_group(work, draft).uuid
    return show_group(database, actor, uuid)


def put_group(work: Work, draft: GroupDraft) -> Group:
    """Create a group within a unit of work."""
    address = Address.parse(draft.address)
    work.actor.require_management(address.domain)
    domain = addresses.require_domain(work.session, address.domain)
    group = Group(
        address=str(address),
        original=address.original,
        domain_id=domain.id,
        applicant=str(work.actor.address),
    )
    _fill(work, group, domain, draft)
    addresses.claim(work.session, address, "group")
    work.session.add(group)
    work.session.flush()
    _fill_members(work, group, draft)
    work.audit("create group", group.address, **_auditable(draft))
    return group


def update_group(
    database: Database, actor: Principal, uuid: str, version: int, draft: GroupDraft
) -> GroupDetails:
    """Change a group that was read at ``version``.

    Raises:
        StaleVersion: somebody else saved in the meantime.
        GroupNotFound, InvalidInput, AddressInUse, MembershipCycle, NoMembers, NotPermitted:
            nothing was changed.
    """
    with write(database, actor) as work:
        group = require_group(work.session, uuid)
        actor.require_management(group.domain.name)
        if group.version != version:
            raise StaleVersion(
                group.address,
                changed_by=group.updated_by,
                changed_at=f"{group.updated_at:%Y-%m-%d %H:%M:%S} UTC",
            )
        change_group(work, group, draft)
    return show_group(database, actor, uuid)


def change_group(work: Work, group: Group, draft: GroupDraft) -> Group:
    """Change a group within a unit of work."""
    former_address = group.address
    _rename(work, group, Address.parse(draft.address))
    _fill(work, group, group.domain, draft)
    group.version += 1
    work.session.flush()
    _fill_members(work, group, draft)
    work.changed_group(group, former_address=former_address)
    work.audit("change group", group.address, **_auditable(draft))
    return group


def delete_group(database: Database, actor: Principal, uuid: str) -> None:
    """Delete a group; groups that contain it lose it as a member.

    Raises:
        GroupNotFound, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        drop_group(work, require_group(work.session, uuid))


def drop_group(work: Work, group: Group) -> None:
    """Delete a group within a unit of work."""
    work.actor.require_management(group.domain.name)
    work.deleted_group(group)
    work.audit("delete group", group.address, members=[each.address for each in group.members])
    forget_member(work, group.address)
    work.session.delete(group)
    work.session.flush()
    addresses.release(work.session, group.address)


def show_group(database: Database, actor: Principal, uuid: str) -> GroupDetails:
    """Return a group that this principal administers.

    Raises:
        GroupNotFound, NotPermitted
    """
    with database.read() as session:
        group = require_group(session, uuid)
        actor.require_management(group.domain.name)
        return _details(group)


def find_group(database: Database, actor: Principal, address: str) -> GroupDetails:
    """Return a group that this principal administers by its address."""
    with database.read() as session:
        group = require_group_by_address(session, address)
        actor.require_management(group.domain.name)
        return _details(group)


def list_groups(
    database: Database,
    actor: Principal,
    *,
    search: str = "",
    after: str = "",
    limit: int = 50,
) -> GroupPage:
    """Return the groups that this principal administers, a page at a time.

    Args:
        search: words that the address, the name or a member's address contains.
        after: the address that the page begins behind (keyset paging).
    """
    wanted = max(1, min(limit, PAGE_LIMIT))
    statement = select(Group).where(Group.address > after).order_by(Group.address)
    if actor.managed_domains is not None:
        statement = statement.join(DomainRow).where(DomainRow.name.in_(actor.managed_domains))
    with database.read() as session:
        rows = list(session.scalars(contains(statement, search).limit(wanted + 1)))
        page = tuple(_summary(group) for group in rows[:wanted])
    return GroupPage(page, page[-1].address if len(rows) > wanted else None)


def _rename(work: Work, group: Group, address: Address) -> None:
    """Give a group another address in the same domain; groups that contain it follow."""
    if str(address) == group.address:
        group.original = address.original
        return
    if address.domain != group.domain.name:
        raise InvalidInput("a group cannot move to another domain", field="address")
    former_address = group.address
    addresses.claim(work.session, address, "group")
    group.address, group.original = str(address), address.original
    work.session.flush()
    _rename_member(work, former_address, address)
    addresses.release(work.session, former_address)


def _rename_member(work: Work, former_address: str, address: Address) -> None:
    """Let memberships and roles follow; what stood there of the new address before is replaced."""
    rows: list[Any] = []
    for table in (Member, GroupRole):
        work.session.execute(delete(table).where(table.address == str(address)))
    for table in (Member, GroupRole):
        rows += work.session.scalars(select(table).where(table.address == former_address))
    for row in rows:
        row.address, row.original = str(address), address.original


def _fill(work: Work, group: Group, domain: DomainRow, draft: GroupDraft) -> None:
    """Copy the draft's checked values to the group, members and address excepted."""
    kind = _choice(GroupKind, draft.kind, "kind")
    policy = _choice(PostingPolicy, draft.posting_policy, "posting_policy")
    group.display_name = clean_name(draft.display_name, field="display_name")
    group.description = clean_description(draft.description)
    group.kind, group.posting_policy = kind, policy
    for name, value in _switches_of(draft.switches).items():
        setattr(group, name, value)
    _fill_derivation(work, group, kind, domain, draft)
    _fill_roles(group, draft)
    if draft.picture is not None:
        group.picture = pictures.normalise(draft.picture) if draft.picture else None
    group.search_text = f"{group.address} {group.original} {group.display_name}".casefold()
    group.updated_at, group.updated_by = datetime.now(UTC), str(work.actor.address)


def _fill_derivation(
    work: Work, group: Group, kind: GroupKind, domain: DomainRow, draft: GroupDraft
) -> None:
    group.department_id, group.rule = None, ""
    if kind is GroupKind.DEPARTMENT:
        if not draft.department:
            raise InvalidInput("a department group needs a department", field="department")
        group.department_id = find_department(work.session, domain, draft.department).id
    elif kind is GroupKind.DYNAMIC:
        group.rule = str(Rule.parse(draft.rule))


def _fill_roles(group: Group, draft: GroupDraft) -> None:
    wanted = {
        (role, str(address)): address
        for role, texts in _roles_of(draft).items()
        for address in (Address.parse(text, field=f"{role}s") for text in texts)
    }
    group.roles = [row for row in group.roles if (row.role, row.address) in wanted]
    stored = {(row.role, row.address) for row in group.roles}
    group.roles.extend(
        GroupRole(role=role, address=key, original=address.original)
        for (role, key), address in wanted.items()
        if (role, key) not in stored
    )


def _fill_members(work: Work, group: Group, draft: GroupDraft) -> None:
    if GroupKind(group.kind).is_derived:
        if draft.members:
            raise MembersAreDerived("members of this kind of group follow the directory")
        derivation.derive_all(work.session, group)
    elif draft.members is not None:
        put_members(work, group, draft.members)
    if not GroupKind(group.kind).is_derived and not group.members:
        raise NoMembers("a group needs at least one member")
    work.session.flush()
    work.changed_group(group)


def _roles_of(draft: GroupDraft) -> Mapping[Role, Sequence[str]]:
    return {
        Role.OWNER: draft.owners,
        Role.MODERATOR: draft.moderators,
        Role.ALLOWED_SENDER: draft.allowed_senders,
    }


def _choice(choices: type[E], value: str, field: str) -> E:
    try:
        return choices(value)
    except ValueError:
        names = ", ".join(choices)
        raise InvalidInput(f"{field} must be one of {names}", field=field) from None


def _switches_of(row: Group | GroupSwitches) -> dict[str, bool]:
    return {name: getattr(row, name) for name in GroupSwitches.__dataclass_fields__}


def _auditable(draft: GroupDraft) -> dict[str, Any]:
    return {
        "display_name": draft.display_name,
        "kind": str(draft.kind),
        "posting_policy": str(draft.posting_policy),
        **_switches_of(draft.switches),
    }


def _summary_values(group: Group) -> dict[str, Any]:
    return {
        "uuid": group.uuid,
        "address": group.address,
        "original": group.original,
        "domain": display_domain(group.domain.name),
        "display_name": group.display_name,
        "description": group.description,
        "kind": group.kind,
        "posting_policy": group.posting_policy,
        "switches": GroupSwitches(**_switches_of(group)),
        "recipient_count": group.recipient_count,
        "external_count": group.external_count,
        "picture_version": pictures.version_of(group),
        "version": group.version,
    }


def _summary(group: Group) -> GroupSummary:
    return GroupSummary(**_summary_values(group))


def _details(group: Group) -> GroupDetails:
    roles: dict[str, list[str]] = {role: [] for role in Role}
    for row in group.roles:
        roles[row.role].append(row.original)
    return GroupDetails(
        **_summary_values(group),
        department=group.department.path if group.department else "",
        rule=group.rule,
        applicant=group.applicant,
        owners=tuple(roles[Role.OWNER]),
        moderators=tuple(roles[Role.MODERATOR]),
        allowed_senders=tuple(roles[Role.ALLOWED_SENDER]),
        has_own_picture=group.picture is not None,
        created_at=group.created_at,
        updated_at=group.updated_at,
        updated_by=group.updated_by,
    )
