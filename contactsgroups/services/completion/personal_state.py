"""The version that tells every process when to read anew what is personal to an account."""

import secrets

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Account, PersonalState


def touch(session: Session, account: Account) -> None:
    """Let every process read anew what is personal to an account.

    Call it first: until the transaction ends, other private writes about the account wait here, so
    that none is lost.
    """
    changed = session.connection().execute(
        update(PersonalState)
        .where(PersonalState.account_id == account.id)
        .values(version=PersonalState.version + 1)
    )
    if changed.rowcount == 0:
        _create(session, account)
        touch(session, account)


def personal_state(session: Session, account: Account) -> PersonalState:
    """Return an account's row, which :func:`touch` has made."""
    return session.get_one(PersonalState, account.id)


def _create(session: Session, account: Account) -> None:
    # Not from zero: what processes remember of an earlier account of this address must differ.
    row = PersonalState(account_id=account.id, usage_recorded=True, version=secrets.randbits(30))
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if session.get(PersonalState, account.id) is None:
            raise  # The account was removed meanwhile.
