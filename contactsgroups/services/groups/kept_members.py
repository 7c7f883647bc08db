"""Typed members of a group that follows the directory now: they come back with its kind."""

from collections.abc import Collection

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, KeptMember, Member
from contactsgroups.persistence.queries import chunked, holders, local_domain_names
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.groups.cycles import find_cycles
from contactsgroups.services.groups.last_days import ended_among, not_ended, set_last_days_in
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work import Work
from contactsgroups.services.unit_of_work.derivation import insert_members


def count_kept_members(database: Database, actor: Principal, uuid: str) -> int:
    """Return how many members come back if members are named one by one again.

    Those are not counted whose last day has passed.

    Raises:
        GroupNotFound, NotPermitted: the actor may not see the settings.
    """
    with database.read() as session:
        group = require_group(session, uuid)
        require_in_group(session, actor, Right.SEE_SETTINGS, group)
        kept = select(func.count()).where(
            KeptMember.group_id == group.id, not_ended(KeptMember.until)
        )
        return session.scalar(kept) or 0


def keep_members_in(work: Work, group: Group) -> None:
    """Note the typed members of a group, before they give way to those that it selects."""
    forget_kept_members_in(work, group)
    typed = select(Member.group_id, Member.address, Member.original, Member.until)
    rows = work.session.execute(typed.where(Member.group_id == group.id)).mappings()
    for some in chunked([dict(row) for row in rows]):
        work.session.execute(insert(KeptMember), some)


def bring_members_back_in(work: Work, group: Group) -> None:
    """Let the typed members be the members again; where nobody was kept, those that are there stay.

    Whoever has no address here any more stays away, and so does a group that now contains this one,
    and whose last day has passed.  If that is everybody, the group is empty, as after any last day:
    it was said that typed members come back, not that those whom the directory named stay.
    """
    session = work.session
    statement = select(KeptMember).where(KeptMember.group_id == group.id)
    rows = session.scalars(statement).all()
    last_days = {row.address: row.until for row in rows}
    ended = ended_among(last_days)
    kept = {row.address: row.original for row in rows if row.address not in ended}
    fit = {key: kept[key] for key in fit_members(session, group, kept)}
    forget_kept_members_in(work, group)
    if not rows:
        return
    stored = {member.address for member in group.members}
    group.members = [member for member in group.members if member.address in fit]
    insert_members(session, group, {key: fit[key] for key in fit.keys() - stored}, last_days)
    set_last_days_in(work, group, {key: last_days[key] for key in fit.keys() & stored})


def forget_kept_members_in(work: Work, group: Group) -> None:
    """Forget the typed members of a group."""
    work.session.execute(delete(KeptMember).where(KeptMember.group_id == group.id))


def rename_kept_address_in(work: Work, former: str, address: Address) -> None:
    """Let kept members follow a group that got another address."""
    rows = work.session.scalars(select(KeptMember).where(KeptMember.address == former)).all()
    for row in rows:
        if work.session.get(KeptMember, (row.group_id, str(address))) is None:
            work.session.add(
                KeptMember(
                    group_id=row.group_id,
                    address=str(address),
                    original=address.original,
                    until=row.until,
                )
            )
        work.session.delete(row)
    work.session.flush()


def fit_members(session: Session, group: Group, addresses: Collection[str]) -> set[str]:
    """Return those that can still be members: they have an address here, or are of elsewhere."""
    served, taken = local_domain_names(session), holders(session, addresses)
    there = {key for key in addresses if key in taken or key.rpartition("@")[2] not in served}
    nested = [key for key in there if taken.get(key) == "group"]
    return there - find_cycles(session, group.address, nested).keys()
