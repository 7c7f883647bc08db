"""Who an address stands for, and all addresses that stand for the same one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence.models import Account, Alias, Group
from contactsgroups.services.accounts.attributes import read_attributes
from contactsgroups.services.accounts.group_standing import known_groups
from contactsgroups.services.accounts.sharing import sees_account, visible_domain_names


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressHolder:
    """Who an address stands for, as far as a principal may know it.

    Attributes:
        kind: account, group or external; what stands for an account is that account.
        address, original: the account's own, where the address was an alias.
        asked: the address that was asked for.
        aliases: the other addresses of the account, as they are spelled.
        is_managed: whether the principal manages the account.
        account_id: of the account, if it is one.
        attributes: those that the site names itself, of an account that the principal manages.
    """

    kind: str
    address: str
    original: str
    asked: str
    name: str = ""
    active: bool = True
    title: str = ""
    department: str = ""
    location: str = ""
    aliases: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    """All that stand for it, normalised."""
    is_managed: bool = False
    account_id: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


def find_holder(session: Session, actor: Principal, text: str) -> AddressHolder:
    """Return who an address stands for.

    In a domain that the actor may not see, every address is like one of another server, and no
    alias leads out of such a domain or into it.  So is, in a domain that is only shown to it, a
    closed account, and a group that it may not know of.  Whoever manages an account knows all its
    aliases; all others know the one that was asked for, and those in domains that they manage.

    Raises:
        InvalidAddress: it is none.
    """
    address = Address.parse(text)
    key = str(address)
    seen = visible_domain_names(session, actor)
    if seen is None or address.domain in seen:
        account = _find_account(session, key)
        if account is not None and sees_account(session, actor, account):
            return _account_holder(session, actor, account, key)
        group = session.scalar(select(Group).where(Group.address == key))
        if group is not None and known_groups(session, actor, [group]):
            return AddressHolder(
                kind="group",
                address=key,
                original=group.original,
                asked=key,
                name=group.display_name,
                addresses=frozenset({key}),
            )
    return AddressHolder(
        kind="external",
        address=key,
        original=address.original,
        asked=key,
        addresses=frozenset({key}),
    )


def _find_account(session: Session, key: str) -> Account | None:
    """Return the account that has an address, or that it is an alias of.

    It is one or the other.  With "or" between both, servers look at every account.
    """
    own = select(Account.id).where(Account.address == key)
    found = union_all(own, select(Alias.account_id).where(Alias.address == key)).subquery()
    statement = select(Account).options(joinedload(Account.domain), joinedload(Account.department))
    return session.scalar(statement.join(found, found.c.id == Account.id))


def _manages(actor: Principal, account: Account) -> bool:
    return authority.may(actor, Right.MANAGE_ACCOUNTS, account.domain.name)


def _manages_domain_of(actor: Principal, alias: str) -> bool:
    return authority.may(actor, Right.MANAGE_ACCOUNTS, alias.rpartition("@")[2])


def _account_holder(
    session: Session, actor: Principal, account: Account, asked: str
) -> AddressHolder:
    is_managed = _manages(actor, account)
    statement = select(Alias.address, Alias.original).where(Alias.account_id == account.id)
    aliases = [
        row
        for row in session.execute(statement.order_by(Alias.address))
        if is_managed or row.address == asked or _manages_domain_of(actor, row.address)
    ]
    attributes = read_attributes(session, [account.id]) if is_managed else {}
    return AddressHolder(
        kind="account",
        address=account.address,
        original=account.original,
        asked=asked,
        name=account.display_name,
        active=account.active,
        title=account.title if is_managed else "",
        department=account.department.path if is_managed and account.department else "",
        location=account.location if is_managed else "",
        aliases=tuple(row.original for row in aliases),
        addresses=frozenset({account.address, *(row.address for row in aliases)}),
        is_managed=is_managed,
        account_id=account.id,
        attributes=attributes.get(account.id, {}),
    )
