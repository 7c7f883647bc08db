"""Which additions to groups are told: nobody may flood a mailbox by adding and removing.

Within a day, a group tells an address once that it was added.  Whoever administers no domain tells
a bounded number of addresses that have no account here, and may not have asked for anything.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import ToldAddition
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.persistence.queries import insert_rows, scalars_where

OUTSIDE_A_DAY = 100
"""Additions of outside addresses, by one actor, that are told within 24 hours."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Addition:
    """An address that was added to a group; ``is_outside`` if no account has it."""

    group_uuid: str
    recipient: str
    is_outside: bool

    @property
    def digest(self) -> str:
        """What stands for the group and the address."""
        return hashlib.sha256(json.dumps([self.group_uuid, self.recipient]).encode()).hexdigest()


def take(session: Session, additions: Sequence[Addition], actor: Principal) -> list[Addition]:
    """Return those of the additions that are to be told, and note that they are.

    As many statements however many they are; the caller has the writers' lock.
    """
    if not additions:
        return []
    session.execute(delete(ToldAddition).where(ToldAddition.told_at <= utc_now() - _DAY))
    digests = select(ToldAddition.digest)
    known = set(scalars_where(session, digests, ToldAddition.digest, [e.digest for e in additions]))
    taken = [each for each in additions if each.digest not in known]
    if not authority.is_administrator(actor):
        taken = _within(_room_of(session, actor), taken)
    insert_rows(session, ToldAddition, [_row(each, actor) for each in taken])
    return taken


def _room_of(session: Session, actor: Principal) -> int:
    """Return how many outside addresses an actor may still tell."""
    of_actor = (ToldAddition.actor == str(actor.address)) & ToldAddition.is_outside
    told = session.scalar(select(func.count()).select_from(ToldAddition).where(of_actor))
    return max(0, OUTSIDE_A_DAY - (told or 0))


def _within(room: int, additions: Sequence[Addition]) -> list[Addition]:
    """Leave out those outside addresses for which there is no room."""
    outside = [each for each in additions if each.is_outside]
    left_out = set(outside[room:])
    return [each for each in additions if each not in left_out]


def _row(addition: Addition, actor: Principal) -> dict[str, object]:
    return {
        "digest": addition.digest,
        "actor": str(actor.address),
        "is_outside": addition.is_outside,
        "told_at": utc_now(),
    }
