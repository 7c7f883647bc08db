"""Record, list and remove the usage of an account: the addresses that it mails."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import tidy_name
from contactsgroups.domain.usage import strengthen
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, PersonalState, Usage
from contactsgroups.persistence.queries import chunked, rows_where
from contactsgroups.services.completion import popularity
from contactsgroups.services.completion.personal import USAGE_LIMIT
from contactsgroups.services.completion.personal_state import write_own

RECIPIENTS_LIMIT = 1000
"""A message to more recipients is a mass mailing and no usage."""

_PLAIN = {"synchronize_session": False}  # No entities of these rows are loaded.


@dataclass(frozen=True, slots=True)
class UsedAddress:
    """A recipient of a message that was sent; ``name`` is what the sender's field showed."""

    address: str
    name: str = ""


def record_usage(
    database: Database,
    principal: Principal,
    recipients: Sequence[UsedAddress],
    *,
    at: datetime | None = None,
) -> None:
    """Record that a principal sent a message to these recipients.

    Nothing is recorded for an account that switched recording off.

    Raises:
        InvalidInput: more than 1,000 recipients, or one that is no address.
        NotPermitted: the principal is read-only.
    """
    parsed = _parse(recipients)
    parsed.pop(str(principal.address), None)
    now = at or datetime.now(UTC)
    with database.read() as reading:  # Before the write, for which others wait on SQLite.
        counted = popularity.find_counted(reading, principal, parsed)
    with write_own(database, principal, str(principal.address)) as (session, state):
        if not state.usage_recorded:
            return
        _strengthen_usage(session, state.account_id, parsed, now)
        popularity.note(session, counted, now)
        popularity.note(session, _remove_the_weakest(session, state.account_id), now)


def remove_usage(database: Database, principal: Principal, address: str) -> None:
    """Remove a principal's usage of an address; harmless if there is none."""
    key = str(Address.parse(address))
    with _changing_popularity(database, principal, [key]) as (session, state):
        own = Usage.account_id == state.account_id
        session.execute(delete(Usage).where(own, Usage.address == key))


def remove_all_usage(database: Database, principal: Principal) -> None:
    """Remove all usage of a principal, and its share in popularity."""
    with _changing_popularity(database, principal) as (session, state):
        session.execute(delete(Usage).where(Usage.account_id == state.account_id))


def set_usage_recording(database: Database, principal: Principal, *, enabled: bool) -> None:
    """Switch recording on or off; off also stops using what was recorded, without removing it."""
    with _changing_popularity(database, principal) as (_, state):
        state.usage_recorded = enabled


@contextmanager
def _changing_popularity(
    database: Database, principal: Principal, addresses: Sequence[str] | None = None
) -> Iterator[tuple[Session, PersonalState]]:
    """Open a private transaction after which a principal's share in popularity is another one.

    Args:
        addresses: those whose usage changes; None for all that it has used.
    """
    if addresses is None:
        addresses = [str(Address.parse(used.address)) for used in list_usage(database, principal)]
    with database.read() as reading:
        counted = popularity.find_counted(reading, principal, addresses)
    with write_own(database, principal, str(principal.address)) as (session, state):
        yield session, state
        popularity.note(session, counted, datetime.now(UTC))


def is_usage_recorded(database: Database, principal: Principal) -> bool:
    """Whether a principal's usage is recorded."""
    with database.read() as session:
        enabled = session.scalar(
            select(PersonalState.usage_recorded)
            .join(Account, Account.id == PersonalState.account_id)
            .where(Account.address == str(principal.address))
        )
        return enabled is not False


def list_usage(database: Database, principal: Principal) -> list[UsedAddress]:
    """Return a principal's recorded usage, the most used address first."""
    statement = (
        select(Usage)
        .join(Account, Account.id == Usage.account_id)
        .where(Account.address == str(principal.address))
        .order_by(Usage.strength.desc(), Usage.address)
    )
    with database.read() as session:
        return [UsedAddress(usage.original, usage.name) for usage in session.scalars(statement)]


def _parse(recipients: Sequence[UsedAddress]) -> dict[str, tuple[Address, str]]:
    """Return address and name of each recipient, by normalised address and in its order."""
    if len(recipients) > RECIPIENTS_LIMIT:
        raise InvalidInput(
            "more than {limit} recipients", field="recipients", limit=RECIPIENTS_LIMIT
        )
    parsed = {}
    for each in recipients:
        address = Address.parse(each.address, field="recipients")
        parsed[str(address)] = address, tidy_name(each.name)
    return dict(sorted(parsed.items()))


def _strengthen_usage(
    session: Session,
    account_id: int,
    recipients: Mapping[str, tuple[Address, str]],
    now: datetime,
) -> None:
    """Store a use of each recipient; with entities it would take ten times as long for many."""
    own = Usage.account_id == account_id
    statement = select(Usage.address, Usage.strength, Usage.name).where(own)
    known = {row.address: row for row in rows_where(session, statement, Usage.address, recipients)}
    for some in chunked(list(known)):
        session.execute(delete(Usage).where(own, Usage.address.in_(some)), execution_options=_PLAIN)
    rows = [
        {
            "account_id": account_id,
            "address": key,
            "original": address.original,
            "name": name or (known[key].name if key in known else ""),
            "strength": strengthen(known[key].strength if key in known else None, now),
            "last_use": strengthen(None, now),
        }
        for key, (address, name) in recipients.items()
    ]
    if rows:
        session.execute(insert(Usage), rows)


def _remove_the_weakest(session: Session, account_id: int) -> Sequence[str]:
    """Remove what is beyond the limit, and return the addresses that it was the usage of."""
    session.flush()
    own = Usage.account_id == account_id
    count = session.scalar(select(func.count()).where(own)) or 0
    if count <= USAGE_LIMIT:
        return ()
    weakest = select(Usage.address).where(own).order_by(Usage.strength, Usage.address)
    addresses = session.scalars(weakest.limit(count - USAGE_LIMIT)).all()
    for some in chunked(addresses):
        session.execute(delete(Usage).where(own, Usage.address.in_(some)), execution_options=_PLAIN)
    return addresses
