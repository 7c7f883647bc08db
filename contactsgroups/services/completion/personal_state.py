"""An account's private state, and its version, by which processes see that it has changed."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import AccountNotFound
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, PersonalState
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.unit_of_work import insert_private, write_private


@contextmanager
def write_own(
    database: Database, actor: Principal, address: str
) -> Iterator[tuple[Session, PersonalState]]:
    """Open a private transaction over the private state of an account.

    Transactions over the same account wait for each other, so no change is lost.

    Raises:
        AccountNotFound, InvalidAddress: there is no such account.
        NotPermitted: the actor is read-only.
        Unavailable: the database does not answer.
    """
    account_id, normalised = _ensure_state(database, actor, address)
    with write_private(database, actor) as session:
        _keep_account(session, account_id, normalised)
        session.execute(
            update(PersonalState)
            .where(PersonalState.account_id == account_id)
            .values(version=PersonalState.version + 1)
        )
        state = session.get(PersonalState, account_id)
        if state is None:
            raise _gone()  # This is another account of the address, made just now.
        yield session, state


def _ensure_state(database: Database, actor: Principal, address: str) -> tuple[int, str]:
    """Return id and normalised address of an account, which has its row afterwards.

    The row is made in a transaction of its own: two that insert it at once could not both go on.
    """
    with database.read() as session:
        account = require_account(session, address)
        account_id, normalised = account.id, account.address
        is_missing = session.get(PersonalState, account_id) is None
    if is_missing:
        # Not from zero: it must differ from what is cached of an earlier account of this address.
        version = secrets.randbits(30)
        row = PersonalState(account_id=account_id, version=version)
        insert_private(database, actor, row)
    return account_id, normalised


def _keep_account(session: Session, account_id: int, address: str) -> None:
    """Keep an account from being removed until the transaction ends.

    What is inserted needs the account.  Whoever removes it takes the account first and what belongs
    to it afterwards, so this must do the same, or each would wait for the other.

    Raises:
        AccountNotFound: it was removed meanwhile; another account may have its id, on SQLite.
    """
    statement = select(Account.id).where(Account.id == account_id, Account.address == address)
    if session.scalar(statement.with_for_update(read=True, key_share=True)) is None:
        raise _gone()


def _gone() -> AccountNotFound:
    return AccountNotFound("the account was removed meanwhile")
