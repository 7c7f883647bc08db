"""The keys that bearer tokens are signed with, and their rotation.

The database has the id of each key, and the secret key is in the settings; a key is derived from
both.  So a copy of the database signs nothing, and every process of every host sees a rotation.
"""

import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import TokenKey
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.services.unit_of_work import write

# Of columns instead of entities: it runs for each token that is checked.
_KEYS = select(TokenKey.key_id, TokenKey.created_at, TokenKey.expires_at).order_by(
    TokenKey.created_at.desc()
)


@dataclass(frozen=True, slots=True)
class TokenKeyView:
    """A key as it is listed; the one without ``expires_at`` signs."""

    key_id: str
    created_at: datetime
    expires_at: datetime | None


def list_token_keys(database: Database, actor: Principal) -> list[TokenKeyView]:
    """Return the keys whose tokens are accepted now, the one that signs first.

    Raises:
        NotPermitted: the actor does not administer all domains.
    """
    authority.require(actor, Right.ROTATE_TOKEN_KEY, None)
    with database.read() as session:
        return _accepted(session)


def rotate_token_key(database: Database, actor: Principal, *, overlap: timedelta) -> TokenKeyView:
    """Let a new key sign; tokens of those before it are accepted for ``overlap`` at most.

    Raises:
        NotPermitted: the actor does not administer all domains.
    """
    with write(database, actor) as work:
        authority.require(work.actor, Right.ROTATE_TOKEN_KEY, None)
        now = utc_now()
        _retire(work.session, now, now + overlap)
        # Not a number: after a restored backup, it would lead to a key that was used already.
        row = TokenKey(key_id=secrets.token_hex(16), created_at=now)
        work.session.add(row)
        return _view(row)


def read_current_key(database: Database, secret: str) -> str:
    """Return the key that signs now, for another program that signs tokens itself.

    Args:
        secret: ``Settings.read_token_secret()``.
    """
    with database.read() as session:
        return next(iter(read_keys(session, secret).values()))


def read_keys(session: Session, secret: str) -> dict[str, str]:
    """Return the keys whose tokens are accepted now by their ids, the one that signs first."""
    return {row.key_id: _derive(secret, row.key_id) for row in _accepted(session)}


def read_next_end(session: Session) -> float:
    """Return when the first of the keys ends whose tokens are accepted now.

    In seconds since the epoch; infinity if none is to end.
    """
    ends = [row.expires_at.timestamp() for row in _accepted(session) if row.expires_at is not None]
    return min(ends, default=math.inf)


def read_retired_keys(session: Session, secret: str) -> dict[str, str]:
    """Return the keys by their ids whose tokens were good once: until the next rotation."""
    accepted = read_keys(session, secret)
    ids = session.scalars(select(TokenKey.key_id))
    return {each: _derive(secret, each) for each in ids if each not in accepted}


def _accepted(session: Session) -> list[TokenKeyView]:
    now = utc_now()
    rows = [TokenKeyView(*row) for row in session.execute(_KEYS)]
    accepted = [row for row in rows if row.expires_at is None or row.expires_at > now]
    return sorted(accepted, key=lambda row: row.expires_at is not None)


def _retire(session: Session, now: datetime, until: datetime) -> None:
    """Let every key end by ``until``, and remove those that have ended already."""
    for row in session.scalars(select(TokenKey)):
        if row.expires_at is not None and row.expires_at <= now:
            session.delete(row)
        elif row.expires_at is None or row.expires_at > until:
            row.expires_at = until


def _derive(secret: str, key_id: str) -> str:
    return hmac.new(secret.encode(), key_id.encode(), "sha256").hexdigest()


def _view(row: TokenKey) -> TokenKeyView:
    return TokenKeyView(row.key_id, row.created_at, row.expires_at)
