"""What an ordinary account may see of a group, and of those it is about to write to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import Conflict, GroupNotFound
from contactsgroups.domain.posting import Decision, Evidence
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Recipient
from contactsgroups.persistence.queries import chunked
from contactsgroups.services import pictures
from contactsgroups.services.addresses import is_local_domain
from contactsgroups.services.completion import is_visible
from contactsgroups.services.groups import require_group
from contactsgroups.services.members import MemberView, describe
from contactsgroups.services.posting import decide_for_group, find_recipient_group

MEMBERS_LIMIT = 5000
"""More than this nobody can use one by one; a part of them would be taken for all."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A group's picture as PNG, and the text that changes with it."""

    data: bytes
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTo:
    """Somebody a message would go to.

    ``kind`` is group, account, alias or external, or ``unknown`` for an address of a domain of ours
    that nobody has.  ``decision`` says what becomes of a message to a group.
    """

    address: str
    name: str
    kind: str
    recipient_count: int = 1
    external_count: int = 0
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody a message would go to, and how many mailboxes that is, each counted once."""

    recipients: tuple[WrittenTo, ...]
    mailbox_count: int


def list_visible_members(database: Database, principal: Principal, uuid: str) -> list[MemberView]:
    """Return the mailboxes that a group reaches, as compose shows them instead of the group.

    Raises:
        GroupNotFound: there is none that this principal may see.
        Conflict: there are more than 5,000.
    """
    with database.read() as session:
        group = _visible_group(session, principal, uuid)
        if group.recipient_count > MEMBERS_LIMIT:
            raise Conflict(
                f"{group.address} reaches {group.recipient_count} mailboxes; "
                f"more than {MEMBERS_LIMIT} are not listed one by one"
            )
        statement = select(Recipient.address).where(Recipient.group_id == group.id)
        return describe(session, {address: address for address in session.scalars(statement)})


def read_visible_picture(database: Database, principal: Principal, uuid: str) -> PictureView:
    """Return the picture of a group that this principal may see or administers.

    Raises:
        GroupNotFound: there is none.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        if not principal.may_manage(group.domain.name):
            group = _visible_group(session, principal, uuid)
        return PictureView(pictures.picture_of(group), pictures.version_of(group))


def find_audience(
    database: Database, principal: Principal, addresses: Sequence[Address]
) -> Audience:
    """Return what would become of a message that this principal sends to these addresses."""
    evidence = Evidence(login=principal.address)
    unique = {str(address): address for address in addresses}
    with database.read() as session:
        names = {view.address: view for view in describe(session, {key: key for key in unique})}
        groups = {key: find_recipient_group(session, key) for key in unique}
        recipients = [
            _written_to(session, principal, evidence, address, names[key], groups[key])
            for key, address in unique.items()
        ]
        mailboxes = _mailboxes(session, [group for group in groups.values() if group is not None])
        mailboxes |= {key for key, group in groups.items() if group is None}
    return Audience(tuple(recipients), len(mailboxes))


def _visible_group(session: Session, principal: Principal, uuid: str) -> Group:
    group = require_group(session, uuid)
    if not is_visible(group) or group.domain.name != principal.domain:
        raise GroupNotFound("there is no such group")
    return group


def _written_to(
    session: Session,
    principal: Principal,
    evidence: Evidence,
    address: Address,
    view: MemberView,
    group: Group | None,
) -> WrittenTo:
    if group is not None:
        decision = decide_for_group(session, evidence, group)
        # What a hidden group is called and whom it reaches is not told; whether it takes the
        # message, the mail server would tell anyway.
        if not is_visible(group) or group.domain.name != principal.domain:
            return WrittenTo(address=address.original, name="", kind="group", decision=decision)
        return WrittenTo(
            address=address.original,
            name=group.display_name,
            kind="group",
            recipient_count=group.recipient_count,
            external_count=group.external_count,
            decision=decision,
        )
    kind = view.kind
    if kind == "external" and is_local_domain(session, address.domain):
        kind = "unknown"
    name = view.name if address.domain == principal.domain else ""
    return WrittenTo(address=address.original, name=name, kind=kind)


def _mailboxes(session: Session, groups: Sequence[Group]) -> set[str]:
    found: set[str] = set()
    for some in chunked(sorted(group.id for group in groups)):
        statement = select(Recipient.address).where(Recipient.group_id.in_(some)).distinct()
        found |= set(session.scalars(statement))
    return found
