"""What is personal to an account, and the version that tells processes to read it anew."""

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
    """Open a private transaction about what is personal to the account of an address.

    Others about the same account wait until it ends, so that none is lost.

    Raises:
        AccountNotFound, InvalidAddress: there is no such account.
        NotPermitted: the actor may only look.
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

    The row is made in a transaction of its own: of two that insert it at once, one fails, and needs
    nothing more.  A database that is away says so again at the next step.
    """
    with database.read() as session:
        account_id = require_account(session, address).id
        is_missing = session.get(PersonalState, account_id) is None
    if is_missing:
        # Not from zero: what processes remember of an earlier account of this address must differ.
        version = secrets.randbits(30)
        with suppress(Unavailable), write_private(database, actor) as session:
            session.add(PersonalState(account_id=account_id, version=version))
    return account_id
