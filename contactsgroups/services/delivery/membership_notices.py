"""The words of notices about who is in a group, and who asks to be or not to be.

Each is read when it is about to be sent.  What is not so any more is not told: a member who is gone
again, a request that does not wait, a group that is disabled or deleted, an account that is closed.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import (
    Group,
    Member,
    MembershipRequest,
    OutboxRow,
)
from contactsgroups.services.delivery.notice_readers import account_of
from contactsgroups.services.delivery.notice_text import (
    NoticeText,
    Quoted,
    name_in_line,
    name_with_address,
)

MY_GROUPS = "/groups"
REQUESTS = "/groups/requests"


def read_added(session: Session, row: OutboxRow, facts: Any) -> NoticeText | None:
    """Return what a new member is told; None if it is none, or not one that is to be told."""
    group = session.scalar(select(Group).where(Group.uuid == facts["group"]))
    if group is None or group.disabled or not group.notify_members:
        return None
    # Who was removed and added again gets the later notice only.
    member = select(Member.id).where(
        Member.group_id == group.id,
        Member.address == row.recipient,
        Member.added_at <= row.created_at,
    )
    account = account_of(session, row.recipient)
    if session.scalar(member) is None or (account and not account.active):
        return None
    return NoticeText(
        subject=Sentence("You were added to {group}", group=_shown(group)),
        paragraphs=(
            Sentence(
                "You ({recipient}) were added to the group {group} by {by}. From now on you get "
                "the messages that are sent to it.",
                recipient=row.recipient,
                group=_described(group),
                by=_name_of(session, facts["by"]),
            ),
            Quoted(group.description),
            _way_out(session, group, facts["by"], has_account=account is not None),
        ),
        domain=group.domain.name,
        page=MY_GROUPS if account else "",
    )


def read_asked(session: Session, row: OutboxRow, facts: Any) -> NoticeText | None:
    """Return what those are told who decide about a request; None if it does not wait any more."""
    request = _request(session, facts["request"])
    if request is None or request.state != RequestState.WAITING or not _is_open(session, row):
        return None
    group, account = request.group, request.account
    shown = {
        "applicant": name_in_line(account.display_name, account.original),
        "group": _shown(group),
    }
    described = {
        "applicant": name_with_address(account.display_name, account.original),
        "group": _described(group),
    }
    if request.wish == Wish.JOIN:
        subject = Sentence("{applicant} asks to join {group}", **shown)
        asked = Sentence("{applicant} asks to join the group {group}.", **described)
    else:
        subject = Sentence("{applicant} asks to leave {group}", **shown)
        asked = Sentence("{applicant} asks to leave the group {group}.", **described)
    decide = Sentence("You can approve or decline it on the page “My groups”, under “Requests”.")
    return NoticeText(
        subject=subject,
        paragraphs=(asked, Quoted(request.note), decide),
        domain=group.domain.name,
        page=REQUESTS,
    )


def read_decided(session: Session, row: OutboxRow, facts: Any) -> NoticeText | None:
    """Return what an applicant is told of the decision; None if the account is closed."""
    request = _request(session, facts["request"])
    if request is None or not _is_open(session, row):
        return None
    group = request.group
    shown = {"group": _shown(group)}
    values = {"group": _described(group), "by": _name_of(session, request.decided_by)}
    subject, outcome = _outcome(request, shown, values)
    return NoticeText(
        subject=subject,
        paragraphs=(outcome, Quoted(request.answer)),
        domain=group.domain.name,
        page=MY_GROUPS,
    )


def _outcome(
    request: MembershipRequest, shown: dict[str, str], values: dict[str, str]
) -> tuple[Sentence, Sentence]:
    """Return the subject and the sentence that say what became of a request."""
    is_approved = request.state == RequestState.APPROVED
    if request.wish == Wish.JOIN and is_approved:
        return (
            Sentence("You are in {group} now", **shown),
            Sentence(
                "Your request to join the group {group} was approved by {by}. From now on you get "
                "the messages that are sent to it.",
                **values,
            ),
        )
    if request.wish == Wish.JOIN:
        return (
            Sentence("Your request to join {group} was declined", **shown),
            Sentence("Your request to join the group {group} was declined by {by}.", **values),
        )
    if is_approved:
        return (
            Sentence("You have left {group}", **shown),
            Sentence(
                "Your request to leave the group {group} was approved by {by}. You get no more "
                "messages that are sent to it.",
                **values,
            ),
        )
    return (
        Sentence("Your request to leave {group} was declined", **shown),
        Sentence("Your request to leave the group {group} was declined by {by}.", **values),
    )


def _way_out(session: Session, group: Group, by: str, *, has_account: bool) -> Sentence:
    """Return how a new member leaves the group."""
    if not has_account:
        added_by = account_of(session, by)
        contact = added_by.original if added_by else f"postmaster@{group.domain.name}"
        return Sentence("To leave the group, write to {address}.", address=contact)
    if group.leave_needs_approval:
        return Sentence("You can ask to leave it on the page “My groups”; an owner decides.")
    return Sentence("You can leave it on the page “My groups”.")


def _request(session: Session, uuid: str) -> MembershipRequest | None:
    statement = select(MembershipRequest).where(MembershipRequest.uuid == uuid)
    of_account = joinedload(MembershipRequest.account)
    return session.scalar(statement.options(of_account, joinedload(MembershipRequest.group)))


def _is_open(session: Session, row: OutboxRow) -> bool:
    """Whether the recipient has an account here that is not closed."""
    account = account_of(session, row.recipient)
    return account is not None and account.active


def _name_of(session: Session, address: str) -> str:
    """Return whoever did something, for the middle of a sentence."""
    if address == str(OPERATOR.address):
        return Sentence("an administrator of the mail system")
    account = account_of(session, address)
    return name_with_address(account.display_name if account else "", address)


def _shown(group: Group) -> str:
    return name_in_line(group.display_name, group.original)


def _described(group: Group) -> str:
    return name_with_address(group.display_name, group.original)
