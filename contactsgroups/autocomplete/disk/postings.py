"""Postings: which documents have a token that begins with a given prefix.

Document ids are ranks, so the smallest ids are the best answers. Tokens are kept in lexicographic
order, and the postings of each token are adjacent in that order; so every prefix owns one
range of tokens and one range of postings. *Hot* prefixes, those with many postings, have a row
that gives their range and their best documents; the hottest also have a bitmap of all their
documents. Any other prefix has so few postings that they are simply sorted.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import marisa_trie
import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.disk.files import map_array, map_bytes
from contactsgroups.autocomplete.disk.lexicon import LONGEST_SHARED
from contactsgroups.autocomplete.words.tokens import WHOLE_MARK

DocumentIds = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint64]

_MANY = 512

NONE = 0xFFFF_FFFF
"""In a row: no bitmap; in a list of best documents: there are no more."""


class Range(NamedTuple):
    """The postings of one prefix; a document occurs once for each of its tokens."""

    start: int
    """Where they start; unused if there is a bitmap, since that is read instead."""
    size: int
    row: int
    """Its number among the hot prefixes, or -1."""
    bitmap: int
    """The number of its bitmap, or ``NONE``."""


class Postings:
    """Read access to the tokens and postings of a generation."""

    def __init__(self, directory: Path, count: int, top: int) -> None:
        """Map the files; ``count`` documents, ``top`` documents in the row of a hot prefix.

        ``hot`` gives the row of a hot prefix.

        Single numbers are read through memory views, which is quicker than through arrays.
        """
        self.count = count
        self.top = top
        self._tokens = marisa_trie.Trie().mmap(str(directory / "tokens.marisa"))
        self.hot = marisa_trie.Trie().mmap(str(directory / "hot.marisa"))
        self._ranks = map_bytes(directory / "token-ranks").cast("I")
        self._offsets = map_bytes(directory / "token-offsets").cast("I")
        self._shared = map_bytes(directory / "token-shared")
        self._rows = map_bytes(directory / "hot-rows").cast("I")
        self._postings = map_bytes(directory / "postings").cast("I")
        self._postings_array = np.frombuffer(self._postings, np.uint32)
        self._tops = map_bytes(directory / "hot-tops").cast("I")
        self._tops_array = np.frombuffer(self._tops, np.uint32).reshape(-1, top)
        self._bitmaps = map_array(directory / "bitmaps", np.uint64).reshape(-1, words_for(count))
        self._bitmap_bytes = self._bitmaps.view(np.uint8)

    def exists(self, prefix: str) -> bool:
        """Whether any token begins with ``prefix``."""
        if prefix[-1] == WHOLE_MARK:
            return prefix in self._tokens
        return next(self._tokens.iterkeys(prefix), None) is not None

    def range_of(self, prefix: str) -> Range | None:
        """Return the postings of ``prefix``, or None if no token begins with it."""
        row: int = self.hot.get(prefix, -1)
        if row >= 0:
            start, size, bitmap = self._rows[3 * row : 3 * row + 3]
            return Range(start, size, row, bitmap)
        if prefix.endswith(WHOLE_MARK):
            return self._range_of_token(prefix)
        first = next(self._tokens.iteritems(prefix), None)
        if first is None:
            return None
        low = self._ranks[first[1]]
        start = self._offsets[low]
        return Range(start, self._offsets[self._end_of_prefix(prefix, low)] - start, -1, NONE)

    def _range_of_token(self, token: str) -> Range | None:
        """Return the postings of a token that no other one extends, which takes half the time."""
        number: int = self._tokens.get(token, -1)
        if number < 0:
            return None
        low = self._ranks[number]
        start = self._offsets[low]
        return Range(start, self._offsets[low + 1] - start, -1, NONE)

    def _end_of_prefix(self, prefix: str, low: int) -> int:
        """Return the rank after the last token that begins with ``prefix``, as ``low`` does."""
        length = len(prefix) if prefix.isascii() else len(prefix.encode("utf-8"))
        if length > LONGEST_SHARED:
            return low + sum(1 for _ in self._tokens.iterkeys(prefix))
        # There is one, since the last token is followed by a zero.
        less = _less_than(length).search(self._shared, low + 1)
        return less.start() if less else low + 1

    def best_of_row(self, row: int, limit: int) -> list[int]:
        """Return the best documents of a hot prefix, at most ``limit`` or ``top``, ascending."""
        start = row * self.top
        best = self._tops[start : start + min(limit, self.top)].tolist()
        while best and best[-1] == NONE:
            best.pop()
        return best

    def array_of_row(self, row: int) -> DocumentIds:
        """Return all best documents of a hot prefix."""
        best: DocumentIds = self._tops_array[row]
        return best if best[-1] != NONE else best[best != NONE]

    def documents(self, postings: Range) -> DocumentIds:
        """Return all documents of a range without a bitmap, unsorted and with repetitions."""
        return self._postings_array[postings.start : postings.start + postings.size]

    def bits(self, bitmap: int, start: int, end: int) -> Bits:
        """Return words of a bitmap: bit d % 64 of word d // 64 is document d."""
        words: Bits = self._bitmaps[bitmap, start:end]
        return words

    def bytes_of_bitmap(self, bitmap: int) -> npt.NDArray[np.uint8]:
        """Return a whole bitmap: bit d % 8 of byte d // 8 is document d."""
        content: npt.NDArray[np.uint8] = self._bitmap_bytes[bitmap]
        return content


@lru_cache(maxsize=LONGEST_SHARED)
def _less_than(length: int) -> re.Pattern[bytes]:
    """Return what finds the next byte less than ``length``, as quickly as a search can be."""
    return re.compile(b"[\\x00-\\x%02x]" % (length - 1))


def first_distinct(documents: DocumentIds, limit: int) -> list[int]:
    """Return the smallest documents, ascending and each once, at most ``limit``.

    Only as many as are likely to be needed are sorted; a document rarely occurs more than twice.
    """
    likely = 3 * limit
    if len(documents) > likely:
        if len(documents) > _MANY:
            some = np.partition(documents, likely)[:likely]
            some.sort()
        else:
            some = np.sort(documents)[:likely]
        distinct = list(dict.fromkeys(some.tolist()))
        if len(distinct) >= limit:
            return distinct[:limit]
    return sorted(set(documents.tolist()))[:limit]


def words_for(count: int) -> int:
    """Return the number of 64-bit words of a bitmap over ``count`` documents, at least one."""
    return max(1, (count + 63) // 64)
