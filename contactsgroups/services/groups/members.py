"""Who is in a group: add, remove and list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, display_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import (
    Conflict,
    InvalidAddress,
    InvalidInput,
    MemberNotFound,
    MembersAreDerived,
    MembershipCycle,
    NoMembers,
)
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.mistyped import suggest
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member
from contactsgroups.persistence.queries import (
    groups_by_address,
    groups_containing,
    holders,
    local_domain_names,
    scalars_where,
)
from contactsgroups.services.accounts.group_standing import (
    groups_open_to,
    groups_where,
    known_groups,
    require_in_group,
)
from contactsgroups.services.accounts.sharing import unseen_address, visible_domain_names
from contactsgroups.services.groups.cycles import find_cycles
from contactsgroups.services.groups.last_days import (
    LastDays,
    Stay,
    last_days_of,
    set_last_days_in,
)
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import MemberView, describe, expand_for
from contactsgroups.services.unit_of_work import Work, write
from contactsgroups.services.unit_of_work.derivation import NO_LAST_DAYS, insert_members

ADDRESSES_LIMIT = 50_000
"""Addresses accepted in one request; more are a mistake, such as pasting a wrong file."""
_SHOWN = 200  # characters of a text that is no address


@dataclass(frozen=True, slots=True)
class Refused:
    """A text that did not become a member, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class MembershipReport:
    """The result for each address that was to be added.

    Attributes:
        already: those who were members before.
        dated: those of them whose last day is another one now.
    """

    added: tuple[str, ...]
    already: tuple[str, ...]
    refused: tuple[Refused, ...]
    dated: tuple[str, ...] = ()


def add_members(
    database: Database,
    actor: Principal,
    uuid: str,
    texts: Sequence[str],
    *,
    until: date | Stay | None = Stay.AS_IT_IS,
) -> MembershipReport:
    """Add members to a group; faulty addresses are reported and the others added.

    Args:
        until: the last day of all of them, also of those who are members already; None for no end.

    Raises:
        InvalidInput: the last day has passed.
        GroupNotFound, MembersAreDerived, NotPermitted: nothing was changed.
    """
    require_editable(database, actor, uuid)
    candidates, refused = _parse_each(texts, strict=False)  # Before the lock, others wait for it.
    last_days = last_days_of(candidates, until)
    with write(database, actor) as work:
        group = editable_group_in(work, uuid)
        return add_in(work, group, candidates, refused, last_days=last_days)


def add_member(
    database: Database,
    actor: Principal,
    uuid: str,
    text: str,
    *,
    until: date | Stay | None = Stay.AS_IT_IS,
) -> bool:
    """Add one member; return False if it was one already.

    Args:
        until: its last day, also if it is a member already; None for no end.

    Raises:
        InvalidAddress, InvalidInput, MembershipCycle: nothing was changed.
    """
    with write(database, actor) as work:
        group = editable_group_in(work, uuid)
        candidates, refused = _parse_each([text], strict=True)
        last_days = last_days_of(candidates, until)
        report = add_in(work, group, candidates, refused, strict=True, last_days=last_days)
        return bool(report.added)


def remove_member(database: Database, actor: Principal, uuid: str, address: str) -> None:
    """Remove a member from a group.

    Raises:
        MemberNotFound: it is not in there.
        Conflict: it is the last one.
    """
    with write(database, actor) as work:
        group = editable_group_in(work, uuid)
        key = str(Address.parse(address))
        member = work.session.scalar(
            select(Member).where(Member.group_id == group.id, Member.address == key)
        )
        if member is None:
            raise MemberNotFound(
                "{key} is not a member of {address}", key=key, address=group.address
            )
        if _is_single(work.session, group):
            raise Conflict(
                "{key} is the last member of {address}; a group needs one",
                key=key,
                address=group.address,
            )
        work.session.delete(member)
        work.changed_group(group)


def replace_members_in(work: Work, group: Group, texts: Sequence[str]) -> None:
    """Give a group exactly these members within a unit of work.

    Raises:
        InvalidAddress, MembershipCycle, NoMembers: naming the first fault.
    """
    wanted = _parse_all(texts)
    if not wanted:
        raise NoMembers("a group needs at least one member")
    group.members = [member for member in group.members if member.address in wanted]
    work.session.flush()
    add_in(work, group, wanted, [], strict=True)


def list_members(
    database: Database,
    actor: Principal,
    uuid: str,
    *,
    after: str = "",
    limit: int = 200,
) -> list[MemberView]:
    """Return direct members in the order of their addresses, a page at a time.

    Raises:
        GroupNotFound, NotPermitted: the actor may not know who is in the group.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        if not groups_open_to(session, actor, [group]):
            require_in_group(session, actor, Right.SEE_MEMBERS, group)
        statement = (
            select(Member)
            .where(Member.group_id == group.id, Member.address > after)
            .order_by(Member.address)
            .limit(limit)
        )
        originals = {row.address: row.original for row in session.scalars(statement)}
        return describe(session, actor, originals)


def list_recipients(database: Database, actor: Principal, uuid: str) -> list[str]:
    """Return the mailboxes that get a copy of what is sent to the group, in order.

    A nested group whose members the actor may not know is returned as itself.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.SEE_MEMBERS, group)
        return expand_for(session, actor, group)


def where_is(database: Database, actor: Principal, address: str) -> list[str]:
    """Return the addresses of the groups that have this address as a direct member."""
    key = str(Address.parse(address))
    with database.read() as session:
        found = groups_containing(session, [key])
        seen = groups_where(session, actor, Right.SEE_MEMBERS, found)
        return sorted(group.address for group in found if group.id in seen)


def unknown_local_address(address: Address) -> InvalidAddress:
    """Return the fault of a member that should be served here and is not."""
    where = display_domain(address.domain)
    return InvalidAddress(
        "{address}: there is no such account, alias or group in {where}",
        field="members",
        address=address,
        where=where,
    )


def _undotted_address(address: Address) -> InvalidAddress:
    """Return the fault of an outside member whose domain no other server can be found by."""
    return InvalidAddress(
        "{address}: the domain {where} has no dot and is not served here",
        field="members",
        address=address,
        where=display_domain(address.domain),
    )


def editable_group_in(work: Work, uuid: str) -> Group:
    """Return a group whose members the actor may edit.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted
    """
    return editable_group(work.session, work.actor, uuid)


def require_editable(database: Database, actor: Principal, uuid: str) -> None:
    """Ask for the right to edit members before much is read, which only then is worth the time.

    The right is asked for again within the unit of work.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted
    """
    authority.require_writing(actor)
    with database.read() as session:
        editable_group(session, actor, uuid)


def editable_group(session: Session, actor: Principal, uuid: str) -> Group:
    """Return a group whose members the actor may edit, for a look before it does.

    Raises:
        GroupNotFound, MembersAreDerived, NotPermitted
    """
    group = require_group(session, uuid)
    require_in_group(session, actor, Right.EDIT_MEMBERS, group)
    if GroupKind(group.kind).is_derived:
        raise MembersAreDerived("members of {address} follow the directory", address=group.address)
    return group


def _is_single(session: Session, group: Group) -> bool:
    """Whether a group has one member only."""
    statement = select(Member.id).where(Member.group_id == group.id).limit(2)
    return len(session.scalars(statement).all()) == 1


def _parse_all(texts: Sequence[str]) -> dict[str, Address]:
    _refuse_too_many(texts)
    parsed = (Address.parse(text, field="members") for text in texts)
    return {str(address): address for address in parsed}


def add_in(
    work: Work,
    group: Group,
    candidates: dict[str, Address],
    refused: list[Refused],
    *,
    strict: bool = False,
    last_days: LastDays = NO_LAST_DAYS,
) -> MembershipReport:
    """Add what can be added; with ``strict``, raise at the first address that cannot.

    Args:
        last_days: of new members, and of those who are members already.
    """
    statement = select(Member.address).where(Member.group_id == group.id)
    stored = set(scalars_where(work.session, statement, Member.address, candidates))
    new = {key: address for key, address in candidates.items() if key not in stored}
    faults = find_member_faults(work.session, work.actor, group.address, new)
    if strict and faults:
        raise next(iter(faults.values()))
    refused += [Refused(new[key].original, fault.sentence) for key, fault in faults.items()]
    added = [key for key in new if key not in faults]
    insert_members(work.session, group, {key: new[key].original for key in added}, last_days)
    if added:
        work.changed_group(group)
    already = tuple(key for key in candidates if key in stored)
    later = {key: last_days[key] for key in already if key in last_days}
    dated = set_last_days_in(work, group, later) if later else ()
    return MembershipReport(tuple(added), already, tuple(refused), dated)


def _refuse_too_many(texts: Sequence[str]) -> None:
    if len(texts) > ADDRESSES_LIMIT:
        raise InvalidInput(
            "more than {limit} addresses at once", field="members", limit=ADDRESSES_LIMIT
        )


def _parse_each(texts: Sequence[str], *, strict: bool) -> tuple[dict[str, Address], list[Refused]]:
    _refuse_too_many(texts)
    candidates: dict[str, Address] = {}
    refused: list[Refused] = []
    for text in texts:
        read = Address.parse(text, field="members") if strict else read_address(text)
        if isinstance(read, Refused):
            refused.append(read)
        else:
            candidates.setdefault(str(read), read)
    return candidates, refused


def read_address(text: str) -> Address | Refused:
    """Return a text as an address, or why it is none and what may have been meant."""
    try:
        return Address.parse(text, field="members")
    except InvalidAddress as error:
        meant = suggest(text)
        reason = error.sentence
        if meant:
            reason = Sentence("{fault}; {address} may be meant", fault=error, address=meant)
        return Refused(text[:_SHOWN], reason)


def find_member_faults(
    session: Session, actor: Principal, group: str, new: dict[str, Address]
) -> dict[str, InvalidAddress | MembershipCycle]:
    """Find what cannot be a member: unknown local addresses, groups in a circle, hidden groups.

    In a domain of ours that the actor may not see, every address is refused, whether somebody has
    it or not.  Taking them all, as those of another server, would tell it later by how many a group
    reaches, and would let one domain's administrator write to any group of another.
    """
    local_domains = local_domain_names(session)
    readable = visible_domain_names(session, actor)
    seen = local_domains if readable is None else readable
    taken = holders(session, [key for key, address in new.items() if address.domain in seen])
    faults: dict[str, InvalidAddress | MembershipCycle] = {}
    for key, address in new.items():
        if key == group:  # It may not be stored yet.
            faults[key] = MembershipCycle((group, group))
        elif address.domain in local_domains - seen:
            faults[key] = unseen_address(address, "members")
        elif key not in taken and address.domain in local_domains:
            faults[key] = unknown_local_address(address)
        elif "." not in address.domain and address.domain not in local_domains:
            faults[key] = _undotted_address(address)
    nested = [key for key, holder in taken.items() if holder == "group" and key != group]
    hidden = _find_hidden(session, actor, nested)
    faults |= {key: unknown_local_address(new[key]) for key in hidden}
    return faults | find_cycles(session, group, [key for key in nested if key not in hidden])


def _find_hidden(session: Session, actor: Principal, nested: Sequence[str]) -> set[str]:
    """Find the groups that the actor may not know of: they are reported as missing."""
    found = groups_by_address(session, nested)
    known = known_groups(session, actor, found.values())
    return {address for address, row in found.items() if row.id not in known}
