"""Whom an account mails: recorded, shown, forgotten."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import tidy_name
from contactsgroups.domain.usage import popularity_score, strengthen
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Group,
    PersonalState,
    Popularity,
    Usage,
)
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.completion.personal import USAGE_LIMIT
from contactsgroups.services.unit_of_work import Work, write

RECIPIENTS_LIMIT = 1000
"""More recipients of one message are not a person's own usage."""


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
    """Learn that a principal sent a message to these recipients.

    Nothing is learned for an account that switched learning off.

    Raises:
        InvalidInput: more than 1,000 recipients, or one that is no address.
    """
    if len(recipients) > RECIPIENTS_LIMIT:
        raise InvalidInput(f"more than {RECIPIENTS_LIMIT} recipients", field="recipients")
    parsed = {}
    for each in recipients:
        address = Address.parse(each.address, field="recipients")
        parsed[str(address)] = address, tidy_name(each.name)
    now = at or datetime.now(UTC)
    principal.require_writing()
    with write(database, principal) as work:
        account = require_account(work.session, str(principal.address))
        if not _personal_state(work.session, account).usage_recorded:
            return
        for key, (address, name) in sorted(parsed.items()):
            if key != account.address:
                _strengthen_usage(work.session, account, address, name, now)
                _strengthen_popularity(work, principal, key, now)
        _forget_the_weakest(work.session, account)
        touch(work.session, account)


def forget(database: Database, principal: Principal, address: str) -> None:
    """Forget that a principal ever mailed an address; harmless if it never did."""
    key = str(Address.parse(address))
    principal.require_writing()
    with write(database, principal) as work:
        account = require_account(work.session, str(principal.address))
        work.session.execute(
            delete(Usage).where(Usage.account_id == account.id, Usage.address == key)
        )
        touch(work.session, account)


def forget_all(database: Database, principal: Principal) -> None:
    """Forget everybody that a principal ever mailed."""
    principal.require_writing()
    with write(database, principal) as work:
        account = require_account(work.session, str(principal.address))
        work.session.execute(delete(Usage).where(Usage.account_id == account.id))
        touch(work.session, account)


def set_usage_recording(database: Database, principal: Principal, *, enabled: bool) -> None:
    """Switch learning on or off; off also stops using what was learned, without forgetting it."""
    principal.require_writing()
    with write(database, principal) as work:
        account = require_account(work.session, str(principal.address))
        _personal_state(work.session, account).usage_recorded = enabled
        touch(work.session, account)


def is_usage_recorded(database: Database, principal: Principal) -> bool:
    """Whether a principal's own usage is learned."""
    with database.read() as session:
        enabled = session.scalar(
            select(PersonalState.usage_recorded)
            .join(Account, Account.id == PersonalState.account_id)
            .where(Account.address == str(principal.address))
        )
        return enabled is not False


def list_usage(database: Database, principal: Principal) -> list[UsedAddress]:
    """Return whom a principal mailed and is remembered, the most used first."""
    statement = (
        select(Usage)
        .join(Account, Account.id == Usage.account_id)
        .where(Account.address == str(principal.address))
        .order_by(Usage.strength.desc(), Usage.address)
    )
    with database.read() as session:
        return [UsedAddress(usage.original, usage.name) for usage in session.scalars(statement)]


def touch(session: Session, account: Account) -> None:
    """Let every process read anew what is personal to an account."""
    _personal_state(session, account).version += 1


def _strengthen_usage(
    session: Session, account: Account, address: Address, name: str, now: datetime
) -> None:
    usage = session.get(Usage, (account.id, str(address)))
    if usage is None:
        usage = Usage(account_id=account.id, address=str(address), strength=strengthen(None, now))
        session.add(usage)
    else:
        usage.strength = strengthen(usage.strength, now)
    usage.original = address.original
    usage.name = name or usage.name or ""


def _strengthen_popularity(work: Work, sender: Principal, address: str, now: datetime) -> None:
    """Raise an account's or a group's popularity with those whom its domain is shown to.

    Outside addresses have none, and what strangers write says nothing about the domain.
    """
    domain_id = _domain_of(work.session, address)
    if domain_id not in visible_domain_ids(work.session, sender.domain):
        return
    row = work.session.get(Popularity, address)
    if row is None:
        row = Popularity(address=address, strength=strengthen(None, now), score=0)
        work.session.add(row)
    else:
        row.strength = strengthen(row.strength, now)
    score = popularity_score(row.strength)
    if score != row.score:
        row.score = score
        if domain_id is not None:
            work.changed_popularity(domain_id, address)


def _domain_of(session: Session, address: str) -> int | None:
    for table in (Account, Group):
        domain_id = session.scalar(select(table.domain_id).where(table.address == address))
        if domain_id is not None:
            return domain_id
    return None


def _forget_the_weakest(session: Session, account: Account) -> None:
    session.flush()
    count = session.scalar(select(func.count()).where(Usage.account_id == account.id)) or 0
    if count <= USAGE_LIMIT:
        return
    weakest = (
        select(Usage).where(Usage.account_id == account.id).order_by(Usage.strength, Usage.address)
    )
    for usage in session.scalars(weakest.limit(count - USAGE_LIMIT)):
        session.delete(usage)


def _personal_state(session: Session, account: Account) -> PersonalState:
    row = session.get(PersonalState, account.id)
    if row is None:
        # Not from zero: what processes remember of an earlier account of this address must differ.
        row = PersonalState(
            account_id=account.id, usage_recorded=True, version=secrets.randbits(30)
        )
        session.add(row)
        session.flush()
    return row
