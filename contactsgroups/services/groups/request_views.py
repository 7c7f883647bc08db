"""Requests to join and leave groups as they are shown."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence.models import Account, Group, MembershipRequest
from contactsgroups.services.groups.member_views import describe
from contactsgroups.services.groups.reading import GroupSummary, summary_of
from contactsgroups.services.groups.request_obstacles import find_obstacles


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request as those see it who may decide about it, and the one who asked.

    ``decided_by`` is a name, or an address where there is no name; both it and ``decided_at`` are
    empty while the request waits.  ``obstacle`` tells whoever may decide why a request that waits
    cannot be approved now; it is empty if it can be.
    """

    uuid: str
    wish: Wish
    state: RequestState
    group: GroupSummary
    applicant: str
    applicant_name: str
    department: str
    note: str
    asked_at: datetime
    answer: str
    decided_by: str
    decided_at: datetime | None
    obstacle: str = ""


def selecting(*conditions: ColumnElement[bool]) -> Select[MembershipRequest]:
    """Select requests with all that a view shows of them."""
    of_group, of_account = MembershipRequest.group, MembershipRequest.account
    return (
        select(MembershipRequest)
        .options(
            joinedload(of_group).joinedload(Group.department),
            joinedload(of_group).joinedload(Group.domain),
            joinedload(of_account).joinedload(Account.department),
        )
        .where(*conditions)
    )


def request_views(
    session: Session,
    actor: Principal,
    rows: list[MembershipRequest],
    *,
    names_obstacles: bool = True,
) -> tuple[RequestView, ...]:
    """Return requests as they are shown to a principal.

    Args:
        names_obstacles: whether the principal may decide about them.
    """
    deciders = {row.decided_by: row.decided_by for row in rows if row.decided_by}
    names = {
        view.address: view.name or view.original for view in describe(session, actor, deciders)
    }
    names |= {str(OPERATOR.address): OPERATOR.display_name}
    waiting = [row for row in rows if row.state == RequestState.WAITING and names_obstacles]
    obstacles = find_obstacles(session, waiting)
    return tuple(
        RequestView(
            uuid=row.uuid,
            wish=Wish(row.wish),
            state=RequestState(row.state),
            group=summary_of(row.group),
            applicant=row.account.original,
            applicant_name=row.account.display_name,
            department=row.account.department.path if row.account.department else "",
            note=row.note,
            asked_at=row.asked_at,
            answer=row.answer,
            decided_by=names.get(row.decided_by, ""),
            decided_at=row.decided_at,
            obstacle=obstacles[row.uuid].sentence if row.uuid in obstacles else "",
        )
        for row in rows
    )


def view_request(session: Session, actor: Principal, row: MembershipRequest) -> RequestView:
    """Return one request as it is shown to a principal."""
    (view,) = request_views(session, actor, [row])
    return view
