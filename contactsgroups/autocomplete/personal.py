"""An account's own table: its usage (how often and how recently), and its own contacts."""

import threading
from collections.abc import Collection, Iterable, Mapping
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
        self._own = {entry.identity: (entry, self.boost_of(entry.identity)) for entry in own}
        self._bound: WeakKeyDictionary[Shard, _Bound] = WeakKeyDictionary()
        self._lock = threading.Lock()
        if former is None:
            self.own = SmallIndex(home).changed(self._own.values())
        else:
            differing = self._own.items() - former._own.items()
            self.own = former.own.changed(
                (each for _, each in differing), former._own.keys() - self._own.keys()
            )
            self._take_over(former)

    def _take_over(self, former: "PersonalTable") -> None:
        """Bind to the shards that ``former`` was bound to, with the present boosts."""
        differing = {identity for identity, _ in self._boosts.items() ^ former._boosts.items()}
        for shard, bound in list(former._bound.items()):
            self._bound[shard] = _Bound(bound.version, self._boosted(shard, bound.index, differing))

    def boost_of(self, identity: str) -> int:
        """Return what usage adds to the score of an entry, 0 for one that was never used."""
        return self._boosts.get(identity, 0)

    def is_used(self, identity: str) -> bool:
        """Whether usage says anything about this entry."""
        return identity in self._boosts

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
            return _Bound(version, self._boosted(shard, SmallIndex(self.home), self._boosts))
        known = [identity for identity in changed if identity in self._boosts]
        return _Bound(version, self._boosted(shard, bound.index, known))

    def _boosted(
        self, shard: "Shard", index: SmallIndex, identities: Collection[str]
    ) -> SmallIndex:
        """Return ``index`` with these identities as the shard has them, boosted."""
        if not identities:
            return index
        used = [identity for identity in identities if identity in self._boosts]
        found = ((shard.find(identity), self._boosts[identity]) for identity in used)
        entries = [(entry, boost) for entry, boost in found if entry is not None]
        return index.changed(entries, removed=identities)
