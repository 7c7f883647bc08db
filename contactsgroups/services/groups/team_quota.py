"""How many teams an account may have created; administrators of the domain may create any number.

Those count that it created, whoever owns them now: nobody can use up another account's.  So do
those that it deleted, as long as their addresses are reserved.
"""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import Conflict
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import DeletedGroup, DomainRow, Group

TEAMS_LIMIT = 50


def require_quota(session: Session, actor: Principal) -> None:
    """Ask whether an account may create another team.

    Raises:
        Conflict: with those that it deleted, it has as many as one account may.
    """
    if authority.may(actor, Right.CREATE_GROUP, actor.domain):
        return
    created = _count_created(session, str(actor.address), actor.domain)
    if created >= TEAMS_LIMIT:
        raise Conflict(
            "you have created {limit} teams, and no account may create more; "
            "delete one that is not needed, or ask an administrator",
            limit=TEAMS_LIMIT,
        )
    if created + _count_reserved(session, str(actor.address)) >= TEAMS_LIMIT:
        raise Conflict(
            "you have {limit} teams with those that you have deleted, whose addresses are still "
            "reserved; release some of them, or ask an administrator",
            limit=TEAMS_LIMIT,
        )


def require_room(session: Session, actor: Principal, applicant: str, domain: str) -> None:
    """Ask whether a team can be there again beside the others that its creator has created since.

    Raises:
        Conflict: the creator has as many as one account may.
    """
    if not applicant or authority.may(actor, Right.CREATE_GROUP, domain):
        return
    if _count_created(session, applicant, domain) >= TEAMS_LIMIT:
        raise Conflict(
            "{applicant} has created {limit} teams, and no account may have more; "
            "delete one that is not needed, or ask an administrator",
            applicant=applicant,
            limit=TEAMS_LIMIT,
        )


def _count_created(session: Session, applicant: str, domain: str) -> int:
    is_own = (Group.kind == GroupKind.TEAM) & (Group.applicant == applicant)
    statement = select(func.count(Group.id)).join(DomainRow).where(DomainRow.name == domain, is_own)
    return session.scalar(statement) or 0


def _count_reserved(session: Session, address: str) -> int:
    """Return how many teams an account has deleted that can still be restored."""
    is_own = (DeletedGroup.kind == GroupKind.TEAM) & (DeletedGroup.deleted_by == address)
    is_kept = DeletedGroup.expires_at > datetime.now(UTC)
    statement = select(func.count()).select_from(DeletedGroup).where(is_own, is_kept)
    return session.scalar(statement) or 0
