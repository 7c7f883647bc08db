"""Learning from what was mailed, and forgetting it."""

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
from contactsgroups.domain.use import popularity_score, strengthen
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Group,
    Learning,
    Popularity,
    Use,
)
from contactsgroups.services.accounts import require_account
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.completion.personal import USES_LIMIT
from contactsgroups.services.unit_of_work import Work, write

RECIPIENTS_LIMIT = 1000
"""More recipients of one message are not a person's own use."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """A recipient of a message that was sent; ``name`` is what the sender's field showed."""

    address: str
    name: str = ""


def record_use(
    database: Database,
    principal: Principal,
    recipients: Sequence[Mailed],
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
        if not _learning_of(work.session, account).enabled:
            return
        for key, (address, name) in sorted(parsed.items()):
            if key != account.address:
                _strengthen_use(work.session, account, address, name, now)
                _strengthen_popularity(work, principal, key, now)
        _forget_the_weakest(work.session, account)
        touch(work.session, account)


def forget(database: Database, principal: Principal, address: str) -> None:
    """Forget that a principal ever mailed an address; harmless if it never did."""
    key = str(Address.parse(address))
    principal.require_writing()
    with write(database, principal) as work:
        account = require_account(work.session, str(principal.address))
        work.session.execute(delete(Use).where(Use.account_id == account.id, Use.address == key))
        touch(work.session, account)


def forget_all(database: Database, principal: Principal) -> None:
    """Forget everybody that a principal ever mailed."""
    principal.require_writing()
    with write(database, principal) as work:
        account = require_account(work.session, str(principal.address))
        work.session.execute(delete(Use).where(Use.account_id == account.id))
        touch(work.session, account)


def set_learning(database: Database, principal: Principal, *, enabled: bool) -> None:
    """Switch learning on or off; off also stops using what was learned, without forgetting it."""
    principal.require_writing()
    with write(database, principal) as work:
        account = require_account(work.session, str(principal.address))
        _learning_of(work.session, account).enabled = enabled
        touch(work.session, account)


def is_learning(database: Database, principal: Principal) -> bool:
    """Whether a principal's own use is learned."""
    with database.read() as session:
        enabled = session.scalar(
            select(Learning.enabled)
            .join(Account, Account.id == Learning.account_id)
            .where(Account.address == str(principal.address))
        )
        return enabled is not False


def list_uses(database: Database, principal: Principal) -> list[Mailed]:
    """Return whom a principal mailed and is remembered, the most used first."""
    statement = (
        select(Use)
        .join(Account, Account.id == Use.account_id)
        .where(Account.address == str(principal.address))
        .order_by(Use.strength.desc(), Use.address)
    )
    with database.read() as session:
        return [Mailed(use.original, use.name) for use in session.scalars(statement)]


def touch(session: Session, account: Account) -> None:
    """Let every process read anew what is personal to an account."""
    _learning_of(session, account).version += 1


def _strengthen_use(
    session: Session, account: Account, address: Address, name: str, now: datetime
) -> None:
    use = session.get(Use, (account.id, str(address)))
    if use is None:
        use = Use(account_id=account.id, address=str(address), strength=strengthen(None, now))
        session.add(use)
    else:
        use.strength = strengthen(use.strength, now)
    use.original = address.original
    use.name = name or use.name or ""


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
    count = session.scalar(select(func.count()).where(Use.account_id == account.id)) or 0
    if count <= USES_LIMIT:
        return
    weakest = select(Use).where(Use.account_id == account.id).order_by(Use.strength, Use.address)
    for use in session.scalars(weakest.limit(count - USES_LIMIT)):
        session.delete(use)


def _learning_of(session: Session, account: Account) -> Learning:
    row = session.get(Learning, account.id)
    if row is None:
        # Not from zero: what processes remember of an earlier account of this address must differ.
        row = Learning(account_id=account.id, enabled=True, version=secrets.randbits(30))
        session.add(row)
        session.flush()
    return row
