"""A shard: one mail domain's index, as one process reads and follows it."""

import logging
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from contactsgroups.autocomplete.disk.postings import words_for
from contactsgroups.autocomplete.disk.storage import ShardDirectory
from contactsgroups.autocomplete.entry import Change, Completion, Entry, EntryKind, Upsert
from contactsgroups.autocomplete.errors import IndexBusy, IndexOutdated
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.layer import Layer
from contactsgroups.autocomplete.personal import PersonalTable
from contactsgroups.autocomplete.question import Question
from contactsgroups.autocomplete.ranking import rank
from contactsgroups.autocomplete.selection import Tombstones
from contactsgroups.autocomplete.small import Item, SmallIndex
from contactsgroups.autocomplete.sources import GenerationSource, SmallSource, Source
from contactsgroups.autocomplete.state import (
    Changes,
    State,
    mark_removed,
    open_state,
    publish_small,
    recorded_changes,
)
from contactsgroups.autocomplete.thresholds import Thresholds
from contactsgroups.autocomplete.words.query import Query, parse_query

log = logging.getLogger(__name__)

_REMEMBERED_CHANGES = 4_096


@dataclass(frozen=True, slots=True)
class Overlay:
    """Changes after the state on disk."""

    index: SmallIndex
    changed_at: dict[str, int]
    """The journal sequence of the last change of each identity, removed ones included."""


class View(NamedTuple):
    """Everything a reader needs; every change replaces it as a whole."""

    version: int
    """Counts the changes in this process; an account's table compares it."""
    position: int
    state: State
    layers: tuple[Layer, ...]
    overlay: Overlay


class Statistics(NamedTuple):
    """Figures about a shard."""

    position: int
    epoch: str
    base_entries: int
    base_position: int
    small_entries: int
    """Entries in the small generation on disk."""
    overlay_changes: int
    """Changed identities in the memory of this process."""
    bytes_on_disk: int
    rebuild_due: bool
    """The base should be rebuilt, because so much has changed."""


class Shard:
    """Answers queries about one mail domain; any number of threads may read."""

    def __init__(self, directory: ShardDirectory, state: State, thresholds: Thresholds) -> None:
        """Use ``Shard.open`` instead."""
        self._directory = directory
        self._thresholds = thresholds
        self._lock = threading.RLock()
        self._flushing: threading.Thread | None = None
        self._log: deque[tuple[int, str]] = deque(maxlen=_REMEMBERED_CHANGES)
        self._view = _make_view(0, state, Overlay(SmallIndex(), {}), state.position)

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        epoch: str | None = None,
        verify: bool = True,
        thresholds: Thresholds | None = None,
    ) -> "Shard":
        """Open the index in ``directory``, checking every file's checksum if ``verify`` is set.

        Raises IndexMissing, IndexDamaged, or IndexOutdated, the last also if ``epoch`` is given
        and the index belongs to another one. All three are IndexUnusable: build it again.
        """
        shard_directory = ShardDirectory(directory)
        state = open_state(shard_directory, check=verify)
        if epoch is not None and state.epoch != epoch:
            raise IndexOutdated(directory, f"it belongs to epoch {state.epoch!r}")
        return cls(shard_directory, state, thresholds or Thresholds())

    def close(self) -> None:
        """Wait for background work; files are unmapped when the last reader has finished."""
        self.wait_for_flush()

    def wait_for_flush(self) -> None:
        """Wait until the flush that is under way, if there is one, has ended."""
        flushing = self._flushing
        if flushing is not None:
            flushing.join()

    @property
    def position(self) -> int:
        """The journal sequence that answers are up to."""
        return self._view.position

    @property
    def epoch(self) -> str:
        """The epoch of the journal that ``position`` counts in."""
        return self._view.state.epoch

    @property
    def version(self) -> int:
        """A number that grows with every change seen by this process."""
        return self._view.version

    def complete(
        self,
        query: Query | str,
        *,
        limit: int = 10,
        kinds: frozenset[EntryKind] | None = None,
        personal: PersonalTable | None = None,
        corrections: bool = True,
    ) -> list[Completion]:
        """Return at most ``limit`` completions, best first; see ``complete`` for several shards.

        ``kinds`` restricts the answer; ``corrections`` allows typing errors if there are
        fewer than ``limit`` other answers.
        """
        return complete(
            (self,), query, limit=limit, kinds=kinds, personal=personal, corrections=corrections
        )

    @property
    def view(self) -> View:
        """Everything that answers are made of, as it is at this moment."""
        return self._view

    def apply(self, changes: Sequence[Change], position: int) -> None:
        """Take over the changes of the journal up to and including ``position``.

        ``changes`` are everything after the shard's own position, in order; an older batch is
        ignored, and seeing a change twice does no harm. Readers see all of the batch or nothing.
        When the overlay has grown beyond its threshold, it is flushed into a small generation, in
        the background.
        """
        with self._lock:
            if position <= self._view.position:
                return
            self._view = _changed(self._view, changes, position)
            self._remember(changes)
            if len(self._view.overlay.changed_at) > self._thresholds.overlay:
                self._fold_in_background()

    def refresh(self) -> bool:
        """Adopt the state on disk if another one was published; return whether it was.

        One call of ``stat`` if nothing is new. Raises IndexUnusable like ``open``; the shard then
        keeps answering from what it has open.
        """
        if self._directory.stamp() == self._view.state.stamp:
            return False
        with self._lock:
            view = self._view
            state = open_state(self._directory, check=False, present=view.state)
            self._view = _adopted(view, state)
            if self._view.version != view.version:
                self._log.clear()
            return True

    def find(self, identity: str) -> Entry | None:
        """Return the live entry with this identity."""
        view = self._view
        if identity in view.overlay.changed_at:
            return view.overlay.index.find(identity)
        for layer in reversed(view.layers):
            document = layer.generation.documents.find(identity)
            if document is not None and _alive(layer, document):
                return layer.generation.documents.entry(document)
        return None

    def entries(self) -> Iterator[Entry]:
        """Yield every live entry of one moment, for comparing with the database."""
        view = self._view
        for layer in view.layers:
            yield from layer.generation.entries(layer.tombstones)
        yield from view.overlay.index.entries()

    def changed_since(self, version: int) -> list[str] | None:
        """Return the identities changed after ``version``, or None if that is too long ago."""
        with self._lock:
            if version == self._view.version:
                return []
            if not self._log or self._log[0][0] > version + 1:
                return None
            return [identity for changed_at, identity in self._log if changed_at > version]

    def statistics(self) -> Statistics:
        """Return figures about the shard as it is now."""
        view = self._view
        small = view.state.small
        generations = [layer.generation for layer in view.layers]
        small_entries = small.manifest.count if small else 0
        return Statistics(
            position=view.position,
            epoch=view.state.epoch,
            base_entries=view.state.base.manifest.count,
            base_position=view.state.base.manifest.position,
            small_entries=small_entries,
            overlay_changes=len(view.overlay.changed_at),
            bytes_on_disk=sum(generation.bytes_on_disk for generation in generations),
            rebuild_due=small_entries > self._thresholds.small_generation,
        )

    def _remember(self, changes: Sequence[Change]) -> None:
        version = self._view.version
        self._log.extend((version, _identity(change)) for change in changes)

    def _fold_in_background(self) -> None:
        if self._flushing is None or not self._flushing.is_alive():
            self._flushing = threading.Thread(target=self._flush, name="flush", daemon=True)
            self._flushing.start()

    def _flush(self) -> None:
        """Write the overlay into a small generation, unless another process is about to."""
        try:
            with self._directory.locked_for_publishing(wait=False):
                self.refresh()
                view = self._view
                if len(view.overlay.changed_at) > self._thresholds.overlay:
                    changes = _merged(recorded_changes(view.state), view)
                    publish_small(self._directory, view.state, changes, self._thresholds)
                    self.refresh()
        except IndexBusy:
            return
        except Exception:
            # A background thread has no caller; answers stay right, the next change tries again.
            log.exception(
                "the overlay of %s could not be flushed; the next change tries again",
                self._directory.path,
            )


def complete(
    shards: Sequence[Shard],
    query: Query | str,
    *,
    limit: int = 10,
    kinds: frozenset[EntryKind] | None = None,
    personal: PersonalTable | None = None,
    corrections: bool = True,
) -> list[Completion]:
    """Return the best ``limit`` completions from all ``shards`` and the account's own entries.

    Bounded work for any text. No answer for a text without letters and digits.
    """
    if isinstance(query, str):
        query = parse_query(query)
    if not query.words or limit < 1:
        return []
    views = [shard.view for shard in shards]
    home = None if personal is None else personal.home
    question = Question(query, limit, kinds, corrections=corrections, home=home)
    sources: list[Source] = []
    for view in views:
        for layer in view.layers:
            sources.append(GenerationSource(layer, question))
            question.entries += layer.generation.manifest.count
    sources += [SmallSource(view.overlay.index, question) for view in views if view.overlay.index]
    if personal is not None and (own := personal.index_for(shards)):
        sources.append(SmallSource(own, question, is_own=True))
    return rank(sources, question)


def _make_view(version: int, state: State, overlay: Overlay, position: int) -> View:
    """Return a view of ``state`` with ``overlay`` applied."""
    layers = [Layer(state.base, _mark_removed(state.base, state.base_tombstones, overlay))]
    if state.small is not None:
        layers.append(Layer(state.small, _mark_removed(state.small, None, overlay)))
    return View(version, position, state, tuple(layers), overlay)


def _mark_removed(
    generation: Generation, tombstones: Tombstones | None, overlay: Overlay
) -> Tombstones | None:
    """Add tombstones for everything that the overlay replaces or removes."""
    if not overlay.changed_at:
        return tombstones
    if tombstones is None:
        bits = np.zeros(words_for(generation.manifest.count), np.uint64)
    else:
        bits = tombstones.bits.copy()
    mark_removed(bits, generation, overlay.changed_at)
    return Tombstones(bits)


def _changed(view: View, changes: Sequence[Change], position: int) -> View:
    """Return the view with ``changes`` applied to its overlay."""
    final: dict[str, Entry | None] = {}
    for change in changes:
        final[_identity(change)] = change.entry if isinstance(change, Upsert) else None
    upserts = {key: Item(entry, 0) for key, entry in final.items() if entry is not None}
    removed = [identity for identity, entry in final.items() if entry is None]
    index = view.overlay.index.changed(upserts, removed)
    changed_at = view.overlay.changed_at | dict.fromkeys(final, position)
    overlay = Overlay(index, changed_at)
    new_only = Overlay(index, dict.fromkeys(final, position))
    layers = tuple(
        Layer(layer.generation, _mark_removed(layer.generation, layer.tombstones, new_only))
        for layer in view.layers
    )
    return View(view.version + 1, position, view.state, layers, overlay)


def _adopted(view: View, state: State) -> View:
    """Return a view of a newer ``state`` that keeps the overlay's changes after it.

    Where the overlay was merely flushed, the answers have not changed.
    """
    if state.epoch != view.state.epoch or state.position < view.state.position:
        return _make_view(view.version + 1, state, Overlay(SmallIndex(), {}), state.position)
    later = {
        identity: position
        for identity, position in view.overlay.changed_at.items()
        if position > state.position
    }
    found = {identity: view.overlay.index.find(identity) for identity in later}
    index = SmallIndex().changed(
        {identity: Item(entry, 0) for identity, entry in found.items() if entry is not None}
    )
    position = max(view.position, state.position)
    is_flushed = state.base is view.state.base and state.position <= view.position
    version = view.version if is_flushed else view.version + 1
    return _make_view(version, state, Overlay(index, later), position)


def _merged(recorded: Changes, view: View) -> Changes:
    """Return the recorded changes, updated with those of the overlay."""
    overlay = view.overlay
    newer = {identity: overlay.index.find(identity) for identity in overlay.changed_at}
    return Changes(
        view.position,
        {**recorded.entries, **newer},
        {**recorded.changed_at, **overlay.changed_at},
    )


def _alive(layer: Layer, document: int) -> bool:
    return layer.tombstones is None or bool(layer.tombstones.first_alive([document], 1))


def _identity(change: Change) -> str:
    return change.entry.identity if isinstance(change, Upsert) else change.identity
