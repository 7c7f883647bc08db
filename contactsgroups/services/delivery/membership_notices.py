"""The words of notices about who is in a group, and who asks to be or not to be.

Each is read when it is about to be sent.  What is not so any more is not told: a member who is gone
again, a request that does not wait, a group that is disabled or deleted, an account that is closed.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.authority import Right
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import (
    Account,
    Alias,
    Group,
    Member,
    MembershipRequest,
    OutboxRow,
)
from contactsgroups.services.delivery.notice_readers import account_of, is_open, may_now
from contactsgroups.services.delivery.notice_text import (
    NoticeText,
    Quoted,
    name_in_line,
    name_with_address,
)

MY_GROUPS = "/groups"
REQUESTS = "/groups/requests"


def read_added(
    session: Session, row: OutboxRow, account: Account | None, facts: Any
) -> NoticeText | None:
    """Return what a new member is told; None if it is none, or not one that is to be told."""
    group = session.scalar(select(Group).where(Group.uuid == facts["group"]))
    if group is None or group.disabled or not group.notify_members:
        return None
    # Who was removed and added again that day is told this once.
    member = select(Member.id).where(Member.group_id == group.id, Member.address == row.recipient)
    if session.scalar(member) is None or (account and not account.active):
        return None
    if account is None:
        return _added_outside(session, group, row.recipient, facts["by"])
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
            _way_out(group),
        ),
        domain=group.domain.name,
        page=MY_GROUPS,
    )


def read_asked(
    session: Session, _row: OutboxRow, account: Account | None, facts: Any
) -> NoticeText | None:
    """Return what somebody is told who decides; None if the request waits for it no more."""
    request = _request(session, facts["request"])
    if request is None or request.state != RequestState.WAITING or request.group.disabled:
        return None
    if not may_now(session, account, Right.ANSWER_REQUESTS, request.group):
        return None
    group, applicant = request.group, request.account
    shown = {
        "applicant": name_in_line(applicant.display_name, applicant.original),
        "group": _shown(group),
    }
    described = {
        "applicant": name_with_address(applicant.display_name, applicant.original),
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


def read_decided(
    session: Session, _row: OutboxRow, account: Account | None, facts: Any
) -> NoticeText | None:
    """Return what an applicant is told of the decision; None if it is not so any more."""
    request = _request(session, facts["request"])
    if request is None or not is_open(account) or request.group.disabled:
        return None
    if not _is_still_so(session, request):
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


def _added_outside(session: Session, group: Group, recipient: str, by: str) -> NoticeText:
    """Return what an outside member is told: nothing that anybody could choose as an advertisement.

    Owners write names and descriptions; addresses have an end.
    """
    return NoticeText(
        subject=Sentence("You were added to {group}", group=group.original),
        paragraphs=(
            Sentence(
                "You ({recipient}) were added to the group {group} by {by}. From now on you get "
                "the messages that are sent to it.",
                recipient=recipient,
                group=group.original,
                by=_address_of(by),
            ),
            Sentence(
                "To leave the group, write to {address}.", address=_contact(session, group, by)
            ),
        ),
        domain=group.domain.name,
    )


def _contact(session: Session, group: Group, by: str) -> str:
    """Return to whom an outside member writes: whoever added it, as long as that is here."""
    added_by = account_of(session, by)
    return added_by.original if is_open(added_by) else f"postmaster@{group.domain.name}"


def _way_out(group: Group) -> Sentence:
    """Return how a new member with an account leaves the group."""
    if group.leave_needs_approval:
        return Sentence("You can ask to leave it on the page “My groups”; an owner decides.")
    return Sentence("You can leave it on the page “My groups”.")


def _is_still_so(session: Session, request: MembershipRequest) -> bool:
    """Whether what was approved has not been taken back since."""
    if request.state != RequestState.APPROVED:
        return request.state == RequestState.DECLINED
    aliases = select(Alias.address).where(Alias.account_id == request.account_id)
    own = [request.account.address, *session.scalars(aliases)]
    member = select(Member.id).where(Member.group_id == request.group_id, Member.address.in_(own))
    is_member = session.scalars(member).first() is not None
    return is_member == (request.wish == Wish.JOIN)


def _request(session: Session, uuid: str) -> MembershipRequest | None:
    statement = select(MembershipRequest).where(MembershipRequest.uuid == uuid)
    of_account = joinedload(MembershipRequest.account)
    return session.scalar(statement.options(of_account, joinedload(MembershipRequest.group)))


def _name_of(session: Session, address: str) -> str:
    """Return whoever did something, for the middle of a sentence."""
    account = account_of(session, address)
    return name_with_address(account.display_name if account else "", _address_of(address))


def _address_of(address: str) -> str:
    if address == str(OPERATOR.address):
        return Sentence("an administrator of the mail system")
    return address


def _shown(group: Group) -> str:
    return name_in_line(group.display_name, group.original)


def _described(group: Group) -> str:
    return name_with_address(group.display_name, group.original)
