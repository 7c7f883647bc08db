"""The words of notices about held messages, read when they are about to be sent.

What is not so any more is not told: a message that somebody has decided about, a moderator who is
none any more, an account that is closed.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.authority import Right
from contactsgroups.domain.held_message import HoldState, SenderProof
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import Account, Group, Hold, OutboxRow
from contactsgroups.services.delivery.notice_readers import is_open, may_now
from contactsgroups.services.delivery.notice_text import (
    NoticeText,
    Quoted,
    name_in_line,
    name_with_address,
)

HELD_MAIL = "/held"


def read_held(
    session: Session, _row: OutboxRow, account: Account | None, facts: Any
) -> NoticeText | None:
    """Return what somebody is told who decides; None if there is nothing to decide any more."""
    hold, judge = _hold(session, facts), _group(session, facts["judge"])
    if hold is None or judge is None or not _waits_for(session, hold, judge, account):
        return None
    return NoticeText(
        subject=Sentence(
            "A message to {group} waits for you",
            group=name_in_line(judge.display_name, judge.original),
        ),
        paragraphs=(
            Sentence(
                "{sender} has written to the group {group}. The message waits until it is "
                "approved, rejected or discarded.",
                sender=name_with_address(hold.author_name, hold.author or hold.sender),
                group=name_with_address(judge.display_name, judge.original),
            ),
            _how_known(hold),
            Quoted(hold.subject),
            Sentence("You can decide on the page “Held mail”."),
        ),
        domain=judge.domain.name,
        page=f"{HELD_MAIL}/{hold.uuid}",
    )


def read_not_sent(
    session: Session, _row: OutboxRow, account: Account | None, facts: Any
) -> NoticeText | None:
    """Return what a sender is told; None if its account is closed, or the group is gone."""
    hold = _hold(session, facts)
    group = _group(session, hold.group_uuid) if hold else None
    if hold is None or group is None or not is_open(account):
        return None
    return NoticeText(
        subject=Sentence("Your message to {group} was not sent", group=group.original),
        paragraphs=(
            _why_not(hold, group.original, was_approved=bool(facts["was_approved"])),
            Quoted(hold.subject),
            *((Sentence("The moderator’s note:"), Quoted(hold.note)) if hold.note else ()),
        ),
        domain=group.domain.name,
    )


def _why_not(hold: Hold, address: str, *, was_approved: bool) -> Sentence:
    if hold.state == HoldState.REJECTED:
        return Sentence(
            "A moderator has rejected your message to the group {group}. No member gets it.",
            group=address,
        )
    if was_approved:
        return Sentence(
            "Your message to the group {group} was approved, but could not be sent in time.",
            group=address,
        )
    return Sentence(
        "Nobody has decided in time about your message to the group {group}. No member gets it.",
        group=address,
    )


def _how_known(hold: Hold) -> Sentence:
    """Return what proves who has sent a message: the name in its header is anybody's to choose."""
    if hold.proof == SenderProof.SIGNED_IN:
        return Sentence("{account} was signed in.", account=hold.sender)
    return Sentence("Nothing proves the sender: anybody could write under this address.")


def _waits_for(session: Session, hold: Hold, judge: Group, account: Account | None) -> bool:
    """Whether a message waits for the decision of somebody who may make it."""
    if (hold.state, hold.judge_uuid) != (HoldState.WAITING, judge.uuid):
        return False
    return may_now(session, account, Right.JUDGE_MESSAGES, judge)


def _hold(session: Session, facts: Any) -> Hold | None:
    return session.scalar(select(Hold).where(Hold.uuid == facts["hold"]))


def _group(session: Session, uuid: str) -> Group | None:
    return session.scalar(select(Group).where(Group.uuid == uuid))
