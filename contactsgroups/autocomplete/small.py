"""A small index in memory, for the few entries that changed recently or belong to one account.

Every entry has a slot, and every set of entries is one big integer with a bit per slot. Prefixes
of up to four characters are kept ready; for a longer one, the tokens that share its first four
are compared, which are few.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from contactsgroups.autocomplete.disk.lexicon import Lexicon
from contactsgroups.autocomplete.entry import (
    Completion,
    Entry,
    Match,
    completion_of,
    placed,
)
from contactsgroups.autocomplete.words.query import Word
from contactsgroups.autocomplete.words.scripts import TRANSLITERATED_MARK, without_mark
from contactsgroups.autocomplete.words.sounds import may_sound_like_others, sounds_of
from contactsgroups.autocomplete.words.spelling import (
    PrefixFilter,
    Spelling,
    hash_letter_prefixes,
    hash_sounds,
)
from contactsgroups.autocomplete.words.tokens import WHOLE_MARK, local_key, tokens_of

_HEAD = 4


class Item(NamedTuple):
    """An entry, and what raises its score."""

    entry: Entry
    boost: int


class SmallIndex:
    """Up to a few thousand entries, immutable for readers: changing makes a new index."""

    def __init__(self, home: str | None = None) -> None:
        """Start empty; the entries may be of several domains if ``home`` is the account's own."""
        self._home = home
        self._slots: dict[str, int] = {}
        self._entries: list[Entry] = []
        self._completions: list[Completion] = []
        self._ranking: list[Completion] = []
        self._slot_ranking: list[int] = []
        self._place_of: list[int] | None = None
        self._live = 0
        self._short: dict[str, int] = {}
        self._tokens: dict[str, int] = {}
        self._by_head: dict[str, tuple[str, ...]] = {}
        self._local_parts: dict[str, int] = {}
        self._by_sound: dict[str, tuple[str, ...]] = {}
        self._filter = PrefixFilter.sized_for(0)
        self._filtered = 0

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def spelling(self) -> Spelling:
        """What may have been meant by a mistyped word."""
        return Spelling(self._filter, self._sounding_like)

    def find(self, key: str) -> Entry | None:
        """Return the entry with this key."""
        slot = self._slots.get(key)
        return None if slot is None else self._entries[slot]

    def entries(self) -> Iterator[Entry]:
        """Yield every entry, in no particular order."""
        return (self._entries[slot] for slot in self._slots.values())

    def changed(self, items: Mapping[str, Item], removed: Iterable[str] = ()) -> "SmallIndex":
        """Return a copy with these items by key, and without those of the removed keys.

        Several items may have the same identity.
        """
        copy = self._copied() if self._mostly_live() else self._compacted()
        for key in removed:
            copy._remove(key)
        new_tokens: list[str] = []
        for key, (entry, boost) in items.items():
            copy._remove(key)
            new_tokens += copy._add(key, entry, boost)
        copy._extend_filter(new_tokens, copy._add_sounds(new_tokens))
        return copy

    def bits(self, words: Sequence[Word], among: int = -1) -> int:
        """Return the set of entries in which each word, by any spelling, begins a token.

        Args:
            among: only these are looked at; by default all.
        """
        found = self._live & among
        whole, short = self._tokens.get, self._short.get
        for spellings in words:
            either = 0
            for spelling in spellings:
                if spelling[-1] == WHOLE_MARK:
                    either |= whole(spelling, 0)
                elif len(spelling) <= _HEAD:
                    either |= short(spelling, 0)
                elif short(spelling[:_HEAD], 0) & found:
                    either |= self._bits_of_long(spelling)
            found &= either
            if not found:
                break
        return found

    def has_each(self, words: Sequence[Word]) -> bool:
        """Whether any entry has each of the words."""
        return self.bits(words) != 0

    def bits_of_local_part(self, key: str) -> int:
        """Return the set of entries whose whole local part is ``key``."""
        return self._local_parts.get(key, 0) & self._live

    def bits_where(self, found: int, is_wanted: Callable[[Entry], bool]) -> int:
        """Return the part of a small set of entries that is wanted."""
        slots = (slot for slot in _slots_of(found) if is_wanted(self._entries[slot]))
        return sum(1 << slot for slot in slots)

    def transliterates(self, spellings: Word) -> bool:
        """Whether any of these, which have the mark for it, begins a transliteration."""
        return TRANSLITERATED_MARK in self._short and self.bits((spellings,)) != 0

    def best(self, found: int, limit: int, bound: Completion | None = None) -> list[Completion]:
        """Return the best entries of a set as completions, in order, as if matched by words.

        Those that are worse than ``bound`` may be missing.
        """
        near = len(self._ranking)
        if bound is not None:
            near = bisect_right(self._ranking, bound)
        # To walk down the ranking until enough are found takes the longer, the fewer there are.
        if found.bit_count() ** 2 < limit * near // 2:
            places = self._places()
            best = sorted([places[slot] for slot in _slots_of(found)])
            return [self._ranking[place] for place in best[:limit]]
        in_order = (slot for slot in islice(self._slot_ranking, near) if found >> slot & 1)
        return [self._completions[slot] for slot in islice(in_order, limit)]

    def _places(self) -> list[int]:
        """Return the place in the ranking of the entry in each slot, worked out once."""
        if self._place_of is None:
            place_of = [-1] * len(self._entries)
            for place, slot in enumerate(self._slot_ranking):
                place_of[slot] = place
            self._place_of = place_of
        return self._place_of

    def _bits_of_long(self, prefix: str) -> int:
        found = 0
        for token in self._by_head.get(prefix[:_HEAD], ()):
            if token.startswith(prefix):
                found |= self._tokens[token]
        return found

    def _mostly_live(self) -> bool:
        return len(self._entries) <= 2 * len(self._slots) + 16

    def _copied(self) -> "SmallIndex":
        copy = SmallIndex(self._home)
        copy._slots = self._slots.copy()
        copy._entries = self._entries.copy()
        copy._completions = self._completions.copy()
        copy._ranking = self._ranking.copy()
        copy._slot_ranking = self._slot_ranking.copy()
        copy._live = self._live
        copy._short = self._short.copy()
        copy._tokens = self._tokens.copy()
        copy._by_head = self._by_head.copy()
        copy._local_parts = self._local_parts.copy()
        copy._by_sound = self._by_sound.copy()
        copy._filter = PrefixFilter(self._filter.bits.copy())
        copy._filtered = self._filtered
        return copy

    def _compacted(self) -> "SmallIndex":
        """Return an index of the live entries only, so that replaced ones do not accumulate."""
        items = {}
        for key, slot in self._slots.items():
            entry = self._entries[slot]
            items[key] = Item(entry, self._completions[slot].score - entry.score)
        return SmallIndex(self._home).changed(items)

    def _remove(self, key: str) -> None:
        slot = self._slots.pop(key, None)
        if slot is None:
            return
        self._live &= ~(1 << slot)
        place = bisect_left(self._ranking, self._completions[slot])
        del self._ranking[place], self._slot_ranking[place]

    def _add(self, key: str, entry: Entry, boost: int) -> list[str]:
        """Add an item that is not there; return its tokens that are new to the index."""
        slot = len(self._entries)
        bit = 1 << slot
        completion = placed(completion_of(entry, Match.WORD, boost), self._home)
        self._slots[key] = slot
        self._entries.append(entry)
        self._completions.append(completion)
        self._live |= bit
        place = bisect_left(self._ranking, completion)
        self._ranking.insert(place, completion)
        self._slot_ranking.insert(place, slot)
        local_part = local_key(entry.address)
        self._local_parts[local_part] = self._local_parts.get(local_part, 0) | bit
        return [token for token in tokens_of(entry) if self._add_token(token, bit)]

    def _add_token(self, token: str, bit: int) -> bool:
        """Record that an entry has this token; return whether the token is new."""
        for length in range(1, min(len(token), _HEAD) + 1):
            prefix = token[:length]
            self._short[prefix] = self._short.get(prefix, 0) | bit
        known = self._tokens.get(token, 0)
        self._tokens[token] = known | bit
        if not known:
            head = token[:_HEAD]
            self._by_head[head] = (*self._by_head.get(head, ()), token)
        return not known

    def _extend_filter(self, tokens: list[str], new_sounds: list[str]) -> None:
        """Add the tokens and sounds to the filter, making it larger when it fills up."""
        if not tokens:
            return
        lexicon = Lexicon(tokens)
        hashes = hash_letter_prefixes(lexicon.text, lexicon.letter_starts)
        hashes = np.concatenate((hashes, hash_sounds(new_sounds)))
        self._filtered += len(hashes)
        if self._filtered > self._filter.capacity:
            lexicon = Lexicon(list(self._tokens))
            hashes = hash_letter_prefixes(lexicon.text, lexicon.letter_starts)
            hashes = np.concatenate((hashes, hash_sounds(tuple(self._by_sound))))
            self._filtered = len(hashes)
            self._filter = PrefixFilter.sized_for(2 * len(hashes))
        self._filter.add(hashes)

    def _add_sounds(self, tokens: list[str]) -> list[str]:
        """Record the sounds of these tokens, and return them."""
        words = {without_mark(token.removesuffix(WHOLE_MARK)) for token in tokens}
        heard = [word for word in words if may_sound_like_others(word)]
        sounds = sounds_of(heard) if heard else []
        for sound, word in zip(sounds, heard, strict=True):
            self._by_sound[sound] = (*self._by_sound.get(sound, ()), word)
        return sounds

    def _sounding_like(self, sound: str) -> tuple[str, ...]:
        return self._by_sound.get(sound, ())


def _slots_of(found: int) -> Iterator[int]:
    # Searching a text is quicker than arithmetic with a long integer for each.
    bits = bin(found)[:1:-1]
    slot = bits.find("1")
    while slot >= 0:
        yield slot
        slot = bits.find("1", slot + 1)
