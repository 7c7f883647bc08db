"""Create, change and remove mail groups."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, display_address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import (
    InvalidInput,
    MembersAreDerived,
    MembersWouldLeave,
    NoMembers,
    StaleVersion,
)
from contactsgroups.domain.group import PINS, GroupKind, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Moment
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow, Group, GroupRole, Member
from contactsgroups.services import pictures
from contactsgroups.services.accounts import addresses, domains
from contactsgroups.services.accounts.addresses import remove_from_groups_in
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.groups.draft_faults import saying_all_faults
from contactsgroups.services.groups.drafts import GroupDraft, refuse_too_many
from contactsgroups.services.groups.group_snapshots import keep_in
from contactsgroups.services.groups.kept_members import (
    bring_members_back_in,
    forget_kept_members_in,
    keep_members_in,
    rename_kept_address_in,
)
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.members import replace_members_in
from contactsgroups.services.groups.pins import find_pin_faults
from contactsgroups.services.groups.reading import GroupDetails, details_of
from contactsgroups.services.groups.responsible import require_responsible_in, responsible_for
from contactsgroups.services.groups.stored_settings import settings_of, store_settings
from contactsgroups.services.unit_of_work import Work, derivation, write


def create_group(database: Database, actor: Principal, draft: GroupDraft) -> GroupDetails:
    """Create a group.

    Raises:
        InvalidInput, DomainNotFound, AddressInUse, MembershipCycle, NoMembers, SeveralFaults,
        NotPermitted: nothing was changed.
    """
    refuse_too_many(draft)
    with saying_all_faults(database, actor, draft):
        _require_creator(actor, draft)
        ready = _with_small_picture(draft)
        with write(database, actor) as work:
            group = create_group_in(work, ready)
            require_responsible_in(work, group)
            work.follow()
            return details_of(group)


def create_group_in(work: Work, draft: GroupDraft, right: Right = Right.CREATE_GROUP) -> Group:
    """Create a group within a unit of work; its picture must be small already.

    Args:
        right: what the actor needs; to create a team takes less, where the domain allows it.
    """
    address = Address.parse(draft.address, field="address")
    authority.require(work.actor, right, address.domain)
    domain = domains.require_domain(work.session, address.domain)
    group = _new_group(work, address, domain, draft)
    addresses.claim(work.session, address, "group")
    work.session.add(group)
    work.session.flush()
    _fill_members(work, group, draft)
    if not GroupKind(group.kind).is_derived and not group.members:
        raise NoMembers("a group needs at least one member")
    return group


def create_groups_in(
    work: Work, drafts: Sequence[GroupDraft], members: Mapping[str, Mapping[str, str]]
) -> None:
    """Create many groups whose addresses and members were checked before, in few statements.

    Args:
        members: address to original, of each group that does not follow the directory, by its
            normalised address; what the drafts say of members does not count.

    Raises:
        InvalidInput, DomainNotFound, NotPermitted: nothing was changed.
    """
    served: dict[str, DomainRow] = {}
    groups = []
    for draft in drafts:
        address = Address.parse(draft.address, field="address")
        if address.domain not in served:
            authority.require(work.actor, Right.CREATE_GROUP, address.domain)
            served[address.domain] = domains.require_domain(work.session, address.domain)
        groups.append(_new_group(work, address, served[address.domain], draft))
    addresses.claim_all(work.session, [group.address for group in groups], "group")
    work.session.add_all(groups)
    work.session.flush()
    typed = [group for group in groups if not GroupKind(group.kind).is_derived]
    derivation.insert_all_members(
        work.session, {group.id: members[group.address] for group in typed}
    )
    for group in groups:
        if GroupKind(group.kind).is_derived:
            derivation.derive_all(work.session, group)
        work.changed_group(group)


def update_group(
    database: Database, actor: Principal, uuid: str, version: int, draft: GroupDraft
) -> GroupDetails:
    """Change a group that was read at ``version``.

    Raises:
        StaleVersion: another principal saved in the meantime.
        MembersWouldLeave: see :class:`GroupDraft`.
        GroupNotFound, InvalidInput, AddressInUse, MembershipCycle, NoMembers, SeveralFaults,
        NotPermitted: nothing was changed.
    """
    _require_editor(database, actor, uuid, draft)
    with saying_all_faults(database, actor, draft, uuid=uuid):
        ready = _with_small_picture(draft)
        with write(database, actor) as work:
            group = require_group(work.session, uuid)
            require_in_group(work.session, actor, Right.EDIT_SETTINGS, group)
            _require_version(group, version)
            before = responsible_for(group), settings_of(group)
            members = _members_at_stake(group, ready)
            update_group_in(work, group, ready)
            require_responsible_in(work, group, *before)
            work.follow()
            _ask_about(group, members, draft.may_leave)
            return details_of(group)


def update_group_in(work: Work, group: Group, draft: GroupDraft) -> Group:
    """Change a group within a unit of work; its picture must be small already.

    One that has lost its last member, with an account, can still be changed and disabled.
    """
    former_address, former_source = group.address, _source_of(group)
    former_kind = GroupKind(group.kind)
    if draft.address != group.original:
        _rename(work, group, Address.parse(draft.address, field="address"))
    _fill(work, group, group.domain, draft)
    if _source_of(group) != former_source:
        require_in_group(work.session, work.actor, Right.CHANGE_SOURCE, group)
    group.version += 1
    work.session.flush()
    _keep_or_bring_back(work, group, draft, former_kind)
    _fill_members(work, group, draft)
    work.changed_group(group, former_address=former_address)
    return group


def _keep_or_bring_back(work: Work, group: Group, draft: GroupDraft, former: GroupKind) -> None:
    """Keep typed members that give way to the directory's, until the kind is changed back."""
    kind = GroupKind(group.kind)
    if former.is_named and kind.is_derived:
        keep_members_in(work, group)
    elif former.is_derived and kind.is_named and draft.members is None:
        bring_members_back_in(work, group)
    elif kind.is_named:
        forget_kept_members_in(work, group)


def _members_at_stake(group: Group, draft: GroupDraft) -> set[str] | None:
    """Return the members whom another kind may replace, if that is to be asked about."""
    wanted = draft.settings.kind
    if not draft.asks_first or wanted not in list(GroupKind):
        return None
    if GroupKind(wanted).is_named == GroupKind(group.kind).is_named:
        return None
    return {member.address for member in group.members}


def _ask_about(group: Group, before: set[str] | None, agreed: int) -> None:
    """Refuse to replace members without a word.

    Raises:
        MembersWouldLeave: some of those before are no members now, and not as many as agreed.
    """
    if before is None:
        return
    now = {member.address for member in group.members}
    leaving = before - now
    if leaving and len(leaving) != agreed:
        back = len(now) if GroupKind(group.kind).is_named else 0
        raise MembersWouldLeave(group.original, leaving=len(leaving), back=back)


def remove_group(
    database: Database, actor: Principal, uuid: str, *, version: int | None = None
) -> None:
    """Remove a group; groups that contain it lose it as a member.

    For a time it can be restored, and its address is nobody else's (see ``deleted_groups``).

    Args:
        version: at which it was read; None to remove it whoever saved since.

    Raises:
        StaleVersion: another principal saved in the meantime.
        GroupNotFound, NotPermitted: nothing was changed.
    """
    with write(database, actor) as work:
        group = require_group(work.session, uuid)
        require_in_group(work.session, actor, Right.DELETE_GROUP, group)
        if version is not None:
            _require_version(group, version)
        remove_group_in(work, group)


def remove_group_in(work: Work, group: Group) -> None:
    """Remove a group within a unit of work."""
    require_in_group(work.session, work.actor, Right.DELETE_GROUP, group)
    work.deleted_group(group)
    keep_in(work, group)
    remove_from_groups_in(work, group.address)
    work.session.expire(group, ["members", "roles"])  # It may have been named in itself.
    work.session.delete(group)
    work.session.flush()
    addresses.reserve(work.session, group.address)


def draft_like(stored: GroupDetails) -> GroupDraft:
    """Return a draft that changes nothing."""
    return GroupDraft(
        address=stored.original,
        settings=stored.settings,
        owners=stored.owners,
        moderators=stored.moderators,
        allowed_senders=stored.allowed_senders,
        always_members=stored.always_members,
        never_members=stored.never_members,
    )


def _require_creator(actor: Principal, draft: GroupDraft) -> None:
    """Ask for the right before a picture is read, which takes long; it is asked for again."""
    authority.require_writing(actor)
    address = Address.parse(draft.address, field="address")
    authority.require(actor, Right.CREATE_GROUP, address.domain)


def _require_editor(database: Database, actor: Principal, uuid: str, draft: GroupDraft) -> None:
    """Ask before what takes long, which other drafts have nothing of; it is asked for again.

    That is a picture, or more addresses than anybody types.
    """
    authority.require_writing(actor)
    if not draft.picture and not draft.has_long_roles:
        return
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.EDIT_SETTINGS, group)
        refuse_too_many(draft, {(row.role, row.original) for row in group.roles})


def _require_version(group: Group, version: int) -> None:
    if group.version != version:
        raise StaleVersion(
            group.address,
            changed_by=group.updated_by,
            changed_at=Moment(group.updated_at),
        )


def _source_of(group: Group) -> tuple[object, ...]:
    """Return what only those may change who may say where members come from."""
    department = group.department.path if group.department else ""
    pins = frozenset(key for key in _roles_of(group) if key[0] in PINS)
    return group.address, group.kind, department, group.rule, pins


def _roles_of(group: Group) -> frozenset[tuple[str, str]]:
    return frozenset((row.role, row.address) for row in group.roles)


def _with_small_picture(draft: GroupDraft) -> GroupDraft:
    """Return the draft as it can be saved; this takes longer than the lock may be held."""
    return replace(draft, picture=pictures.normalise(draft.picture)) if draft.picture else draft


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
    rename_kept_address_in(work, former_address, address)
    addresses.release(work.session, former_address)


def _rename_member(work: Work, former_address: str, address: Address) -> None:
    """Let memberships and roles follow; where the new address has the same already, one is left."""
    session = work.session
    same = select(Member).where(Member.address == str(address))
    for member in session.scalars(select(Member).where(Member.address == former_address)).all():
        _replace(session, member, same.where(Member.group_id == member.group_id), address)
        work.changed_group(member.group)
    same_role = select(GroupRole).where(GroupRole.address == str(address))
    for role in session.scalars(select(GroupRole).where(GroupRole.address == former_address)).all():
        place = GroupRole.group_id == role.group_id, GroupRole.role == role.role
        _replace(session, role, same_role.where(*place), address)


def _replace(
    session: Session, row: Member | GroupRole, same: Select[Any], address: Address
) -> None:
    """Give a row another address, in place of a row that has it."""
    if (replaced := session.scalar(same)) is not None:
        session.delete(replaced)
        session.flush()
    row.address, row.original = str(address), address.original


def _new_group(work: Work, address: Address, domain: DomainRow, draft: GroupDraft) -> Group:
    """Return a group without members that is not in the session yet."""
    group = Group(
        address=str(address),
        original=address.original,
        domain_id=domain.id,
        applicant=str(work.actor.address),
    )
    _fill(work, group, domain, draft)
    return group


def _fill(work: Work, group: Group, domain: DomainRow, draft: GroupDraft) -> None:
    """Copy the draft's checked values to the group, members and address excepted."""
    store_settings(work.session, group, domain, draft.settings)
    before = _roles_of(group)
    _fill_roles(group, draft)
    named, kind = _roles_of(group), GroupKind(group.kind)
    for fault in find_pin_faults(work.session, domain.id, kind, named, before):
        raise fault
    if draft.picture is not None:
        pictures.replace_picture(group, draft.picture or None)
    shown = display_address(group.address)
    group.search_text = fold(f"{group.address} {shown} {group.original} {group.display_name}")
    group.name_folded = fold(group.display_name or shown)[:255]
    group.updated_at, group.updated_by = datetime.now(UTC), str(work.actor.address)


def _fill_roles(group: Group, draft: GroupDraft) -> None:
    """Give a group exactly these roles; what is stored already is not read as typed again."""
    stored = {(row.role, row.original): row for row in group.roles}
    wanted: dict[tuple[str, str], GroupRole] = {}
    for role, texts in draft.roles.items():
        for text in texts:
            row = stored.get((role, text)) or _new_role(role, text)
            wanted.setdefault((role, row.address), row)
    kept = {
        (row.role, row.address): row for row in group.roles if (row.role, row.address) in wanted
    }
    group.roles = [*kept.values(), *(row for key, row in wanted.items() if key not in kept)]


def _new_role(role: Role, text: str) -> GroupRole:
    address = Address.parse(text, field=f"{role}s")
    return GroupRole(role=role, address=str(address), original=address.original)


def _fill_members(work: Work, group: Group, draft: GroupDraft) -> None:
    """Give a group the members that the draft has, or that the directory says."""
    if GroupKind(group.kind).is_derived:
        if draft.members:
            raise MembersAreDerived("members of this kind of group follow the directory")
        derivation.derive_all(work.session, group)
    elif draft.members is not None:
        replace_members_in(work, group, draft.members)
    work.session.flush()
    work.changed_group(group)
