"""Which groups would reach nobody any more if an alias or an account went, to be said before."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import CompoundSelect, exists, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, Group, Recipient
from contactsgroups.services.groups.whereabouts import groups_with_right, ids_with_member
from contactsgroups.services.unit_of_work.group_edges import ids_above


@dataclass(frozen=True, slots=True)
class EmptiedGroup:
    """A group that would reach nobody."""

    uuid: str
    original: str
    name: str


def groups_emptied_by_alias(
    database: Database, actor: Principal, alias: str
) -> tuple[EmptiedGroup, ...]:
    """Return the groups that reach somebody through this alias alone, also through other groups.

    By address; only those whose members the actor may see. None if there is no such alias.

    Raises:
        InvalidAddress: it is none.
    """
    key = str(Address.parse(alias))
    of_alias = select(Account).join(Alias, Alias.account_id == Account.id)
    with database.read() as session:
        account = session.scalar(of_alias.where(Alias.address == key))
        if account is None:
            return ()
        others = _addresses_of(session, account) - {key}
        return _find(session, actor, account, {key}, others)


def groups_emptied_by_account(
    database: Database, actor: Principal, address: str
) -> tuple[EmptiedGroup, ...]:
    """Return the groups that reach this account alone, also through other groups.

    By address; only those whose members the actor may see. None if there is no such account.

    Raises:
        InvalidAddress: it is none.
    """
    key = str(Address.parse(address))
    with database.read() as session:
        account = session.scalar(select(Account).where(Account.address == key))
        if account is None:
            return ()
        return _find(session, actor, account, _addresses_of(session, account), ())


def _addresses_of(session: Session, account: Account) -> set[str]:
    aliases = select(Alias.address).where(Alias.account_id == account.id)
    return {account.address, *session.scalars(aliases)}


def _find(
    session: Session,
    actor: Principal,
    account: Account,
    gone: Collection[str],
    staying: Collection[str],
) -> tuple[EmptiedGroup, ...]:
    """Return the groups that only this account is reached by, and only through what goes."""
    is_only_one = (Group.recipient_count == 1) & exists().where(
        Recipient.group_id == Group.id, Recipient.address == account.address
    )
    through = _ids_through(gone).subquery()
    # Joined, for MariaDB asks a union behind IN about every group.
    reached = select(Group).join(through, through.c[0] == Group.id)
    statement = reached.where(
        is_only_one,
        groups_with_right(session, actor, Right.SEE_MEMBERS),
    )
    kept = set(session.scalars(_ids_through(staying))) if staying else set()
    return tuple(
        EmptiedGroup(each.uuid, each.original, each.shown_name)
        for each in session.scalars(statement.order_by(Group.address))
        if each.id not in kept
    )


def _ids_through(addresses: Collection[str]) -> CompoundSelect[int]:
    """Select the ids of the groups that one of the addresses is in, and of those around them."""
    starts = ids_with_member(addresses).where(Group.disabled.is_(False))
    return starts.union(ids_above(starts, Group.disabled.is_(False)))
