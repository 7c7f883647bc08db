"""The way into the outbox: notices are written in the transaction of what they tell of.

So a notice is there if, and only if, the change is.  Who sends them, and what each kind says, is
the matter of :mod:`contactsgroups.services.delivery.outbox` and ``notice_kinds`` beside it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from contactsgroups.persistence.models import OutboxRow
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.persistence.queries import insert_rows

# One encoder for all: json.dumps() with options of its own makes another for each call.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


class NoticeKind(StrEnum):
    """What a notice tells of; ``notice_kinds.READERS`` says in which words."""

    ADDED = "added"
    """Its recipient was added to a group."""
    ASKED = "asked"
    """An account asks to join or leave a group that its recipient answers for."""
    DECIDED = "decided"
    """What its recipient has asked for was approved or declined."""
    HELD = "held"
    """A message waits for a decision of its recipient."""
    NOT_SENT = "not-sent"
    """A message of its recipient's was rejected, or nobody decided about it in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice to be sent.

    Attributes:
        event: another text for each thing to tell of, of any length: there is one notice for each
            event, kind and recipient.
        recipient: an address, in the form in which it is stored.
        facts: what the words are made of, as JSON has it.  Keep it small, and name rows that say
            the rest: what is read when the notice is sent is true then.
    """

    kind: NoticeKind
    event: str
    recipient: str
    facts: Mapping[str, str | int]


def enqueue(session: Session, notices: Iterable[NewNotice]) -> None:
    """Write notices into the outbox, to be sent when the transaction has committed.

    One statement, however many they are.

    Raises:
        IntegrityError: a notice of this event waits already.
    """
    at = utc_now()
    rows = [
        {
            "event": _digest(each),
            "kind": each.kind,
            "recipient": each.recipient,
            "payload": _encode(each.facts),
            "created_at": at,
            "due_at": at,
            "attempts": 0,
            "refusals": 0,
            "last_error": "",
        }
        for each in notices
    ]
    insert_rows(session, OutboxRow, rows)


def _digest(notice: NewNotice) -> str:
    """Return a name of the event that can stand in a Message-ID."""
    named = _encode([notice.kind, notice.event, notice.recipient])
    return hashlib.sha256(named.encode()).hexdigest()
