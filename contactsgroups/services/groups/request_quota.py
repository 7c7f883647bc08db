"""How often an account may ask groups for something, and how long requests are kept."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import Conflict
from contactsgroups.domain.membership_request import RequestState
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import Account, Group, MembershipRequest

REQUESTS_A_DAY = 20
"""Requests that an account may make within 24 hours, also of those that it takes back."""
DAYS_KEPT = 90
"""How long a group keeps requests that were decided; a later request removes them."""

_DAY = timedelta(days=1)


def require_quota(session: Session, account: Account) -> None:
    """Ask whether an account may make another request.

    Raises:
        Conflict: it has made as many as one may within a day.
    """
    recent = MembershipRequest.asked_at > datetime.now(UTC) - _DAY
    of_account = MembershipRequest.account_id == account.id
    count = session.scalar(select(func.count(MembershipRequest.id)).where(of_account, recent))
    if (count or 0) >= REQUESTS_A_DAY:
        text = Sentence(
            "you have made {limit} requests within a day; ask again tomorrow",
            limit=REQUESTS_A_DAY,
        )
        raise Conflict(text)


def remove_outdated(session: Session, account: Account, group: Group) -> None:
    """Remove what the account took back before today, and what the group decided long ago.

    What was taken back within a day stays, because it counts.
    """
    now, of = datetime.now(UTC), MembershipRequest
    taken_back = (of.account_id == account.id) & (of.state == RequestState.WITHDRAWN)
    decided = (of.group_id == group.id) & (of.state != RequestState.WAITING)
    session.execute(
        delete(MembershipRequest).where(
            or_(
                taken_back & (of.asked_at <= now - _DAY),
                decided & (of.decided_at < now - timedelta(days=DAYS_KEPT)),
            )
        )
    )
