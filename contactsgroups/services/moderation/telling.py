"""Whom notices tell of held messages: moderators of what waits, senders of what was not sent.

They are written in the transaction of what they tell of.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import Role
from contactsgroups.domain.held_message import HoldState, SenderProof
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Group, Hold
from contactsgroups.services.unit_of_work.answering import who_answers
from contactsgroups.services.unit_of_work.outbox import NewNotice, NoticeKind, enqueue

ANNOUNCED = 10
"""So many messages that wait for a group are announced within an hour, however many come."""
_HOUR = timedelta(hours=1)


def tell_moderators(session: Session, hold: Hold) -> None:
    """Tell whoever decides next about a message that waits, unless they have heard of enough."""
    judge = session.scalar(select(Group).where(Group.uuid == hold.judge_uuid))
    if judge is None or _waiting_lately(session, hold) > ANNOUNCED:
        return
    enqueue(
        session,
        [
            NewNotice(
                kind=NoticeKind.HELD,
                event=f"{hold.uuid} {judge.uuid}",
                recipient=each,
                facts={"hold": hold.uuid, "judge": judge.uuid},
            )
            for each in who_answers(session, judge, [Role.MODERATOR, Role.OWNER])
        ],
    )


def tell_sender(session: Session, hold: Hold, state: HoldState, actor: Principal) -> None:
    """Tell the sender that a message was not sent, if it is known who that is.

    Nobody else hears of it: under a forged address, it would be somebody who wrote nothing (RFC
    3834 section 2).
    """
    is_told = state in {HoldState.REJECTED, HoldState.EXPIRED}
    if not is_told or hold.proof != SenderProof.SIGNED_IN or hold.sender == str(actor.address):
        return
    notice = NewNotice(
        kind=NoticeKind.NOT_SENT,
        event=hold.uuid,
        recipient=hold.sender,
        facts={"hold": hold.uuid, "was_approved": int(hold.state == HoldState.APPROVED)},
    )
    enqueue(session, [notice])


def _waiting_lately(session: Session, hold: Hold) -> int:
    """Return how many messages wait for the same group since an hour, this one among them."""
    is_late = Hold.received_at > datetime.now(UTC) - _HOUR
    is_such = (Hold.judge_uuid == hold.judge_uuid) & (Hold.state == HoldState.WAITING)
    return session.scalar(select(func.count()).where(is_such, is_late)) or 0
