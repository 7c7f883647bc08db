"""Who reads a notice: the account behind an address, if there is one."""

from typing import TypeGuard

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.authority import Right
from contactsgroups.persistence.models import Account, Alias, Group
from contactsgroups.services.accounts.group_standing import may_in_group
from contactsgroups.services.accounts.identity import principal_of


def account_of(session: Session, address: str) -> Account | None:
    """Return the account that has an address as its own or by an alias.

    Two selects, each by an index: some databases look through all accounts for an "or" of both.
    """
    own = session.scalar(select(Account).where(Account.address == address))
    if own is not None:
        return own
    aliased = select(Account).join(Alias, Alias.account_id == Account.id)
    return session.scalar(aliased.where(Alias.address == address))


def is_open(account: Account | None) -> TypeGuard[Account]:
    """Whether there is an account, and it is not closed."""
    return account is not None and account.active


def may_now(session: Session, account: Account | None, right: Right, group: Group) -> bool:
    """Whether an account has a right in a group, now that it is to be told something."""
    return is_open(account) and may_in_group(session, principal_of(session, account), right, group)
