"""One domain's shard: opened or built when first asked for, then kept at the journal's end."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contactsgroups.autocomplete import (
    IndexBusy,
    IndexMissing,
    IndexUnusable,
    Progress,
    Shard,
    build_generation,
)
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import Account
from contactsgroups.services.completion.change_watch import Observation
from contactsgroups.services.completion.entries import read_changes, read_entries

log = logging.getLogger(__name__)

_FEW = 20_000
"""Up to this many entries are indexed within the first query; more, in the background."""

_RETRY_INTERVAL = 5.0
"""Seconds until an index that could not be used, or built, is tried again."""


class FollowingShard:
    """A domain's shard, brought up to the journal's end whenever something has changed."""

    def __init__(self, database: Database, domain_id: int, directory: Path) -> None:
        self.directory = directory
        self._database = database
        self._domain_id = domain_id
        self._shard: Shard | None = None
        self._observation: Observation | None = None
        self._builder: threading.Thread | None = None
        self._not_before = 0.0
        self._lock = threading.Lock()

    def current(self, observation: Observation) -> Shard | None:
        """Return the shard as of an observation, or None while it is being built."""
        shard = self._shard
        if shard is not None and self._observation is observation:
            return shard
        with self._lock:
            if self._shard is None or self._observation is not observation:
                self._catch_up(observation)
                self._observation = observation
            return self._shard

    def reopen_later(self) -> None:
        """Forget the open shard; its files are verified before it is used again."""
        with self._lock:
            self._shard = None
            self._not_before = 0.0

    def build(self, progress: Callable[[Progress], None] | None = None) -> None:
        """Build a new generation from the database.

        Raises:
            IndexBusy: another process is building it.
        """
        with self._database.read_snapshot() as session:
            position = journal.read_position(session)
            build_generation(
                self.directory,
                read_entries(session, self._domain_id),
                position=position.last,
                epoch=position.epoch,
                progress=progress,
            )

    def close(self) -> None:
        """Wait for a build in the background and close the shard."""
        builder = self._builder
        if builder is not None:
            builder.join()
        with self._lock:
            if self._shard is not None:
                self._shard.close()
                self._shard = None

    def _catch_up(self, observation: Observation) -> None:
        if self._shard is None or self._shard.epoch != observation.position.epoch:
            with self._database.read() as session:
                self._shard = self._open(session, observation.position.epoch)
        if self._shard is None:
            return
        self._refresh()
        if self._shard.position < observation.position.last:
            with self._database.read() as session:
                follow(session, self._shard, self._domain_id, observation.position.last)
            if self._shard.statistics().rebuild_due:
                self._build_in_background()

    def _open(self, session: Session, epoch: str) -> Shard | None:
        if self._is_building() or time.monotonic() < self._not_before:
            return None
        self._not_before = time.monotonic() + _RETRY_INTERVAL
        try:
            return Shard.open(self.directory, epoch=epoch)
        except IndexMissing:
            log.info("there is no index in %s yet; it is being built", self.directory)
        except IndexUnusable as error:
            log.warning("%s; it is being built again", error)
        if self._is_small(session) and self._builder is None:
            self._build_unless_busy()
            return self._open_if_usable(epoch)
        self._build_in_background()
        return None

    def _open_if_usable(self, epoch: str) -> Shard | None:
        try:
            return Shard.open(self.directory, epoch=epoch)
        except IndexUnusable:
            return None

    def _refresh(self) -> None:
        try:
            if self._shard is not None:
                self._shard.refresh()
        except IndexUnusable as error:
            log.warning("%s; answering from the index in memory, and building it again", error)
            self._build_in_background()

    def _is_small(self, session: Session) -> bool:
        count = select(func.count()).where(Account.domain_id == self._domain_id)
        return (session.scalar(count) or 0) <= _FEW

    def _is_building(self) -> bool:
        return self._builder is not None and self._builder.is_alive()

    def _build_in_background(self) -> None:
        if self._is_building():
            return
        self._builder = threading.Thread(
            target=self._build_unless_busy, name=f"index-{self._domain_id}", daemon=True
        )
        self._builder.start()

    def _build_unless_busy(self) -> None:
        try:
            self.build(_yield_interpreter)
            self._not_before = 0.0
        except IndexBusy:
            log.info("the index in %s is being built by another process", self.directory)
        except Exception:
            # A background thread has no caller; a later query tries again.
            log.exception(
                "the index in %s could not be built; a later completion tries again", self.directory
            )


def follow(session: Session, shard: Shard, domain_id: int, last: int) -> None:
    """Apply the journal's entries up to the sequence ``last`` to the shard of a domain."""
    while shard.position < last:
        entries = journal.read_since(session, shard.position)
        if not entries:
            return
        shard.apply(read_changes(session, domain_id, entries), entries[-1].sequence)


def _yield_interpreter(_: Progress) -> None:
    """Yield the interpreter, which other threads would get only every five milliseconds."""
    time.sleep(0.0001)
