"""The state of a shard on disk: a base, and a small generation of what changed after it.

The small generation holds the changed entries as they are now, and names every changed identity
with the journal sequence of its last change, removed ones included. Applied to any base that is
not older than the one it was made for, it gives the state at its own position; so a base can be
built from the database while small generations come and go.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from contactsgroups.autocomplete.disk.building import Report, write_generation
from contactsgroups.autocomplete.disk.files import map_array, read_manifest, write_array
from contactsgroups.autocomplete.disk.postings import words_for
from contactsgroups.autocomplete.disk.storage import BASE, SMALL, Current, ShardDirectory, Stamp
from contactsgroups.autocomplete.entry import Entry
from contactsgroups.autocomplete.errors import IndexMissing, IndexUnusable
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.selection import Tombstones
from contactsgroups.autocomplete.thresholds import Thresholds

_CHANGED = "changed.json"
_TOMBSTONES = "base-tombstones"
_ATTEMPTS = 20

# A flush runs beside threads that answer. After so many entries it yields to them; without that,
# each of their queries would wait for the interpreter's own switch after five milliseconds.
_TURN = 64
_PAUSE_SECONDS = 0.000_1

T = TypeVar("T")


class State(NamedTuple):
    """The generations of a shard as one process has them open."""

    stamp: Stamp | None
    current: Current
    base: Generation
    small: Generation | None
    base_tombstones: Tombstones | None
    """What the small generation has replaced or removed in the base."""

    @property
    def position(self) -> int:
        """The journal sequence that base and small generation together are up to."""
        return (self.small or self.base).manifest.position

    @property
    def epoch(self) -> str:
        """The epoch of the journal."""
        return self.base.manifest.epoch


def open_state(directory: ShardDirectory, *, check: bool, present: State | None = None) -> State:
    """Open the current generations, reading them whole first if ``check`` is set.

    A base that ``present`` already has open is taken from there.

    Raises IndexMissing, IndexDamaged or IndexOutdated. A generation that vanishes while it is
    being opened was superseded at that moment, so the current ones are read again.
    """
    for _ in range(_ATTEMPTS):
        stamp = directory.stamp()
        current = directory.current()
        try:
            return _open(directory, stamp, current, present, check=check)
        except IndexUnusable:
            if directory.stamp() == stamp:
                raise
    raise IndexMissing(directory.path, "it is replaced faster than it can be opened")


def _open(
    directory: ShardDirectory,
    stamp: Stamp | None,
    current: Current,
    present: State | None,
    *,
    check: bool,
) -> State:
    if present is not None and present.current.base == current.base:
        base = present.base
    else:
        base = Generation(directory.path / current.base, check=check)
    if current.small is None:
        return State(stamp, current, base, None, None)
    small = Generation(directory.path / current.small, check=check)
    tombstones = Tombstones(map_array(small.directory / _TOMBSTONES, np.uint64))
    return State(stamp, current, base, small, tombstones)


def build_generation(
    directory: Path,
    entries: Iterable[Entry],
    *,
    position: int,
    epoch: str,
    progress: Report | None = None,
    thresholds: Thresholds | None = None,
    wait: bool = False,
) -> Path:
    """Build a base from all ``entries`` of a mail domain and make it the current one.

    ``entries`` must be the state of the database at the journal sequence ``position``, each
    identity once, in any order. What small generations have recorded after that is kept. Returns
    the directory of the current base, which is another one if another process has published the
    state at a later position meanwhile. Raises IndexBusy if another process is building and
    ``wait`` is not set, ValueError for an entry that cannot be stored, OSError if the disk is full.
    """
    shard = ShardDirectory(directory)
    thresholds = thresholds or Thresholds()
    with shard.locked_for_base(wait=wait), shard.building(BASE) as building:
        write_generation(
            building,
            entries,
            position=position,
            epoch=epoch,
            progress=progress,
            thresholds=thresholds,
        )
        with shard.locked_for_publishing(wait=True):
            return _publish_base(shard, building, thresholds)


def _publish_base(shard: ShardDirectory, building: Path, thresholds: Thresholds) -> Path:
    """Make the finished build current, under the changes recorded after it; hold the lock."""
    built = read_manifest(building)
    present = _state_of_epoch(shard, built.epoch)
    if present is not None and present.base.manifest.position > built.position:
        return present.base.directory
    later = None if present is None else _changes_after(present, built.position)
    name = shard.finish(building)
    base = Generation(shard.path / name, check=False)
    small = None if later is None else _write_small(shard, base, later, thresholds)
    shard.publish(Current(name, small))
    return base.directory


class Changes(NamedTuple):
    """Everything that changed after a base: entries by identity, None for removed ones."""

    position: int
    entries: Mapping[str, Entry | None]
    changed_at: Mapping[str, int]


def recorded_changes(state: State) -> Changes:
    """Return what the small generation of ``state`` holds."""
    if state.small is None:
        return Changes(state.position, {}, {})
    changed_at = json.loads((state.small.directory / _CHANGED).read_bytes())
    entries: dict[str, Entry | None] = dict.fromkeys(changed_at)
    entries.update(
        (entry.identity, entry) for entry in _yielding_to_threads(state.small.entries(None))
    )
    return Changes(state.position, entries, changed_at)


def publish_small(
    shard: ShardDirectory, state: State, changes: Changes, thresholds: Thresholds
) -> None:
    """Write ``changes`` as the small generation over the base of ``state``; hold the lock."""
    name = _write_small(shard, state.base, changes, thresholds)
    shard.publish(Current(state.current.base, name))


def _state_of_epoch(shard: ShardDirectory, epoch: str) -> State | None:
    """Return the present state if it is usable and belongs to this epoch."""
    try:
        state = open_state(shard, check=False)
    except IndexUnusable:
        return None
    return state if state.epoch == epoch else None


def _changes_after(state: State, position: int) -> Changes | None:
    """Return the recorded changes that a base of this position lacks, or None."""
    if state.position <= position:
        return None
    changes = recorded_changes(state)
    later = {
        identity: entry
        for identity, entry in changes.entries.items()
        if changes.changed_at[identity] > position
    }
    return changes._replace(entries=later)


def _write_small(
    shard: ShardDirectory, base: Generation, changes: Changes, thresholds: Thresholds
) -> str:
    with shard.building(SMALL) as building:
        bits = np.zeros(words_for(base.manifest.count), np.uint64)
        mark_removed(bits, base, _yielding_to_threads(changes.entries))
        write_array(building / _TOMBSTONES, bits)
        changed_at = {identity: changes.changed_at[identity] for identity in changes.entries}
        (building / _CHANGED).write_text(json.dumps(changed_at))
        write_generation(
            building,
            (entry for entry in changes.entries.values() if entry is not None),
            position=changes.position,
            epoch=base.manifest.epoch,
            progress=lambda _: time.sleep(_PAUSE_SECONDS),
            thresholds=thresholds,
        )
        return shard.finish(building)


def _yielding_to_threads(things: Iterable[T]) -> Iterator[T]:
    """Yield the things, with pauses in which other threads run."""
    for number, thing in enumerate(things, 1):
        yield thing
        if number % _TURN == 0:
            time.sleep(_PAUSE_SECONDS)


def mark_removed(
    bits: np.ndarray[tuple[int], np.dtype[np.uint64]],
    generation: Generation,
    identities: Iterable[str],
) -> None:
    """Set the tombstones of the documents with these identities."""
    in_bytes = bits.view(np.uint8)
    for identity in identities:
        document = generation.documents.find(identity)
        if document is not None:
            in_bytes[document >> 3] |= 1 << (document & 7)
