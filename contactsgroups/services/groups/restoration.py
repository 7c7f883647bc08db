"""What comes back with a deleted group: its people, what it was told, and its place in others.

Much may have changed meanwhile.  What cannot be as it was is left out, and a note says so.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.membership_request import RequestState
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import (
    Account,
    Base,
    Group,
    GroupMail,
    GroupRole,
    KeptMember,
    Member,
    MembershipRequest,
)
from contactsgroups.persistence.queries import (
    holders,
    insert_rows,
    local_domain_names,
    scalars_where,
)
from contactsgroups.services.accounts.addresses import claimed_since
from contactsgroups.services.accounts.group_standing import groups_where, known_groups
from contactsgroups.services.accounts.succession import (
    any_active_account,
    appoint_successors_in,
    ids_with_owner,
)
from contactsgroups.services.groups.cycles import find_cycles
from contactsgroups.services.groups.group_snapshots import (
    Elsewhere,
    GroupSnapshot,
    Values,
    known_values,
)
from contactsgroups.services.groups.kept_members import fit_members
from contactsgroups.services.groups.last_days import ended_among, without_ended
from contactsgroups.services.unit_of_work import Work, derivation

_NAMED = 5  # addresses that a sentence names
_APPROVING = (Role.OWNER, Role.MODERATOR)


@dataclass(slots=True)
class Restored:
    """A group that is back; ``notes`` say what is not, one sentence each without a full stop."""

    uuid: str
    original: str
    notes: list[str] = field(default_factory=list)


def bring_back_in(
    work: Work, group: Group, snapshot: GroupSnapshot, deleted_at: datetime, report: Restored
) -> None:
    """Give a group that is stored again what belonged to it, and its place in other groups."""
    notes = _restore_roles_in(work, group, snapshot, deleted_at)  # Pins say who is a member.
    report.notes += _restore_members_in(work, group, snapshot, deleted_at) + notes
    _restore_requests_in(work, group, snapshot, deleted_at, report)
    _insert(work.session, GroupMail, group, snapshot.mail)
    _restore_place_in(work, group, snapshot, report)
    _look_after_in(work, group, report)


def _restore_roles_in(
    work: Work, group: Group, snapshot: GroupSnapshot, deleted_at: datetime
) -> list[str]:
    session = work.session
    current, ended = _without_ended(snapshot.roles)
    there = _present(session, {each["address"] for each in current}, deleted_at)
    kept, lost = _split(current, there)
    _insert(session, GroupRole, group, kept)
    session.expire(group, ["roles"])
    return [*told(_without_a_role, lost), *told(without_ended, ended)]


def _restore_members_in(
    work: Work, group: Group, snapshot: GroupSnapshot, deleted_at: datetime
) -> list[str]:
    session = work.session
    lost: list[str] = []
    ended: list[str] = []
    kept_there = _present(session, {each["address"] for each in snapshot.kept_members}, deleted_at)
    _insert(session, KeptMember, group, _split(snapshot.kept_members, kept_there)[0])
    if GroupKind(group.kind).is_derived:
        derivation.derive_all(session, group)
    else:
        current, ended = _without_ended(snapshot.members)
        there = _present(session, {each["address"] for each in current}, deleted_at)
        kept, lost = _split(current, fit_members(session, group, there))
        _insert(session, Member, group, kept)
    session.expire(group, ["members"])
    return [*told(_without_membership, lost), *told(without_ended, ended)]


def _without_ended(rows: Sequence[Values]) -> tuple[list[Values], list[str]]:
    """Return the rows of those whose last day has not passed, and the addresses of the others."""
    ended = ended_among({each["address"]: each.get("until") for each in rows})
    return _split(rows, {each["address"] for each in rows} - ended)


def _restore_requests_in(
    work: Work, group: Group, snapshot: GroupSnapshot, deleted_at: datetime, report: Restored
) -> None:
    """Let those requests wait again, or be decided, whose accounts are still there."""
    session = work.session
    wanted = {each["applicant"] for each in snapshot.requests}
    there = _present(session, wanted, deleted_at)
    accounts = {
        row.address: row.id
        for row in scalars_where(session, select(Account), Account.address, there)
    }
    kept = [each for each in snapshot.requests if each["applicant"] in accounts]
    values = [
        row | {"group_id": group.id, "account_id": accounts[each["applicant"]]}
        for each, row in zip(kept, known_values(MembershipRequest, kept), strict=True)
    ]
    insert_rows(session, MembershipRequest, values)
    gone = [each for each in snapshot.requests if each["applicant"] not in accounts]
    if lost := sum(each["state"] == RequestState.WAITING for each in gone):
        report.notes.append(
            Sentence(
                "{number} request that waited is gone with its account",
                many="{number} requests that waited are gone with their accounts",
                number=lost,
            )
        )


def _split(rows: Sequence[Values], there: Collection[str]) -> tuple[list[Values], list[str]]:
    """Return the rows of those who are there, and the addresses of the others."""
    kept = [each for each in rows if each["address"] in there]
    return kept, [each["original"] for each in rows if each["address"] not in there]


def _insert(session: Session, entity: type[Base], group: Group, rows: Iterable[Values]) -> None:
    values = [each | {"group_id": group.id} for each in known_values(entity, rows)]
    insert_rows(session, entity, values)


def _present(session: Session, wanted: Collection[str], deleted_at: datetime) -> set[str]:
    """Return the addresses that somebody here has, and those of other servers.

    Whoever got an address here after the group was deleted is somebody else.
    """
    served, taken = local_domain_names(session), holders(session, wanted)
    claimed = claimed_since(session, wanted)
    return {
        each
        for each in wanted
        if (each in taken and claimed[each] <= deleted_at)
        or (each not in taken and each.rpartition("@")[2] not in served)
    }


def told(say: Callable[[int, str], Sentence], lost: Sequence[str]) -> list[str]:
    """Say of whom something is not so again; of many, name the first ones."""
    if not lost:
        return []
    named, more = ", ".join(lost[:_NAMED]), len(lost) - _NAMED
    if more > 0:
        named = Sentence("{addresses} and {number} more", addresses=named, number=more)
    return [say(len(lost), named)]


def _without_a_role(number: int, named: str) -> Sentence:
    return Sentence(
        "{named} has no role in it again",
        many="{named} have no role in it again",
        number=number,
        named=named,
    )


def _without_membership(number: int, named: str) -> Sentence:
    return Sentence(
        "{named} is not a member again",
        many="{named} are not members again",
        number=number,
        named=named,
    )


def _restore_place_in(work: Work, group: Group, snapshot: GroupSnapshot, report: Restored) -> None:
    """Put the group back into those that contained it or gave it a role.

    As far as the actor could do so by hand: whoever restores a team of its own puts it into no
    group that others edit.
    """
    others = _groups_around(work.session, snapshot)
    editable = _ids_where(work, Right.EDIT_MEMBERS, others)
    kept, typed = _by_kind(snapshot.kept_elsewhere, others)
    fit, unfit = [], []
    for each in [*snapshot.memberships, *typed]:
        parent, until = others.get(each.uuid), each.values.get("until")
        fault = _membership_fault(work.session, group, parent, until, editable)
        if fault:
            unfit.append((each, fault))
        else:
            fit.append(each)
    report.notes += _left_out(work, others, unfit)
    kept = _kept_to_give_back(kept, others, editable, report)
    roles = _roles_to_give_in(work, snapshot, others, report)
    _insert_elsewhere_in(work, Member, group, fit, others)
    _insert_elsewhere_in(work, GroupRole, group, roles, others)
    _insert_elsewhere_in(work, KeptMember, group, kept, others)


def _kept_to_give_back(
    kept: Sequence[Elsewhere],
    others: Mapping[str, Group],
    editable: Collection[int],
    report: Restored,
) -> list[Elsewhere]:
    """Return the places among kept members that the actor may give; say how many it may not."""
    found = [each for each in kept if others[each.uuid].id in editable]
    if lost := len(kept) - len(found):
        report.notes.append(
            Sentence(
                "it is no kept member again of {number} group that you may not edit",
                many="it is no kept member again of {number} groups that you may not edit",
                number=lost,
            )
        )
    return found


def _ids_where(work: Work, right: Right, others: Mapping[str, Group]) -> set[int]:
    return groups_where(work.session, work.actor, right, [*others.values()])


def _roles_to_give_in(
    work: Work, snapshot: GroupSnapshot, others: Mapping[str, Group], report: Restored
) -> list[Elsewhere]:
    """Return the roles in other groups that the actor may give; say how many it may not."""
    editable = _ids_where(work, Right.EDIT_SETTINGS, others)
    there = [each for each in snapshot.roles_elsewhere if each.uuid in others]
    found = [each for each in there if others[each.uuid].id in editable]
    if lost := len({each.uuid for each in there}) - len({each.uuid for each in found}):
        report.notes.append(
            Sentence(
                "it has no role again in {number} group that you may not edit",
                many="it has no role again in {number} groups that you may not edit",
                number=lost,
            )
        )
    return found


def _groups_around(session: Session, snapshot: GroupSnapshot) -> dict[str, Group]:
    """Return those groups by UUID that named the group, and that still exist."""
    parts = (snapshot.memberships, snapshot.roles_elsewhere, snapshot.kept_elsewhere)
    uuids = {each.uuid for part in parts for each in part}
    statement = select(Group).options(joinedload(Group.domain))
    return {each.uuid: each for each in scalars_where(session, statement, Group.uuid, uuids)}


def _by_kind(
    kept: Iterable[Elsewhere], others: Mapping[str, Group]
) -> tuple[list[Elsewhere], list[Elsewhere]]:
    """Return kept members of groups that follow the directory, and of those that name members.

    The latter have brought their kept members back meanwhile.
    """
    there = [each for each in kept if each.uuid in others]
    derived = [each for each in there if GroupKind(others[each.uuid].kind).is_derived]
    return derived, [each for each in there if each not in derived]


def _membership_fault(
    session: Session,
    group: Group,
    parent: Group | None,
    until: date | None,
    editable: Collection[int],
) -> str:
    """Return why a group cannot be a member again; nothing if it can."""
    if parent is None:
        return Sentence("which does not exist any more")
    if parent.id not in editable:
        return Sentence("whose members you may not edit")
    if ended_among({group.address: until}):
        return Sentence("where its last day has passed")
    if GroupKind(parent.kind).is_derived:
        return Sentence("whose members follow the directory now")
    if find_cycles(session, parent.address, [group.address]):
        return Sentence("which it contains now")
    return ""


def _left_out(
    work: Work, others: Mapping[str, Group], unfit: Sequence[tuple[Elsewhere, str]]
) -> list[str]:
    """Say in which groups it is not again; those that the actor may not know of are counted."""
    if not unfit:
        return []
    there = [others[each.uuid] for each, _ in unfit if each.uuid in others]
    known = known_groups(work.session, work.actor, there)
    notes: list[str] = []
    hidden = 0
    for each, fault in unfit:
        if each.uuid in others:
            is_known = others[each.uuid].id in known
        else:  # Whether it was hidden is not known any more.
            domain = each.address.rpartition("@")[2]
            is_known = authority.may(work.actor, Right.SEE_SETTINGS, domain)
        if is_known:
            notes.append(
                Sentence("it is not in {address} again, {fault}", address=each.address, fault=fault)
            )
        else:
            hidden += 1
    if hidden:
        notes.append(
            Sentence(
                "it is not in {number} other group again",
                many="it is not in {number} other groups again",
                number=hidden,
            )
        )
    return notes


def _insert_elsewhere_in(
    work: Work,
    entity: type[GroupRole | KeptMember | Member],
    group: Group,
    kept: Sequence[Elsewhere],
    others: Mapping[str, Group],
) -> None:
    """Insert rows of the group in others, but for those that are there again already."""
    stored = _stored_keys(work.session, entity, group.address)
    for each in kept:
        parent = others[each.uuid]
        if (parent.id, each.values.get("role", "")) not in stored:
            _insert(work.session, entity, parent, [each.values])
            work.session.expire(parent, ["members", "roles"])
            work.changed_group(parent)


def _stored_keys(
    session: Session, entity: type[GroupRole | KeptMember | Member], address: str
) -> set[tuple[int, str]]:
    """Return the groups that name an address, each with the role if it is one."""
    columns = entity.__table__.columns
    statement = select(columns["group_id"], columns.get("role", literal("")))
    rows = session.execute(statement.where(columns["address"] == address))
    return {(group_id, role) for group_id, role in rows}


def _look_after_in(work: Work, group: Group, report: Restored) -> None:
    """See that somebody answers for the group; the accounts that did may have gone meanwhile."""
    session = work.session
    session.flush()
    if group.kind == GroupKind.TEAM and not ids_with_owner(session, [group.id]):
        appoint_successors_in(work, [group])
        owners = [row.original for row in group.roles if row.role == Role.OWNER]
        report.notes.append(
            Sentence("its owner is {owners}", owners=", ".join(owners))
            if owners
            else Sentence("it has no owner")
        )
    responsible = {row.address for row in group.roles if row.role in _APPROVING}
    holds = group.moderated and not group.disabled
    if holds and not any_active_account(session, responsible):
        report.notes.append(Sentence("nobody can approve messages to it; name a moderator"))
    first = select(Member.id).where(Member.group_id == group.id).limit(1)
    if session.scalar(first) is None:
        report.notes.append(Sentence("nobody is in it"))
