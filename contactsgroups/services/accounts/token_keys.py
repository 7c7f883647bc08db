"""The keys that bearer tokens are signed with, and their rotation.

The database has the id of each key, and the secret key is in the settings; a key is derived from
both.  So a copy of the database signs nothing, and every process of every host sees a rotation.

Each id has two keys: one for a webmail, whose tokens administer nothing, and one for tokens of the
scope ``manage``. Neither can be derived from the other.
"""

import hmac
import math
import secrets
from collections.abc import Mapping, Sequence
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
_FOR_MANAGING = " for managing"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their ids, a mapping for each secret key; the one that signs stands first.

    ``retired`` has those of both kinds whose tokens were good once: until the next rotation.
    """

    ordinary: Sequence[Mapping[str, str]]
    managing: Sequence[Mapping[str, str]]
    retired: Sequence[Mapping[str, str]]
    next_end: float
    """When the first of the accepted keys ends, in seconds since the epoch; infinity for none."""


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


def read_current_key(database: Database, secret: str, *, for_managing: bool = False) -> str:
    """Return the key that signs now, for another program that signs tokens itself.

    Args:
        secret: ``Settings.read_token_secret()``.
        for_managing: the key of tokens that may have the scope ``manage``.
    """
    with database.read() as session:
        return read_signing_key(session, secret, for_managing=for_managing)[1]


def read_signing_key(session: Session, secret: str, *, for_managing: bool) -> tuple[str, str]:
    """Return the id of the key that signs now, and the key."""
    key_id = _accepted(session)[0].key_id
    return key_id, _derive(secret, key_id, for_managing=for_managing)


def read_key_ring(session: Session, secrets: Sequence[str]) -> KeyRing:
    """Return the keys that are accepted now, and those that were until the last rotation.

    Args:
        secrets: the secret key for tokens, and the one that it replaces, if there is one.
    """
    rows = _read_all(session)
    now = utc_now()
    accepted = [row for row in rows if not _has_ended(row, now)]
    ids = [row.key_id for row in accepted]
    ended = [row.key_id for row in rows if _has_ended(row, now)]
    kinds = (False, True)
    ends = [row.expires_at.timestamp() for row in accepted if row.expires_at is not None]
    return KeyRing(
        ordinary=[_keys_of(secret, ids, for_managing=False) for secret in secrets],
        managing=[_keys_of(secret, ids, for_managing=True) for secret in secrets],
        retired=[_keys_of(each, ended, for_managing=kind) for each in secrets for kind in kinds],
        next_end=min(ends, default=math.inf),
    )


def _keys_of(secret: str, key_ids: Sequence[str], *, for_managing: bool) -> dict[str, str]:
    return {each: _derive(secret, each, for_managing=for_managing) for each in key_ids}


def _accepted(session: Session) -> list[TokenKeyView]:
    now = utc_now()
    return [row for row in _read_all(session) if not _has_ended(row, now)]


def _read_all(session: Session) -> list[TokenKeyView]:
    """Return every key, the one that signs first, then the others from the newest."""
    rows = [TokenKeyView(*row) for row in session.execute(_KEYS)]
    return sorted(rows, key=lambda row: row.expires_at is not None)


def _has_ended(row: TokenKey | TokenKeyView, now: datetime) -> bool:
    return row.expires_at is not None and row.expires_at <= now


def _retire(session: Session, now: datetime, until: datetime) -> None:
    """Let every key end by ``until``, and remove those that have ended already."""
    for row in session.scalars(select(TokenKey)):
        if _has_ended(row, now):
            session.delete(row)
        elif row.expires_at is None or row.expires_at > until:
            row.expires_at = until


def _derive(secret: str, key_id: str, *, for_managing: bool) -> str:
    named = key_id + _FOR_MANAGING if for_managing else key_id
    return hmac.new(secret.encode(), named.encode(), "sha256").hexdigest()


def _view(row: TokenKey) -> TokenKeyView:
    return TokenKeyView(row.key_id, row.created_at, row.expires_at)
