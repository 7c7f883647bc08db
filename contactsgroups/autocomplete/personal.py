"""An account's own table: its usage (how often and how recently), and its own contacts."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import ref

from contactsgroups.autocomplete.entry import Entry
from contactsgroups.autocomplete.small import Item, SmallIndex

if TYPE_CHECKING:
    from contactsgroups.autocomplete.shard import Shard

_OWN = "\0"
"""Before the key of an own contact: an entry of a shard may have the same identity."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """The own contacts, and the boosted entries of some shards as they were at these versions."""

    shards: tuple["ref[Shard]", ...]
    versions: list[int]
    index: SmallIndex


class PersonalTable:
    """One account's usage and own contacts; make a new table when either changes.

    It may be kept between requests and used by several threads. The content of a boosted entry,
    and whether it still exists, is always read from the shard, never from this table; so an entry
    that was removed or hidden there is not suggested. Meant for about a thousand entries; more
    work as well, but slower.
    """

    def __init__(
        self,
        boosts: Mapping[str, int],
        own: Iterable[Entry] = (),
        *,
        home: str | None = None,
        former: "PersonalTable | None" = None,
    ) -> None:
        """Raise the scores of the identities in ``boosts``, and suggest the ``own`` entries too.

        ``home`` is the account's domain, which comes before others on a tie; None prefers none.
        A boost for an own entry is found in ``boosts`` as well. ``former`` is the same account's
        previous table: only what differs from it is indexed again. Raises ValueError if a boost
        is negative: sources can only be merged because a boost never pushes an entry down.
        """
        if any(boost < 0 for boost in boosts.values()):
            raise ValueError("a boost is negative")
        self.home = home
        self._boosts = dict(boosts)
        self._own = {
            _OWN + entry.identity: Item(entry, self.boost_of(entry.identity)) for entry in own
        }
        self._lock = threading.Lock()
        if former is None:
            index = SmallIndex(home).changed(self._own)
            self._bound = _Bound((), [], index)
        else:
            self._bound = self._taken_over(former, former._bound)

    def _taken_over(self, former: "PersonalTable", bound: _Bound) -> _Bound:
        """Return what ``former`` has indexed with the present own contacts and boosts."""
        changed = dict(self._own.items() - former._own.items())
        index = bound.index.changed(changed, former._own.keys() - self._own.keys())
        differing = {identity for identity, _ in self._boosts.items() ^ former._boosts.items()}
        shards = [shard for each in bound.shards if (shard := each()) is not None]
        return _Bound(bound.shards, bound.versions, self._boosted(shards, index, differing))

    def boost_of(self, identity: str) -> int:
        """Return what usage adds to the score of an entry, 0 for one that was never used."""
        return self._boosts.get(identity, 0)

    def is_used(self, identity: str) -> bool:
        """Whether usage says anything about this entry."""
        return identity in self._boosts

    def index_for(self, shards: Sequence["Shard"]) -> SmallIndex:
        """Return the own contacts, and the boosted entries of ``shards`` as they are now.

        What is the account's own and in a shard too is in it twice, each with its name.
        """
        bound = self._bound
        versions = [shard.version for shard in shards]
        if versions != bound.versions or tuple(map(ref, shards)) != bound.shards:
            with self._lock:
                bound = self._bound = self._rebound(self._bound, shards, versions)
        return bound.index

    def _rebound(self, bound: _Bound, shards: Sequence["Shard"], versions: list[int]) -> _Bound:
        refs = tuple(map(ref, shards))
        if refs != bound.shards:
            bare = bound.index.changed({}, self._boosts)
            return _Bound(refs, versions, self._boosted(shards, bare, self._boosts))
        used: set[str] = set()
        for shard, version in zip(shards, bound.versions, strict=True):
            changed = shard.changed_since(version)
            used.update(self._boosts if changed is None else self._boosts.keys() & set(changed))
        return _Bound(refs, versions, self._boosted(shards, bound.index, used))

    def _boosted(
        self, shards: Sequence["Shard"], index: SmallIndex, identities: Collection[str]
    ) -> SmallIndex:
        """Return ``index`` with these identities as the shards have them, boosted."""
        if not identities:
            return index
        items = {
            identity: Item(entry, self._boosts[identity])
            for identity in identities
            if identity in self._boosts and (entry := _find(shards, identity)) is not None
        }
        return index.changed(items, removed=identities)


def _find(shards: Sequence["Shard"], identity: str) -> Entry | None:
    return next(filter(None, (shard.find(identity) for shard in shards)), None)
