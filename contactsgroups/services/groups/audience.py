"""What an ordinary account may see of a group, and of the recipients of its message."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import Conflict, GroupNotFound, NotPermitted
from contactsgroups.domain.posting import Action, Decision, Evidence
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.recipient import lookup_keys
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Recipient
from contactsgroups.persistence.queries import (
    DELETED,
    groups_by_address,
    local_domain_names,
    scalars_where,
)
from contactsgroups.services import pictures
from contactsgroups.services.accounts.group_standing import groups_open_to, known_groups
from contactsgroups.services.accounts.sharing import visible_domain_names
from contactsgroups.services.delivery.posting import decide_for_group
from contactsgroups.services.delivery.recipients import Holder, find_holders
from contactsgroups.services.groups.known_recipients import groups_known_throughout
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.member_views import MemberView, describe, expand_for

MEMBERS_LIMIT = 5000
"""More members than this are not listed at all; a part would be taken for the whole."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A group's picture as PNG, and the text that changes with it."""

    data: bytes
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTo:
    """A recipient of a message.

    ``kind`` is group, account, alias or external, or ``unknown`` for an address that nobody has in
    a domain of ours that the principal may see.  ``decision`` says what becomes of a message to a
    group.
    """

    address: Address
    name: str
    kind: str
    recipient_count: int = 1
    external_count: int = 0
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """The recipients of a message, and how many mailboxes that is, each counted once."""

    recipients: tuple[WrittenTo, ...]
    mailbox_count: int


def list_visible_members(database: Database, principal: Principal, uuid: str) -> list[MemberView]:
    """Return the mailboxes that a group reaches, as compose shows them instead of the group.

    Raises:
        GroupNotFound: there is none that this principal may see.
        NotPermitted: the group does not show this principal who is in it.
        Conflict: there are more than 5,000.
    """
    with database.read() as session:
        group = _visible_group(session, principal, uuid)
        if not groups_open_to(session, principal, [group]):
            raise NotPermitted("{address} does not show its members", address=group.address)
        if group.recipient_count > MEMBERS_LIMIT:
            raise Conflict(
                "{address} reaches {recipient_count} mailboxes; "
                "more than {limit} are not listed one by one",
                address=group.address,
                recipient_count=group.recipient_count,
                limit=MEMBERS_LIMIT,
            )
        reached = expand_for(session, principal, group)
        return describe(session, principal, {address: address for address in reached})


def read_visible_picture(database: Database, principal: Principal, uuid: str) -> PictureView:
    """Return the picture of a group that this principal may know of.

    Raises:
        GroupNotFound: there is none.
    """
    with database.read() as session:
        group = _visible_group(session, principal, uuid)
        return PictureView(pictures.picture_of(group), pictures.version_of(group))


def read_listed_picture(database: Database, uuid: str, version: str) -> PictureView:
    """Return the picture of a listed group, without authentication.

    An ``<img>`` of another origin cannot authenticate. The UUID is random and is sent only to
    principals that may see the group; with the version it grants nothing that these answers have
    not granted, and no more once the picture changes or the group is hidden.

    Raises:
        GroupNotFound: there is none, it is not listed, or it has another picture.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        if not group.is_listed or pictures.version_of(group) != version:
            raise GroupNotFound("there is no such picture")
        return PictureView(pictures.picture_of(group), version)


def find_audience(
    database: Database, principal: Principal, addresses: Sequence[Address]
) -> Audience:
    """Return the recipients and posting decisions of a message from this principal.

    Addresses of a domain of ours that the principal may not see are like any of another server,
    whether they have a holder or not.
    """
    unique = {str(address): address for address in addresses}
    with database.read() as session:
        seen = _find_seen_domains(session, principal)
        ours = [key for key, address in unique.items() if address.domain in seen]
        holders = _find_holders(session, ours, seen)
        known = {holder.address: holder.address for holder in holders.values()}
        names = {view.address: view.name for view in describe(session, principal, known)}
        groups = _read_groups(session, holders)
        told = known_groups(session, principal, groups.values())
        recipients = [
            _group_written_to(session, principal, address, groups[key], told)
            if key in groups
            else _mailbox_written_to(address, holders.get(key), names, seen)
            for key, address in unique.items()
        ]
        reached = [each for each in recipients if _is_reached(each)]
        count = _count_mailboxes(session, principal, reached, holders, groups)
        return Audience(tuple(recipients), count)


def _find_seen_domains(session: Session, principal: Principal) -> Collection[str]:
    """Return the domains of ours that this principal may see."""
    readable = visible_domain_names(session, principal)
    return local_domain_names(session) if readable is None else readable


def _find_holders(
    session: Session, addresses: Collection[str], seen: Collection[str]
) -> dict[str, Holder]:
    """Return who gets what is sent to each of the addresses, where we know of somebody.

    Whose account in a domain that is not seen an alias leads to stays unsaid.
    """
    recipients = {address: lookup_keys(address) for address in addresses}
    found = {
        keys: holder
        if holder.delivered_to.rpartition("@")[2] in seen
        else replace(holder, delivered_to=holder.address)
        for keys, holder in find_holders(session, recipients.values()).items()
        if holder.kind != DELETED
    }
    return {address: found[keys] for address, keys in recipients.items() if keys in found}


def _read_groups(session: Session, holders: Mapping[str, Holder]) -> dict[str, Group]:
    """Return the group of each address that leads to one."""
    wanted = {holder.address for holder in holders.values() if holder.kind == "group"}
    groups = groups_by_address(session, wanted)
    return {
        key: groups[holder.address] for key, holder in holders.items() if holder.address in groups
    }


def _visible_group(session: Session, principal: Principal, uuid: str) -> Group:
    group = require_group(session, uuid)
    if not known_groups(session, principal, [group]):
        raise GroupNotFound("there is no such group")
    return group


def _mailbox_written_to(
    address: Address, holder: Holder | None, names: Mapping[str, str], seen: Collection[str]
) -> WrittenTo:
    if holder is not None:
        return WrittenTo(address=address, name=names[holder.address], kind=holder.kind)
    return WrittenTo(
        address=address, name="", kind="unknown" if address.domain in seen else "external"
    )


def _group_written_to(
    session: Session, principal: Principal, address: Address, group: Group, told: Collection[int]
) -> WrittenTo:
    """Return a group's recipient as far as the principal may know it.

    The name and the members of a hidden group are left out; whether it accepts the message, the
    mail server would answer anyway.
    """
    decision = decide_for_group(session, Evidence(login=principal.address), group)
    if group.id not in told:
        untold = replace(decision, trace=())
        return WrittenTo(address=address, name="", kind="group", decision=untold)
    return WrittenTo(
        address=address,
        name=group.shown_name,
        kind="group",
        recipient_count=group.recipient_count,
        external_count=group.external_count if group.show_members else 0,
        decision=decision,
    )


def _is_reached(recipient: WrittenTo) -> bool:
    decision = recipient.decision
    if decision is not None:
        return decision.action in {Action.ACCEPT, Action.HOLD}
    return recipient.kind != "unknown"


def _count_mailboxes(
    session: Session,
    principal: Principal,
    reached: Sequence[WrittenTo],
    holders: Mapping[str, Holder],
    groups: Mapping[str, Group],
) -> int:
    """Count each mailbox once, as far as the principal may know the members.

    Merging a closed group with the rest would reveal whether an address is in it; so would merging
    one that has a closed group inside, as anybody's own team may have.
    """
    counts = {str(each.address): each.recipient_count for each in reached}
    inside = {groups[key]: counts[key] for key in counts if key in groups}
    found = {_delivered_to(holders, key) for key in counts if key not in groups}
    open_ids = groups_known_throughout(session, principal, list(inside))
    closed = sum(count for group, count in inside.items() if group.id not in open_ids)
    statement = select(Recipient.address).distinct()
    found |= set(scalars_where(session, statement, Recipient.group_id, open_ids))
    return len(found) + closed


def _delivered_to(holders: Mapping[str, Holder], key: str) -> str:
    return holders[key].delivered_to if key in holders else key
