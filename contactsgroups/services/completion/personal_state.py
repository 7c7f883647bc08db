"""An account's private state, and its version, by which processes see that it has changed."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import AccountNotFound, Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import PersonalState
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.unit_of_work import write_private


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
    account_id = _ensure_state(database, actor, address)
    with write_private(database, actor) as session:
        session.execute(
            update(PersonalState)
            .where(PersonalState.account_id == account_id)
            .values(version=PersonalState.version + 1)
        )
        try:
            state = session.get_one(PersonalState, account_id)
        except NoResultFound:
            raise AccountNotFound(f"there is no account {address} any more") from None
        yield session, state


def _ensure_state(database: Database, actor: Principal, address: str) -> int:
    """Return the id of an account, which has its row afterwards.

    The row is made in a transaction of its own: of two that insert it at once, one fails, which is
    harmless.  If the database does not answer, the next step raises Unavailable.
    """
    with database.read() as session:
        account_id = require_account(session, address).id
        is_missing = session.get(PersonalState, account_id) is None
    if is_missing:
        # Not from zero: it must differ from what is cached of an earlier account of this address.
        version = secrets.randbits(30)
        with suppress(Unavailable), write_private(database, actor) as session:
            session.add(PersonalState(account_id=account_id, version=version))
    return account_id
