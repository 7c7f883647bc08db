"""Keeps a message for the moderators of a group, before Postfix hears that it is taken.

The content is written first, in parts of their own transactions; the hold itself comes last, and
only then there is one.  So a process that is killed in between leaves parts, which are removed
later, and Postfix, which has had no answer, tries again.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.held_message import HoldState, proof_of
from contactsgroups.domain.message_preview import MessagePreview, preview_message
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.text import fold, tidy_name
from contactsgroups.persistence import Database, outages
from contactsgroups.persistence.models import Hold, HoldPart
from contactsgroups.persistence.models.base import new_uuid
from contactsgroups.services.delivery.distribution import Waiting
from contactsgroups.services.moderation.stored_values import (
    write_evidence,
    write_preview,
    write_trace,
    write_uuids,
)
from contactsgroups.services.moderation.telling import tell_moderators
from contactsgroups.services.unit_of_work import write_private

PART_SIZE = 256 * 1024
"""Octets of a part: below the packets of every database, and soon written."""
MOST_OCTETS = 512 * 1024 * 1024
"""So much may wait for the moderators of one group; what comes then waits in Postfix's queue."""
_KEEPING = [each for each in HoldState if each.needs_content]
_ADDRESS_LENGTH = 254
_QUEUE_ID_LENGTH = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that is to wait.

    Attributes:
        digest: what tells it from all others in Postfix's queue, the same at each try of Postfix.
        queue_id: Postfix's name for it; empty where it is not known.
        mail_from: the envelope sender as SMTP writes it; empty for the null sender.
        is_international: it came with SMTPUTF8 (RFC 6531).
        has_eight_bits: it came with BODY=8BITMIME (RFC 6152).
    """

    digest: str
    queue_id: str
    mail_from: str
    content: bytes
    is_international: bool = False
    has_eight_bits: bool = False


def hold_message(
    database: Database, message: Incoming, waiting: Waiting, lifetime: timedelta
) -> None:
    """Keep a message for the moderators of a group; when this returns, it is stored.

    Another try of Postfix changes nothing: what was held is held once, whatever was decided since.

    Raises:
        Unavailable: the database does not answer, or too much waits already; nothing was added.
    """
    if _is_held(database, message, waiting):
        return
    _require_room(database, message, waiting)
    uuid = new_uuid()
    preview = _preview(message)
    try:
        _write_parts(database, uuid, message.content)
        _insert_hold(database, _hold(uuid, message, waiting, preview, lifetime))
    except Exception as error:
        # Postfix tries again, and each try writes all parts anew; those left over go after a day.
        with suppress(Unavailable):
            _remove_parts(database, uuid)
        is_held = isinstance(error, IntegrityError) and outages.is_race(error)
        if not is_held:  # Or else another try of Postfix was quicker.
            raise


def _require_room(database: Database, message: Incoming, waiting: Waiting) -> None:
    """Refuse for now what would let one group fill the database.

    Raises:
        Unavailable: so much waits already; Postfix keeps the message, and tries again.
    """
    waits = (Hold.group_uuid == waiting.group_uuid) & Hold.state.in_(_KEEPING)
    with database.read() as session:
        stored = session.scalar(select(func.sum(Hold.size)).where(waits)) or 0
    if stored + len(message.content) > MOST_OCTETS:
        raise Unavailable("too many messages to this group wait for a moderator")


def _write_parts(database: Database, uuid: str, content: bytes) -> None:
    for number, start in enumerate(range(0, len(content), PART_SIZE)):
        part = content[start : start + PART_SIZE]
        with write_private(database, OPERATOR) as session:
            session.execute(
                insert(HoldPart), [{"hold_uuid": uuid, "number": number, "content": part}]
            )


def _remove_parts(database: Database, uuid: str) -> None:
    with write_private(database, OPERATOR) as session:
        session.execute(delete(HoldPart).where(HoldPart.hold_uuid == uuid))


def _insert_hold(database: Database, hold: Hold) -> None:
    """Make a message wait, and tell those who decide."""
    with database.write_private() as session:
        session.add(hold)
        session.flush()
        tell_moderators(session, hold)


def _is_held(database: Database, message: Incoming, waiting: Waiting) -> bool:
    is_it = (Hold.digest == message.digest) & (Hold.group_uuid == waiting.group_uuid)
    with database.read() as session:
        return session.scalar(select(Hold.id).where(is_it)) is not None


def _preview(message: Incoming) -> MessagePreview:
    try:
        preview = preview_message(message.content)
    except Exception:  # noqa: BLE001 - what cannot be shown still waits: it must not be lost
        _log.exception("%s: the message cannot be shown", message.queue_id)
        return MessagePreview(is_unreadable=True)
    if preview.is_unreadable:
        _log.warning("%s: some of the message cannot be shown", message.queue_id)
    return preview


def _hold(
    uuid: str, message: Incoming, waiting: Waiting, preview: MessagePreview, lifetime: timedelta
) -> Hold:
    now = datetime.now(UTC)
    first, *further = waiting.judges
    sender = tidy_name(str(waiting.sender or ""))[:_ADDRESS_LENGTH]
    searched = f"{sender} {preview.author} {preview.author_name} {preview.subject}"
    return Hold(
        uuid=uuid,
        digest=message.digest,
        group_uuid=waiting.group_uuid,
        judge_uuid=first,
        further_judges=write_uuids(further),
        queue_id=tidy_name(message.queue_id)[:_QUEUE_ID_LENGTH],
        message_id=preview.message_id,
        is_international=message.is_international,
        has_eight_bits=message.has_eight_bits,
        sender=sender,
        proof=proof_of(waiting.evidence),
        evidence=write_evidence(message.mail_from, waiting.evidence),
        trace=write_trace(waiting.trace),
        author=preview.author,
        author_name=preview.author_name,
        subject=preview.subject,
        snippet=preview.snippet,
        search_text=fold(searched),
        preview=write_preview(preview),
        size=len(message.content),
        received_at=now,
        expires_at=now + lifetime,
    )
