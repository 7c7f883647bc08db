"""A person's own table: how often and how lately they mailed whom, and their own contacts."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from contactsgroups.autocomplete.entry import Entry
from contactsgroups.autocomplete.small import SmallIndex

if TYPE_CHECKING:
    from contactsgroups.autocomplete.shard import Shard


@dataclass(frozen=True, slots=True)
class _Bound:
    """The boosted entries of one shard, as they were at one version of it."""

    version: int
    index: SmallIndex


class PersonalTable:
    """One person's own use and own contacts; make a new table when either changes.

    It may be kept between requests and used by several threads. What a boosted entry looks like,
    and whether it still exists, is always taken from the shard, never from this table; so nothing
    that was removed or hidden there can come back through it. Meant for about a thousand entries;
    more are right as well, but slower.
    """

    def __init__(self, boosts: Mapping[str, int], own: Iterable[Entry] = ()) -> None:
        """Raise the scores of the identities in ``boosts``, and suggest the ``own`` entries too.

        A boost for an own entry is found in ``boosts`` as well. Raises ValueError if a boost is
        negative: sources can only be merged because a boost never pushes an entry down.
        """
        if any(boost < 0 for boost in boosts.values()):
            raise ValueError("a boost is negative")
        self._boosts = dict(boosts)
        self.own = SmallIndex().changed(
            (entry, self._boosts.get(entry.identity, 0)) for entry in own
        )
        self._bound: WeakKeyDictionary[Shard, _Bound] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def boost_of(self, identity: str) -> int:
        """Return what own use adds to the score of an entry, 0 for one that was never used."""
        return self._boosts.get(identity, 0)

    def index_for(self, shard: "Shard") -> SmallIndex:
        """Return the boosted entries of ``shard`` as it is now."""
        bound = self._bound.get(shard)
        if bound is None or bound.version != shard.version:
            with self._lock:
                bound = self._bound[shard] = self._rebound(shard, self._bound.get(shard))
        return bound.index

    def _rebound(self, shard: "Shard", bound: _Bound | None) -> _Bound:
        version = shard.version
        changed = None if bound is None else shard.changed_since(bound.version)
        if bound is None or changed is None:
            index, identities = SmallIndex(), list(self._boosts)
        else:
            index = bound.index
            identities = [identity for identity in changed if identity in self._boosts]
        if not identities:
            return _Bound(version, index)
        found = [(shard.find(identity), self._boosts[identity]) for identity in identities]
        entries = [(entry, boost) for entry, boost in found if entry is not None]
        return _Bound(version, index.changed(entries, removed=identities))
