"""Who handed a message over, from the policy service at RCPT to the LMTP server that gets it later.

LMTP carries no login.  The policy service sees it and writes it down before it answers; the LMTP
server finds it by what Postfix tells of the connection (XFORWARD_README), by the envelope sender
and the group.  Whoever is not found there counts as a sender without a login: of two possible
answers the weaker one holds.
"""

import hashlib
import json
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import SenderEvidence
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.unit_of_work import write_private

LIFETIME = timedelta(days=7)
"""Postfix keeps a message that cannot be delivered for five days (maximal_queue_lifetime)."""
_FRESH = timedelta(hours=1)
_FORGET_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Handover:
    """The connection that a message came in by.

    ``client_address`` is an IP address and ``client_port`` a number, as Postfix writes them; either
    is empty where it is not known, and then nothing is recorded or found.
    """

    client_address: str
    client_port: str

    @property
    def is_known(self) -> bool:
        """Whether it tells connections apart."""
        return bool(self.client_address and self.client_port.isdecimal())

    def digest(self, sender: Address | None, group_id: int) -> str:
        """Return what stands for a message on this connection, from a sender to a group."""
        told = [self.client_address.lower(), int(self.client_port), str(sender or ""), group_id]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class Record(NamedTuple):
    """Who hands a message to a group over."""

    handover: Handover
    evidence: Evidence
    group_id: int


Seen = tuple[str, bool]
"""A login, empty where none was used, and whether the client is trusted without one."""


class EvidenceRecorder:
    """Writes evidence down, and forgets what is too old now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._forgotten = -_FORGET_SECONDS

    def record(self, handover: Handover, evidence: Evidence, group_id: int) -> None:
        """Write down who hands a message to a group over; see :meth:`record_all`."""
        self.record_all([Record(handover, evidence, group_id)])

    def record_all(self, records: Iterable[Record]) -> None:
        """Write down who hands messages over; the LMTP server may ask.

        Also of groups that Postfix expands: whether it does may change before the message has come
        through.  When this returns, it is stored.  Many new ones take as many statements as one.

        Raises:
            Unavailable: the database does not answer.
        """
        known = [each for each in records if each.handover.is_known]
        if not known:
            return
        now = datetime.now(UTC)
        with self._database.read() as session:
            seen = _seen_by_digest(known)
            rows = scalars_where(session, select(SenderEvidence), SenderEvidence.digest, seen)
            stored = {row.digest: row for row in rows}
        self._insert({digest: each for digest, each in seen.items() if digest not in stored})
        for digest, row in stored.items():
            self._renew(row, seen[digest], now)
        self._forget_now_and_then(now)

    def _insert(self, seen: Mapping[str, Seen]) -> None:
        rows = [
            {"digest": digest, "login": login, "trusted": trusted}
            for digest, (login, trusted) in seen.items()
            if login or trusted
        ]
        if rows:
            with write_private(self._database, OPERATOR) as session:
                session.execute(insert(SenderEvidence), rows)

    def _renew(self, row: SenderEvidence, seen: Seen, now: datetime) -> None:
        is_valid = now - row.recorded_at < LIFETIME
        weaker = _weaker((row.login, row.trusted), seen) if is_valid else seen
        if (row.login, row.trusted) == weaker and now - row.recorded_at <= _FRESH:
            return
        login, trusted = weaker
        values = {"login": login, "trusted": trusted, "recorded_at": now}
        with write_private(self._database, OPERATOR) as session:
            is_it = SenderEvidence.digest == row.digest
            session.execute(update(SenderEvidence).where(is_it).values(values))

    def _forget_now_and_then(self, now: datetime) -> None:
        with self._lock:
            if time.monotonic() - self._forgotten < _FORGET_SECONDS:
                return
            self._forgotten = time.monotonic()
        with write_private(self._database, OPERATOR) as session:
            is_old = SenderEvidence.recorded_at < now - LIFETIME
            session.execute(delete(SenderEvidence).where(is_old))


def find_evidence(
    session: Session, handover: Handover, known: Evidence, group_ids: Collection[int]
) -> dict[int, Evidence]:
    """Return the evidence about the sender of a message to each of the groups, by its id.

    Args:
        known: what the message itself says; kept where nothing more is recorded.
    """
    if not handover.is_known:
        return dict.fromkeys(group_ids, known)
    digests = {each: handover.digest(known.envelope_sender, each) for each in group_ids}
    since = datetime.now(UTC) - LIFETIME
    statement = select(SenderEvidence).where(SenderEvidence.recorded_at >= since)
    rows = scalars_where(session, statement, SenderEvidence.digest, digests.values())
    found = {row.digest: row for row in rows}
    return {each: _with(known, found.get(digest)) for each, digest in digests.items()}


def _with(known: Evidence, row: SenderEvidence | None) -> Evidence:
    if row is None:
        return known
    return Evidence(
        login=Address.parse(row.login) if row.login else None,
        envelope_sender=known.envelope_sender,
        trusted=row.trusted,
        automatic=known.automatic,
    )


def _seen_by_digest(records: Iterable[Record]) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    for handover, evidence, group_id in records:
        digest = handover.digest(evidence.envelope_sender, group_id)
        seen = str(evidence.login or ""), evidence.trusted
        found[digest] = _weaker(found[digest], seen) if digest in found else seen
    return found


def _weaker(one: Seen, other: Seen) -> Seen:
    """Return what holds for both of two messages that cannot be told apart."""
    return one[0] if one[0] == other[0] else "", one[1] and other[1]
