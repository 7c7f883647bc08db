"""Publishes the maps that Postfix reads, once or whenever the journal grows.

The maps are brought up to date one by one, behind closed doors: an address whose rights change is
closed before any other map is touched, and opened when all are in place (:class:`_Doors`).  A
publisher holds a lock and reads the database under it, so that newer maps are never overwritten
with older ones.
"""

import fcntl
import hashlib
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.listening import split_port
from contactsgroups.delivery.map_file import MapFile
from contactsgroups.domain.change import JournalPosition
from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.durable import sync
from contactsgroups.services.delivery import in_force
from contactsgroups.services.delivery.published_maps import (
    CLOSED_GROUP,
    LMTP_PLACE,
    MapName,
    Snapshot,
    open_snapshot,
    read_position,
)
from contactsgroups.state_owner import make_directory

_LOCK_SECONDS = 30.0
_RETRY_SECONDS = 1.0
_STATUS = "status.json"

# A group's transport is there before its address is known, and an address is no longer expanded
# before it becomes a mailbox: nothing is delivered where nobody reads it.
_BEHIND_DOORS: tuple[MapName, ...] = (
    MapName.TRANSPORT,
    MapName.VIRTUAL_ALIAS,
    MapName.ALIASES_ONLY,
    MapName.VIRTUAL_MAILBOX,
    MapName.VIRTUAL_DOMAINS,
    MapName.SENDER_LOGIN,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What was published: the journal's position, and the maps that were not up to date."""

    position: JournalPosition
    written: tuple[MapName, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A key that a published map answers differently from the database; None is no answer."""

    name: MapName
    key: str
    published: str | None
    wanted: str | None

    def __str__(self) -> str:
        return f"{self.name}: {self.key} gives {self.published}, should give {self.wanted}"


def publish(core: Core) -> PublishReport:
    """Bring every map up to date with the database; wait while another process publishes.

    Raises:
        Unavailable: the database does not answer, or the maps cannot be written; those that are
            there stay whole.
    """
    directory = core.settings.effective_maps_directory
    with _locked(directory), open_snapshot(core.database, lmtp_place(core)) as snapshot:
        return _publish(directory, snapshot, None)


def follow(core: Core, stop_event: threading.Event) -> None:
    """Publish now and after every change until ``stop_event`` is set, whatever fails meanwhile."""
    follower = _Follower(core)
    try:
        while not stop_event.is_set():
            stop_event.wait(core.settings.poll_interval if follower.step() else _RETRY_SECONDS)
    finally:
        follower.withdraw()


def compare_maps(core: Core) -> list[Difference]:
    """Return every key that the published maps answer differently from the database.

    Raises:
        Unavailable: the database does not answer, or a map cannot be read.
    """
    directory = core.settings.effective_maps_directory
    lock = _locked(directory) if directory.exists() else nullcontext()
    with lock, open_snapshot(core.database, lmtp_place(core)) as snapshot:
        return [
            difference
            for name in MapName
            for difference in _compare(name, directory, dict(snapshot.read_rows(name)))
        ]


def lmtp_place(core: Core) -> str:
    """Return where Postfix finds the LMTP server: a socket below its queue directory, or a port."""
    place = core.settings.effective_lmtp_socket
    return LMTP_PLACE if split_port(place) is None else f"inet:{place}"


def read_status(directory: Path) -> JournalPosition | None:
    """Return the journal position that the maps in this directory show; None if unknown."""
    try:
        return JournalPosition(**json.loads((directory / _STATUS).read_text()))
    except (OSError, ValueError, TypeError):
        return None


class _Follower:
    """Publishes what changed since it published last; everything, where it cannot know that."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._directory = core.settings.effective_maps_directory
        self._position: JournalPosition | None = None
        self._files: dict[MapName, tuple[int, int]] = {}
        self._is_failing = False
        self._publisher = _identify_publisher(self._directory)
        self._reported_position: JournalPosition | None = None
        self._reported = 0.0

    def step(self) -> bool:
        """Publish if anything changed; return False if that failed."""
        try:
            self._follow()
            self._report()
        except Exception as error:  # noqa: BLE001 - the service must outlive whatever fails
            self._position = None
            if not self._is_failing:
                _log.warning(
                    "the Postfix maps cannot be published, the old ones stay until it succeeds: %s",
                    with_detail(error),
                )
            self._is_failing = True
            return False
        if self._is_failing:
            _log.warning("the Postfix maps are published again")
        self._is_failing = False
        return True

    def _follow(self) -> None:
        if read_position(self._core.database) == self._position:
            return
        place = lmtp_place(self._core)
        with _locked(self._directory), open_snapshot(self._core.database, place) as snapshot:
            report = _publish(self._directory, snapshot, self._find_changes(snapshot))
            self._position, self._files = report.position, _identify(self._directory)
        if report.written:
            _log.info("published %s in %.0f ms", ", ".join(report.written), 1e3 * report.seconds)

    def _report(self) -> None:
        """Say where the maps are, whenever that changes, and now and then that they still are."""
        assert self._position is not None  # noqa: S101 - they were just published
        now = time.monotonic()
        if (
            self._reported_position != self._position
            or now - self._reported > in_force.HEARTBEAT_SECONDS
        ):
            with suppress(Unavailable):  # Then it is said in the next turn.
                in_force.report_position(self._core.database, self._publisher, self._position)
                self._reported_position, self._reported = self._position, now

    def withdraw(self) -> None:
        """Have nobody wait for this publisher any more."""
        with suppress(Unavailable):  # Then it counts as ended after a while.
            in_force.withdraw(self._core.database, self._publisher)

    def _find_changes(self, snapshot: Snapshot) -> Collection[str] | None:
        """Return the addresses that changed since these files were published; None if unknown."""
        if self._position is None or self._files != _identify(self._directory):
            return None
        return snapshot.find_changes(self._position)


def _publish(
    directory: Path, snapshot: Snapshot, addresses: Collection[str] | None
) -> PublishReport:
    """Publish the rows of these addresses, or all rows if ``addresses`` is None."""
    started = time.monotonic()
    doors = _Doors(directory, snapshot, addresses)
    doors.close()
    written = [name for name in _BEHIND_DOORS if _update(directory, name, snapshot, addresses)]
    if MapName.VIRTUAL_DOMAINS in written:
        # smtpd(8) remembers which domains are served here. This map it has open, too, and who is
        # connected does best with an old version of it: it only says who may send as whom.
        MapFile(directory, MapName.SENDER_LOGIN).renew()
    if doors.open():
        written.append(MapName.RECIPIENT_ACCESS)
    if written:
        sync(directory)
    _write_status(directory, snapshot.position)
    return PublishReport(snapshot.position, tuple(written), time.monotonic() - started)


def _update(
    directory: Path, name: MapName, snapshot: Snapshot, addresses: Collection[str] | None
) -> bool:
    """Bring one map up to date; return False if it was."""
    file = MapFile(directory, name)
    if addresses is None:
        return file.replace(snapshot.read_rows(name))
    return file.change(_wanted_values(snapshot, name, addresses))


class _Doors:
    """The map ``recipient_access``, which says of each address whether its mail is decided about.

    A message that arrives between two steps must be treated as before or as after the change, and
    never be lost, or reach a group without a decision.  So every address that changes here is
    closed first: its mail waits at the sender's for that moment.  The map is always changed in
    place: a client that is connected must not meet a new group with an old map.
    """

    def __init__(
        self, directory: Path, snapshot: Snapshot, addresses: Collection[str] | None
    ) -> None:
        self._file = MapFile(directory, MapName.RECIPIENT_ACCESS)
        if addresses is None:
            wanted = dict(snapshot.read_rows(MapName.RECIPIENT_ACCESS))
            published = self._read_or_begin_anew(wanted)
            values = dict.fromkeys(published) | wanted
        else:
            values = _wanted_values(snapshot, MapName.RECIPIENT_ACCESS, addresses)
            published = self._file.read_values(values)
        self._changes = {key: each for key, each in values.items() if published.get(key) != each}

    def close(self) -> None:
        """Close every address that changes here.

        Raises:
            Unavailable: somebody keeps the map locked.
        """
        self._file.change_in_place(dict.fromkeys(self._changes, CLOSED_GROUP))

    def open(self) -> bool:
        """Put what is wanted in place; return False if it was.

        Raises:
            Unavailable: somebody keeps the map locked.
        """
        self._file.change_in_place(self._changes)
        return bool(self._changes)

    def _read_or_begin_anew(self, keys: Iterable[str]) -> dict[str, str]:
        """Read all of the map; one that is missing or damaged is made anew, all doors closed."""
        if self._file.path.exists():
            with suppress(Unavailable):
                return dict(self._file.read())
        closed = dict.fromkeys(keys, CLOSED_GROUP)
        self._file.replace(closed.items())
        return closed


def _wanted_values(
    snapshot: Snapshot, name: MapName, addresses: Collection[str]
) -> dict[str, str | None]:
    """Return what a map should have of these addresses, in each of their spellings."""
    keys = [key for address in addresses for key in snapshot.spell(address)]
    return dict.fromkeys(keys) | dict(snapshot.read_rows(name, addresses))


def _compare(name: MapName, directory: Path, wanted: dict[str, str]) -> Iterator[Difference]:
    published = dict(MapFile(directory, name).read())
    for key in sorted(wanted.keys() | published.keys()):
        if published.get(key) != wanted.get(key):
            yield Difference(name, key, published.get(key), wanted.get(key))


def _identify_publisher(directory: Path) -> in_force.Publisher:
    """Name this publisher by its host and by its directory: a host may have several Postfixes."""
    digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()
    return in_force.Publisher(socket.gethostname(), f"publisher-{digest[:16]}")


def _identify(directory: Path) -> dict[MapName, tuple[int, int]]:
    """Return inode and modification time of each file: both change when it is published."""
    found = {}
    for name in MapName:
        path = MapFile(directory, name).path
        if path.exists():
            stat = path.stat()
            found[name] = (stat.st_ino, stat.st_mtime_ns)
    return found


def _write_status(directory: Path, position: JournalPosition) -> None:
    draft = directory / f"{_STATUS}.new"
    draft.write_text(json.dumps(position._asdict()) + "\n")
    draft.chmod(0o644)
    draft.replace(directory / _STATUS)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the publishers' lock; the kernel releases it when a publisher dies.

    Raises:
        Unavailable: another publisher takes too long, or the directory cannot be written.
    """
    try:
        make_directory(directory, 0o755)
        # Closed to others: whoever can open a file, if only to read it, can lock it.
        descriptor = os.open(directory / "publisher.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for_lock(descriptor, directory)
            for name in MapName:
                MapFile(directory, name).discard_draft()
            yield
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unavailable(f"the maps in {directory} cannot be written: {error}") from error


def _wait_for_lock(descriptor: int, directory: Path) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unavailable(f"another publisher holds the lock in {directory}") from None
        time.sleep(0.01)
