"""Append to the chain of the audit log, in the transaction that writes the entries.

Writers take turns, so numbers have no gaps and each entry knows the one before it.  Where the log
ends stands in a row of its own: entries that are cut off would not be missed otherwise.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.audit_chain import BEGIN, digest_of, hash_carried, is_sealed, seal_of
from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence.database import AUDIT_KEYS
from contactsgroups.persistence.models import AuditChainEnd, AuditRow

_columns = AuditChainEnd.__table__.c
_END = select(_columns.last, _columns.digest, _columns.seal)
_NAMES = [each.name for each in AuditRow.__table__.columns if each.name != "seal"]


class AuditChain:
    """The end of the chain, read when the first entry needs it; the writers' lock is held."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: int | None = None
        self._digest = self._seal = ""
        self._key: str | None = None

    def link(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return rows of entries with what the chain adds: number, hash of the one before, seal."""
        if self._last is None:
            self._open()
        return [self._append(row) for row in rows]

    def close(self) -> None:
        """Note where the log ends now."""
        if self._last is not None:
            end = {"last": self._last, "digest": self._digest, "seal": self._seal}
            self._session.connection().execute(update(AuditChainEnd).values(end))

    def _open(self) -> None:
        """Read the end, and the key to go on with: none if the end has no seal of ours.

        A seal says that all entries up to its own are ours, so it must not be set on others.

        Raises:
            Unavailable: the row is gone, and with it what the next entry has to carry.
        """
        row = self._session.connection().execute(_END).one_or_none()
        if row is None:
            raise Unavailable(
                "the end of the audit log is missing, so nothing can be written; "
                '"contactsgroups audit seal" sets it anew'
            )
        self._last, self._digest, self._seal = row
        keys = self._session.info.get(AUDIT_KEYS, ())
        if keys and (self._last == 0 or is_sealed(self._digest, self._seal, keys)):
            self._key = keys[0]

    def _append(self, row: dict[str, Any]) -> dict[str, Any]:
        assert self._last is not None  # noqa: S101 - link() reads it first
        previous = hash_carried(self._digest, self._seal) if self._last else self._digest
        whole = row | {"id": self._last + 1, "previous": previous}
        self._last += 1
        self._digest = digest_of({name: whole[name] for name in _NAMES})
        self._seal = "" if self._key is None else seal_of(self._digest, self._key)
        return whole | {"seal": self._seal}


def seal_end(session: Session) -> int:
    """Set a seal on the newest entry, and with it on all before; return its number.

    Where the row of the end is gone, it is made anew: the log ends with the entry that is there.

    Raises:
        Unavailable: there is no key to seal with.
    """
    keys = session.info.get(AUDIT_KEYS, ())
    if not keys:
        raise Unavailable("the audit log cannot be sealed: there is no secret key")
    last, digest, _ = session.connection().execute(_END).one_or_none() or _new_end(session)
    if last:
        seal = {"seal": seal_of(digest, keys[0])}
        session.connection().execute(update(AuditRow).where(AuditRow.id == last).values(seal))
        session.connection().execute(update(AuditChainEnd).values(seal))
    return int(last)


def _new_end(session: Session) -> tuple[int, str, str]:
    """Insert the row that says where the log ends, as its newest entry says."""
    newest = select(AuditRow.__table__).order_by(AuditRow.id.desc()).limit(1)
    row = session.connection().execute(newest).mappings().one_or_none()
    last, digest, seal = 0, BEGIN, ""
    if row is not None:
        last, seal = row["id"], row["seal"]
        digest = digest_of({name: row[name] for name in _NAMES})
    end = {"id": 1, "last": last, "digest": digest, "seal": seal}
    session.connection().execute(insert(AuditChainEnd).values(end))
    return last, digest, seal
