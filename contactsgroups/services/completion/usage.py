"""Record, list and remove the usage of an account: the addresses that it mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import tidy_name
from contactsgroups.domain.usage import strengthen
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, PersonalState, Usage
from contactsgroups.services.completion import popularity
from contactsgroups.services.completion.personal import USAGE_LIMIT
from contactsgroups.services.completion.personal_state import write_own

RECIPIENTS_LIMIT = 1000
"""A message to more recipients is a mass mailing and no usage."""


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
    now = at or datetime.now(UTC)
    with write_own(database, principal, str(principal.address)) as (session, state):
        if not state.usage_recorded:
            return
        parsed.pop(str(principal.address), None)
        for address, name in parsed.values():
            _strengthen_usage(session, state.account_id, address, name, now)
        _remove_the_weakest(session, state.account_id)
        popularity.note(session, principal, list(parsed), now)
    popularity.sum_up_if_due(database, now)


def remove_usage(database: Database, principal: Principal, address: str) -> None:
    """Remove a principal's usage of an address; harmless if there is none."""
    key = str(Address.parse(address))
    with write_own(database, principal, str(principal.address)) as (session, state):
        own = Usage.account_id == state.account_id
        session.execute(delete(Usage).where(own, Usage.address == key))


def remove_all_usage(database: Database, principal: Principal) -> None:
    """Remove all usage of a principal."""
    with write_own(database, principal, str(principal.address)) as (session, state):
        session.execute(delete(Usage).where(Usage.account_id == state.account_id))


def set_usage_recording(database: Database, principal: Principal, *, enabled: bool) -> None:
    """Switch recording on or off; off also stops using what was recorded, without removing it."""
    with write_own(database, principal, str(principal.address)) as (_, state):
        state.usage_recorded = enabled


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
        raise InvalidInput(f"more than {RECIPIENTS_LIMIT} recipients", field="recipients")
    parsed = {}
    for each in recipients:
        address = Address.parse(each.address, field="recipients")
        parsed[str(address)] = address, tidy_name(each.name)
    return dict(sorted(parsed.items()))


def _strengthen_usage(
    session: Session, account_id: int, address: Address, name: str, now: datetime
) -> None:
    usage = session.get(Usage, (account_id, str(address)))
    if usage is None:
        usage = Usage(account_id=account_id, address=str(address), strength=strengthen(None, now))
        session.add(usage)
    else:
        usage.strength = strengthen(usage.strength, now)
    usage.original = address.original
    usage.name = name or usage.name or ""


def _remove_the_weakest(session: Session, account_id: int) -> None:
    session.flush()
    count = session.scalar(select(func.count()).where(Usage.account_id == account_id)) or 0
    if count <= USAGE_LIMIT:
        return
    weakest = (
        select(Usage).where(Usage.account_id == account_id).order_by(Usage.strength, Usage.address)
    )
    for usage in session.scalars(weakest.limit(count - USAGE_LIMIT)):
        session.delete(usage)
