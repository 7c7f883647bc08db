"""Sessions of the pages: begun by a sign-in, kept here, and ended here.

The browser holds a random token and the table its digest, so a copy of the table opens nothing.
A session is read at every request and never waits for a writer; that it was used is written every
few minutes only, and given up if another writer is at it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import NotAuthenticated, Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Administrator, DomainRow, WebSession
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.services.accounts.accounts import managed_account_in, require_account
from contactsgroups.services.accounts.passwords import mark_of
from contactsgroups.services.unit_of_work import write, write_private
from contactsgroups.services.unit_of_work.standing import managed_domains_of

SESSIONS_LIMIT = 20
"""Sessions of one account; a further sign-in ends the one that was used least lately."""

NOTED_AFTER = timedelta(minutes=5)
"""So old the time of last use may be before it is written again."""

_SWEPT_AT_ONCE = 500

# Built once, and of columns instead of entities: a session is read at every request.
_sessions, _accounts = WebSession.__table__.c, Account.__table__.c
_TIMES = (
    _sessions.digest,
    _sessions.password_mark,
    _sessions.created_at,
    _sessions.seen_at,
    _sessions.expires_at,
    _accounts.active,
    _accounts.password_hash,
    _accounts.revoked_at,
)
_administrators, _domains = Administrator.__table__.c, DomainRow.__table__.c
_RESUMED = (
    select(
        *_TIMES,
        _sessions.account_id,
        _accounts.address,
        _accounts.original,
        _accounts.display_name,
        _administrators.id.label("administrator_id"),
        _administrators.domain_id,
        _domains.name,
    )
    .join_from(_sessions.digest.table, _accounts.id.table)
    .outerjoin(_administrators.id.table, _administrators.account_id == _accounts.id)
    .outerjoin(_domains.id.table, _domains.id == _administrators.domain_id)
    .where(_sessions.digest == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: since its sign-in, and since it was last used."""

    lifetime: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its account sees it; ``digest`` names it, and opens nothing."""

    digest: str
    client: str
    created_at: datetime
    seen_at: datetime
    is_current: bool


def begin_session(
    database: Database, actor: Principal, *, client: str, limits: SessionLimits
) -> str:
    """Begin a session of an account that has just shown its password, and return its token.

    Args:
        client: what its account will know the session by, such as "Firefox on Linux".

    Raises:
        NotAuthenticated: password or account changed since.
        Unavailable: the database does not answer.
    """
    token = secrets.token_urlsafe(32)
    with write_private(database, actor) as session:
        account = _keep_account(session, actor)
        now = max(utc_now(), account.revoked_at or account.created_at)
        session.add(
            WebSession(
                digest=_digest_of(token),
                account_id=account.id,
                client=client[:255],
                password_mark=actor.password_mark,
                created_at=now,
                seen_at=now,
                expires_at=now + limits.lifetime,
            )
        )
        session.flush()
        _drop_those_beyond_the_limit(session, account.id)
    _sweep(database)
    return token


def resume_session(database: Database, token: str, limits: SessionLimits) -> Principal | None:
    """Return the principal of a session, or None if there is none, or none any more.

    Raises:
        Unavailable: the database does not answer; nothing is known of the session then.
    """
    now = utc_now()
    with database.connect() as connection:
        rows = connection.execute(_RESUMED, {"digest": _digest_of(token)}).all()
    if not rows or not _is_open(rows[0], now, limits):
        return None
    if now - rows[0].seen_at >= NOTED_AFTER:
        _note_use(database, rows[0].digest, rows[0].seen_at, now)
    return _principal_of(rows)


def end_session(database: Database, token: str) -> None:
    """End the session of a token; harmless if it has ended.

    Raises:
        Unavailable: the database does not answer, and the session has not ended.
    """
    with database.write_private() as session:
        session.execute(delete(WebSession).where(WebSession.digest == _digest_of(token)))


def list_sessions(
    database: Database, principal: Principal, *, token: str, limits: SessionLimits
) -> list[SessionView]:
    """Return the open sessions of an account, the last used first.

    Args:
        token: of the current session.
    """
    now, current = utc_now(), _digest_of(token)
    statement = (
        select(*_TIMES, _sessions.client)
        .join_from(_sessions.digest.table, _accounts.id.table)
        .where(_accounts.address == str(principal.address))
        .order_by(_sessions.seen_at.desc(), _sessions.digest)
    )
    with database.connect() as connection:
        rows = connection.execute(statement).all()
    return [
        SessionView(row.digest, row.client, row.created_at, row.seen_at, row.digest == current)
        for row in rows
        if _is_open(row, now, limits)
    ]


def end_listed_session(database: Database, principal: Principal, digest: str) -> None:
    """End one of an account's own sessions; harmless if it has ended, or is of another account.

    Raises:
        Unavailable: the database does not answer, and the session has not ended.
    """
    own = select(Account.id).where(Account.address == str(principal.address))
    with write_private(database, principal) as session:
        session.execute(
            delete(WebSession).where(
                WebSession.digest == digest, WebSession.account_id.in_(own.scalar_subquery())
            )
        )


def sign_out_everywhere(
    database: Database, actor: Principal, address: str, *, keep: str = ""
) -> None:
    """End every session of an account, and refuse the tokens that were issued for it so far.

    Args:
        keep: the token of a session that goes on.

    Raises:
        AccountNotFound, NotPermitted: nothing was changed.
        Unavailable: the database does not answer, or another writer holds the lock.
    """
    with write(database, actor) as work:
        is_own = str(Address.parse(address)) == str(actor.address)
        account = (
            require_account(work.session, address) if is_own else managed_account_in(work, address)
        )
        account.revoked_at = utc_now()
        work.session.flush()
        kept = WebSession.digest == _digest_of(keep)
        own = WebSession.account_id == account.id
        work.session.execute(delete(WebSession).where(own, ~kept))
        work.session.execute(update(WebSession).where(own, kept).values(seen_at=account.revoked_at))


def _digest_of(token: str) -> str:
    # The token is random and long: unlike a password, it needs no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()


def _is_open(row: Any, now: datetime, limits: SessionLimits) -> bool:
    is_too_old = now >= min(row.expires_at, row.created_at + limits.lifetime)
    is_idle = now - row.seen_at >= limits.idle
    is_revoked = row.revoked_at is not None and row.seen_at < row.revoked_at
    is_of_password = row.password_mark == mark_of(row.password_hash)
    return row.active and is_of_password and not (is_too_old or is_idle or is_revoked)


def _principal_of(rows: Sequence[Any]) -> Principal:
    """Return the principal of a session; there is a row for each domain that it administers."""
    row = rows[0]
    local_part, _, domain = row.address.rpartition("@")
    return Principal(
        address=Address(local_part, domain, row.original),
        display_name=row.display_name,
        managed_domains=managed_domains_of(rows),
        password_mark=row.password_mark,
        account_id=row.account_id,
    )


def _keep_account(session: Session, actor: Principal) -> Account:
    """Return an account that stays as it is until the transaction ends."""
    statement = select(Account).where(Account.address == str(actor.address), Account.active)
    account = session.scalar(statement.with_for_update(read=True, key_share=True))
    if account is None or mark_of(account.password_hash) != actor.password_mark:
        raise NotAuthenticated("the password or the account was changed meanwhile")
    return account


def _drop_those_beyond_the_limit(session: Session, account_id: int) -> None:
    statement = (
        select(WebSession.digest)
        .where(WebSession.account_id == account_id)
        .order_by(WebSession.seen_at.desc(), WebSession.created_at.desc())
        .offset(SESSIONS_LIMIT)
        .limit(_SWEPT_AT_ONCE)
    )
    _drop(session, session.scalars(statement).all())


def _sweep(database: Database) -> None:
    """Remove sessions that are over; those that another process is removing are left to it."""
    is_over = WebSession.expires_at <= utc_now()
    with database.read() as session:
        if session.scalar(select(WebSession.digest).where(is_over).limit(1)) is None:
            return
    statement = select(WebSession.digest).where(is_over).limit(_SWEPT_AT_ONCE)
    with suppress(Unavailable), database.write_private(wait=False) as session:
        _drop(session, session.scalars(statement.with_for_update(skip_locked=True)).all())


def _drop(session: Session, digests: Sequence[str]) -> None:
    if digests:
        session.execute(delete(WebSession).where(WebSession.digest.in_(sorted(digests))))


def _note_use(database: Database, digest: str, seen_at: datetime, now: datetime) -> None:
    """Write when a session was used; another one who writes there has said so already.

    ``now`` is the moment at which it was found to be open: if it was revoked since, this must not
    open it again.
    """
    same = WebSession.digest == digest, WebSession.seen_at == seen_at
    row = select(WebSession.digest).where(*same).with_for_update(skip_locked=True)
    with suppress(Unavailable), database.write_private(wait=False) as session:
        if session.scalar(row) is not None:
            session.execute(update(WebSession).where(*same).values(seen_at=now))
