"""Consistency checks over the stored data."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, undefer

from contactsgroups.domain.expansion import expand
from contactsgroups.domain.group import PINS, GroupKind
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Alias,
    Card,
    ClaimedAddress,
    DeletedGroup,
    Group,
    GroupEdge,
    GroupRole,
    KeptMember,
    Member,
    OutboxRow,
    Recipient,
)
from contactsgroups.persistence.queries import DELETED, local_domain_names
from contactsgroups.services.unit_of_work import cards, derivation, group_edges
from contactsgroups.services.unit_of_work.member_graph import MemberGraph
from contactsgroups.services.unit_of_work.recipients import is_native, takes_lmtp_lane

_LATE = timedelta(hours=1)  # By then the upkeep has ended what was to end, if it runs.


class Severity(StrEnum):
    """How bad a finding is."""

    WARNING = "warning"
    """It may be intended."""
    ERROR = "error"
    """Mail, address books or suggestions are wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An inconsistency; ``check`` names the check that found it."""

    severity: Severity
    check: str
    text: str


def check_database(database: Database) -> list[Finding]:
    """Run every check over the stored data and return the findings.

    Raises:
        Unavailable: the database does not answer.
    """
    with database.read_snapshot() as session:
        groups = list(session.scalars(select(Group).order_by(Group.address)))
        graph = MemberGraph.load(session, groups)
        return [
            *_check_addresses(session),
            *_check_cycles(groups, graph),
            *_check_reach(groups),
            *_check_members(session),
            *_check_last_days(session, datetime.now(UTC)),
            *_check_outbox(session, datetime.now(UTC)),
            *_check_edges(session, groups),
            *_check_derived_members(session, groups),
            *_check_pins(session),
            *_check_kept_members(session),
            *_check_deleted_groups(session),
            *_check_recipients(session, groups, graph),
            *_check_cards(session, groups),
        ]


def largest_native_group(database: Database) -> tuple[str, int] | None:
    """Return address and number of recipients of the largest group that Postfix expands itself."""
    statement = (
        select(Group.address, Group.recipient_count)
        .where(Group.native, Group.lmtp_lane.is_(False))
        .order_by(Group.recipient_count.desc(), Group.address)
        .limit(1)
    )
    with database.read() as session:
        row = session.execute(statement).first()
        return None if row is None else (row.address, row.recipient_count)


def _error(check: str, text: str) -> Finding:
    return Finding(Severity.ERROR, check, text)


def _warning(check: str, text: str) -> Finding:
    return Finding(Severity.WARNING, check, text)


def _check_addresses(session: Session) -> Iterator[Finding]:
    """Each address that is held must be claimed once, by what holds it."""
    claims = {row.address: row.holder for row in session.scalars(select(ClaimedAddress))}
    held: dict[str, str] = {}
    for holder, column in (
        ("account", Account.address),
        ("alias", Alias.address),
        ("group", Group.address),
        (DELETED, DeletedGroup.address),
    ):
        for address in session.scalars(select(column)):
            if address in held:
                yield _error("addresses", f"{address} is an {held[address]} and an {holder}")
            held[address] = holder
    for address in sorted(held.keys() | claims.keys()):
        if claims.get(address) != held.get(address):
            claim, holder = claims.get(address, "nothing"), held.get(address, "nothing")
            yield _error("addresses", f"{address} is claimed by {claim} and held by {holder}")


def _check_cycles(groups: Sequence[Group], graph: MemberGraph) -> Iterator[Finding]:
    inside = {each.address: sorted(graph.all_members_of(each.address) or ()) for each in groups}
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as error:
        # Each address in it is a member of the one that follows.
        path = " → ".join(reversed(error.args[1]))
        yield _error("cycles", f"groups contain each other: {path}")


def _check_reach(groups: Iterable[Group]) -> Iterator[Finding]:
    for group in groups:
        if not group.disabled and group.recipient_count == 0:
            yield _warning("recipients", f"{group.address} has no recipients")


def _check_members(session: Session) -> Iterator[Finding]:
    """Find members in domains served here that are neither account, alias nor group."""
    local = local_domain_names(session)
    rows = session.execute(
        select(Member.address, Group.address)
        .join_from(Member, Group)
        .outerjoin(ClaimedAddress, ClaimedAddress.address == Member.address)
        .where(ClaimedAddress.address.is_(None))
        .order_by(Group.address, Member.address)
    )
    for member, group in rows:
        if member.rpartition("@")[2] in local:
            yield _warning("members", f"{member} is in {group}, but there is no such mailbox")


def _check_last_days(session: Session, now: datetime) -> Iterator[Finding]:
    """Find groups with members whose last day is over for long: the upkeep does not run."""
    rows = session.execute(
        select(Group.address, func.count(), func.min(Member.address))
        .join_from(Member, Group)
        .where(Member.until < (now - _LATE).date())
        .group_by(Group.address)
        .order_by(Group.address)
    )
    for group, count, first in rows:
        who = f"{first} and {count - 1} more are" if count > 1 else f"{first} is"
        text = f"{who} in {group} after the last day; let `contactsgroups upkeep` run from cron"
        yield _warning("last days", text)


def _check_outbox(session: Session, now: datetime) -> Iterator[Finding]:
    """Find notices that wait for long: nothing sends them, or Postfix does not take them."""
    waits = OutboxRow.created_at < now - _LATE
    count = session.scalar(select(func.count()).select_from(OutboxRow).where(waits))
    if count:
        fault = session.scalar(select(func.max(OutboxRow.last_error)).where(waits))
        why = f"the last try: {fault}" if fault else "does `contactsgroups delivery` run?"
        yield _warning("notices", f"notices that have waited for an hour: {count}; {why}")


def _check_edges(session: Session, groups: Iterable[Group]) -> Iterator[Finding]:
    """The pairs in ``group_edges`` must equal those that the members give."""
    names = {group.id: group.address for group in groups}
    wanted = group_edges.members_that_are_groups(session, true())
    stored = {(row.child_id, row.parent_id) for row in session.scalars(select(GroupEdge))}
    for child, parent in sorted(stored ^ wanted):
        known = "not recorded as" if (child, parent) in wanted else "recorded as, and is not,"
        yield _error("members", f"{names[child]} is {known} a member of {names[parent]}")


def _check_derived_members(session: Session, groups: Iterable[Group]) -> Iterator[Finding]:
    """Members of department and dynamic groups must be those that the directory gives."""
    for group in groups:
        if GroupKind(group.kind).is_derived:
            wanted = set(derivation.selected_accounts(session, group))
            stored = set(session.scalars(select(Member.address).where(Member.group_id == group.id)))
            yield from _compare("members", group.address, stored, wanted)


def _check_pins(session: Session) -> Iterator[Finding]:
    """Find pins that say nothing: only accounts of the group's domain can be pinned."""
    rows = session.execute(
        select(GroupRole.address, Group.address.label("of"), Group.kind, Account.id)
        .join_from(GroupRole, Group)
        .outerjoin(
            Account,
            (Account.address == GroupRole.address) & (Account.domain_id == Group.domain_id),
        )
        .where(GroupRole.role.in_(PINS))
        .order_by(Group.address, GroupRole.address)
    )
    for row in rows:
        if not GroupKind(row.kind).is_derived:
            yield _warning("members", f"{row.address} is pinned in {row.of}, which names members")
        elif row.id is None:
            yield _warning(
                "members", f"{row.address} is pinned in {row.of}, but has no account there"
            )


def _check_kept_members(session: Session) -> Iterator[Finding]:
    """Kept members belong to groups that follow the directory, and must be able to come back."""
    local = local_domain_names(session)
    rows = session.execute(
        select(
            KeptMember.address,
            Group.address.label("of"),
            Group.kind,
            ClaimedAddress.address.label("claimed"),
        )
        .join_from(KeptMember, Group)
        .outerjoin(ClaimedAddress, ClaimedAddress.address == KeptMember.address)
        .order_by(Group.address, KeptMember.address)
    )
    for row in rows:
        if not GroupKind(row.kind).is_derived:
            yield _warning("members", f"{row.address} is kept for {row.of}, which names members")
        elif row.claimed is None and row.address.rpartition("@")[2] in local:
            text = f"{row.address} is kept for {row.of}, but there is no such mailbox"
            yield _warning("members", text)


def _check_deleted_groups(session: Session) -> Iterator[Finding]:
    """What was kept of each deleted group must be readable; one at a time is in memory."""
    statement = select(DeletedGroup.address, DeletedGroup.content).order_by(DeletedGroup.address)
    for address, content in session.execute(statement.execution_options(yield_per=1)):
        try:
            is_whole = bool(json.loads(zlib.decompress(content))["group"])
        except (ValueError, KeyError, TypeError, zlib.error):
            is_whole = False
        if not is_whole:
            yield _error("deleted groups", f"{address} cannot be restored: its content is damaged")


def _check_recipients(
    session: Session, groups: Iterable[Group], graph: MemberGraph
) -> Iterator[Finding]:
    """Expand every group again and compare with the stored recipients."""
    local = local_domain_names(session)
    for group in groups:
        expansion = expand(group.address, graph.members_of)
        wanted = set(expansion.mailboxes)
        stored = set(
            session.scalars(select(Recipient.address).where(Recipient.group_id == group.id))
        )
        yield from _compare("recipients", group.address, stored, wanted)
        external = sum(address.rpartition("@")[2] not in local for address in wanted)
        for name, kept, right in (
            ("recipient_count", group.recipient_count, len(wanted)),
            ("external_count", group.external_count, external),
            ("native", group.native, is_native(group, expansion, graph)),
            ("lmtp_lane", group.lmtp_lane, takes_lmtp_lane(group, expansion, graph)),
        ):
            if kept != right:
                yield _error("recipients", f"{group.address}: {name} is {kept}, should be {right}")


def _compare(check: str, group: str, stored: set[str], wanted: set[str]) -> Iterator[Finding]:
    for address in sorted(stored - wanted):
        yield _error(check, f"{group} has {address}, which should not be in it")
    for address in sorted(wanted - stored):
        yield _error(check, f"{group} lacks {address}")


def _check_cards(session: Session, groups: Iterable[Group]) -> Iterator[Finding]:
    """Every group that is shown in contacts has its card, up to date, and no other group has."""
    rows = session.scalars(select(Card).where(Card.deleted.is_(False)).options(undefer(Card.text)))
    stored = {card.uid: card for card in rows}
    for group in groups:
        card = stored.pop(group.uuid, None)
        if card is None and group.is_listed:
            yield _error("cards", f"{group.address} has no card in the address books")
        elif card is not None and not group.is_listed:
            yield _error("cards", f"{group.address} has a card, although it is not shown")
        elif card is not None and card.text != cards.text_of(group):
            yield _error("cards", f"the card of {group.address} is out of date")
    for card in stored.values():
        yield _error("cards", f"there is a card of {card.address}, which is no group")
