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
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, SenderEvidence
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.unit_of_work import insert_private, write_private

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


class EvidenceRecorder:
    """Writes evidence down, and forgets what is too old now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._forgotten = -_FORGET_SECONDS

    def record(self, handover: Handover, evidence: Evidence, group_id: int) -> None:
        """Write down who hands a message to a group over, if the LMTP server will ask.

        When this returns, it is stored.

        Raises:
            Unavailable: the database does not answer.
        """
        if not handover.is_known:
            return
        digest = handover.digest(evidence.envelope_sender, group_id)
        now = datetime.now(UTC)
        with self._database.read() as session:
            takes_lmtp_lane = session.scalar(select(Group.lmtp_lane).where(Group.id == group_id))
            stored = session.get(SenderEvidence, digest)
        if not takes_lmtp_lane:
            return
        seen = (str(evidence.login or ""), evidence.trusted)
        if stored is None:
            if any(seen):
                self._insert(digest, seen)
        else:
            is_valid = now - stored.recorded_at < LIFETIME
            weaker = _weaker((stored.login, stored.trusted), seen) if is_valid else seen
            if (stored.login, stored.trusted) != weaker or now - stored.recorded_at > _FRESH:
                self._replace(digest, weaker, now)
        self._forget_now_and_then(now)

    def _insert(self, digest: str, seen: tuple[str, bool]) -> None:
        login, trusted = seen
        row = SenderEvidence(digest=digest, login=login, trusted=trusted)
        insert_private(self._database, OPERATOR, row)

    def _replace(self, digest: str, seen: tuple[str, bool], now: datetime) -> None:
        login, trusted = seen
        values = {"login": login, "trusted": trusted, "recorded_at": now}
        with write_private(self._database, OPERATOR) as session:
            is_it = SenderEvidence.digest == digest
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


def _weaker(one: tuple[str, bool], other: tuple[str, bool]) -> tuple[str, bool]:
    """Return what holds for both of two messages that cannot be told apart."""
    return one[0] if one[0] == other[0] else "", one[1] and other[1]
