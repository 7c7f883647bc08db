"""Messages that were approved, on their way to the members: claimed, sent in portions, done.

A worker claims a message for some minutes, and renews the claim with every portion.  One that is
killed leaves its claim to run out; another one goes on behind what was noted, so that at most one
portion is sent twice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.held_message import HoldState
from contactsgroups.domain.message_header import loop_mark
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Hold, HoldCopy, HoldPart, Recipient
from contactsgroups.persistence.queries import insert_rows, scalars_where
from contactsgroups.services.moderation.decisions import remove_content
from contactsgroups.services.moderation.stored_values import read_evidence
from contactsgroups.services.unit_of_work import write_private

CLAIM = timedelta(minutes=10)
"""How long one portion may take: clocks of several hosts must agree much better than that."""
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)
_ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An approved message that this worker sends.

    Attributes:
        mail_from: the envelope sender as SMTP writes it.
        mailboxes: who still gets a copy.
        is_open: whether the group takes mail now; otherwise its message waits until it does.
        size: octets that the content must have.
    """

    uuid: str
    worker: str
    digest: str
    queue_id: str
    mail_from: str
    is_international: bool
    has_eight_bits: bool
    size: int
    loop_mark: str
    mailboxes: frozenset[str]
    is_open: bool


def claim_next(database: Database, worker: str) -> Claimed | None:
    """Claim an approved message that is due; None if there is none.

    Args:
        worker: what no other worker calls itself, at most 64 characters.

    Raises:
        Unavailable: the database does not answer.
    """
    now = datetime.now(UTC)
    with database.read() as session:
        being_sent = select(Hold.digest).where(Hold.claimed_until >= now)
        due = select(Hold.uuid, Hold.digest).where(
            _is_free(now), Hold.due_at <= now, Hold.digest.not_in(being_sent)
        )
        found = session.execute(due.order_by(Hold.due_at, Hold.id).limit(1)).first()
    if found is None or not _claim(database, worker, found.uuid, found.digest, now):
        return None
    with database.read_snapshot() as session:
        return _load(session, found.uuid, worker)


def _claim(database: Database, worker: str, uuid: str, digest: str, now: datetime) -> bool:
    """Claim a message; False if another worker was quicker.

    Of a message to several groups one is sent after the other: whoever is in two of them has got a
    copy from the first, and gets none from the second.
    """
    with write_private(database, OPERATOR) as session:
        rows = select(Hold.uuid, Hold.claimed_until).where(Hold.digest == digest)
        claims = [each.claimed_until for each in session.execute(rows.with_for_update())]
        if any(each is not None and each >= now for each in claims):
            return False
        claim = update(Hold).where(Hold.uuid == uuid, _is_free(now))
        values = {"claimed_by": worker, "claimed_until": now + CLAIM}
        return session.execute(claim.values(values)).rowcount == 1  # type: ignore[attr-defined,no-any-return]


def read_content(database: Database, claimed: Claimed) -> bytes:
    """Return the message, octet for octet as it came.

    Raises:
        Unavailable: the database does not answer, or has not all of it.
    """
    parts = select(HoldPart.content).where(HoldPart.hold_uuid == claimed.uuid)
    with database.read() as session:
        content = b"".join(session.scalars(parts.order_by(HoldPart.number)))
    if len(content) != claimed.size:
        raise Unavailable("parts of a held message are missing")
    return content


def note_copies(database: Database, claimed: Claimed, mailboxes: Collection[str]) -> None:
    """Note who has a copy now, and renew the claim.

    Raises:
        Unavailable: the database does not answer, or another worker has the claim.
    """
    with write_private(database, OPERATOR) as session:
        _require_claim(session, claimed, {"claimed_until": datetime.now(UTC) + CLAIM})
        of_it = select(HoldCopy.address).where(HoldCopy.digest == claimed.digest)
        known = set(scalars_where(session, of_it, HoldCopy.address, mailboxes))
        fresh = sorted({*mailboxes} - known)
        insert_rows(
            session, HoldCopy, [{"digest": claimed.digest, "address": each} for each in fresh]
        )


def finish(database: Database, claimed: Claimed) -> None:
    """Note that all members have their copies; the content is removed.

    Raises:
        Unavailable: the database does not answer, or another worker has the claim.
    """
    with write_private(database, OPERATOR) as session:
        done = {"state": str(HoldState.DELIVERED), "last_error": "", **_UNCLAIMED}
        _require_claim(session, claimed, done)
    remove_content(database, claimed.uuid)


def postpone(database: Database, claimed: Claimed, reason: str) -> None:
    """Give a message back, to be tried again later: the longer, the more often it failed.

    Raises:
        Unavailable: the database does not answer, or another worker has the claim.
    """
    with write_private(database, OPERATOR) as session:
        attempts = session.scalar(select(Hold.attempts).where(Hold.uuid == claimed.uuid)) or 0
        pause = min(_FIRST_PAUSE * 2 ** min(attempts, 10), _LONGEST_PAUSE)
        values = {
            "attempts": attempts + 1,
            "due_at": datetime.now(UTC) + pause,
            "last_error": reason[:_ERROR_LENGTH],
            **_UNCLAIMED,
        }
        _require_claim(session, claimed, values)


def release(database: Database, claimed: Claimed) -> None:
    """Give a message back as it is, for whoever comes next.

    Raises:
        Unavailable: the database does not answer, or another worker has the claim.
    """
    with write_private(database, OPERATOR) as session:
        _require_claim(session, claimed, _UNCLAIMED)


_UNCLAIMED = {"claimed_by": None, "claimed_until": None}


def _is_free(now: datetime) -> ColumnElement[bool]:
    is_unclaimed = or_(Hold.claimed_until.is_(None), Hold.claimed_until < now)
    return (Hold.state == HoldState.APPROVED) & is_unclaimed


def _require_claim(session: Session, claimed: Claimed, values: Mapping[str, object]) -> None:
    """Change a message as long as it is claimed by this worker."""
    is_ours = and_(
        Hold.uuid == claimed.uuid,
        Hold.claimed_by == claimed.worker,
        Hold.state == HoldState.APPROVED,
    )
    if session.execute(update(Hold).where(is_ours).values(values)).rowcount != 1:  # type: ignore[attr-defined]
        raise Unavailable("another worker sends this message")


def _load(session: Session, uuid: str, worker: str) -> Claimed:
    hold = session.scalars(select(Hold).where(Hold.uuid == uuid)).one()
    group = session.scalar(select(Group).where(Group.uuid == hold.group_uuid))
    is_open = group is not None and not group.disabled and group.recipient_count > 0
    members = select(Recipient.address).where(Recipient.group_id == (group.id if group else None))
    served = select(HoldCopy.address).where(HoldCopy.digest == hold.digest)
    return Claimed(
        uuid=uuid,
        worker=worker,
        digest=hold.digest,
        queue_id=hold.queue_id,
        mail_from=read_evidence(hold.evidence).mail_from,
        is_international=hold.is_international,
        has_eight_bits=hold.has_eight_bits,
        size=hold.size,
        loop_mark=loop_mark(hold.group_uuid),
        mailboxes=frozenset(session.scalars(members)) - frozenset(session.scalars(served)),
        is_open=is_open,
    )
