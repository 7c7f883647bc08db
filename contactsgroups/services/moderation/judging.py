"""Which held messages a principal judges: those to groups in which it has the right to."""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import MessageNotFound
from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, DomainRow, Group, GroupRole, Hold
from contactsgroups.services.accounts.group_standing import may_in_group

_JUDGING = (Role.OWNER, Role.MODERATOR)


def is_judged_by(actor: Principal) -> ColumnElement[bool]:
    """Which held messages this principal sees and decides about.

    Of a group that was deleted, nobody does: its messages wait until it is restored, or expire.
    Where a group inside was to decide and was deleted, the group that the message was sent to does.
    """
    judged = select(Group.uuid).where(_is_group_judged_by(actor))
    judge_is_gone = ~exists().where(Group.uuid == Hold.judge_uuid)
    return or_(Hold.judge_uuid.in_(judged), and_(judge_is_gone, Hold.group_uuid.in_(judged)))


def judge_of(session: Session, hold: Hold) -> Group | None:
    """Return the group whose moderators decide; None if it was deleted."""
    found = session.scalars(select(Group).where(Group.uuid.in_([hold.judge_uuid, hold.group_uuid])))
    groups = {each.uuid: each for each in found}
    return groups.get(hold.judge_uuid) or groups.get(hold.group_uuid)


def judges_any_group(session: Session, actor: Principal) -> bool:
    """Whether there is a moderated group whose messages this principal decides about."""
    condition = Group.moderated & _is_group_judged_by(actor)
    return session.scalar(select(Group.id).where(condition).limit(1)) is not None


def require_judged(session: Session, actor: Principal, uuid: str) -> tuple[Hold, Group]:
    """Return a held message, and the group whose moderators decide about it.

    Raises:
        MessageNotFound: there is none that the actor judges.
    """
    is_uuid = uuid.isascii() and uuid.isprintable()
    hold = session.scalar(select(Hold).where(Hold.uuid == uuid)) if is_uuid else None
    judge = hold and judge_of(session, hold)
    if hold and judge and may_in_group(session, actor, Right.JUDGE_MESSAGES, judge):
        return hold, judge
    raise MessageNotFound("there is no such message")


def _is_group_judged_by(actor: Principal) -> ColumnElement[bool]:
    domains = authority.domains_where(actor, Right.JUDGE_MESSAGES)
    if domains is None:
        return Group.id.is_not(None)
    address = str(actor.address)
    aliases = select(Alias.address).join(Account, Account.id == Alias.account_id)
    is_own = or_(
        GroupRole.address == address,
        GroupRole.address.in_(aliases.where(Account.address == address)),
    )
    roles = select(GroupRole.group_id).where(is_own, GroupRole.role.in_(_JUDGING))
    managed = select(DomainRow.id).where(DomainRow.name.in_(domains))
    return or_(Group.id.in_(roles), Group.domain_id.in_(managed))
