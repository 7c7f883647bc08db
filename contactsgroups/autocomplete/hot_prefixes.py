"""Finding the hot prefixes of a generation under construction, their best documents and bitmaps."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import marisa_trie
import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.files import write_array
from contactsgroups.autocomplete.lexicon import LONGEST_SHARED, Lexicon
from contactsgroups.autocomplete.postings import NONE, words_for
from contactsgroups.autocomplete.thresholds import Thresholds

Numbers = npt.NDArray[np.uint32]


class _HotPrefix(NamedTuple):
    prefix: str
    start: int
    end: int


def write_hot_prefixes(
    directory: Path,
    lexicon: Lexicon,
    postings: Numbers,
    offsets: Numbers,
    count: int,
    thresholds: Thresholds,
) -> None:
    """Write trie, rows, best documents and bitmaps of all prefixes with many postings."""
    found = list(_find(lexicon, offsets, thresholds.hot))
    trie = marisa_trie.Trie((hot.prefix for hot in found), order=marisa_trie.LABEL_ORDER)
    trie.save(str(directory / "hot.marisa"))

    rows = np.empty((len(found), 3), np.uint32)
    tops = np.full((len(found), thresholds.top), NONE, np.uint32)
    bitmaps = _BitmapWriter(directory / "bitmaps", postings, count)
    for hot in found:
        row = trie[hot.prefix]
        best = _best(postings[hot.start : hot.end], thresholds.top, count)
        tops[row, : len(best)] = best
        wants_bitmap = (hot.end - hot.start) * thresholds.bitmap_share > count
        bitmap = bitmaps.number(hot.start, hot.end) if wants_bitmap else NONE
        rows[row] = hot.start, hot.end, bitmap
    bitmaps.close()
    write_array(directory / "hot-rows", rows)
    write_array(directory / "hot-tops", tops)


def _find(lexicon: Lexicon, offsets: Numbers, threshold: int) -> Iterator[_HotPrefix]:
    """Yield the prefixes with more than ``threshold`` postings, shortest first.

    A prefix can only be hot if the one a byte shorter is, so the tokens still looked at get fewer
    with every length.
    """
    tokens = np.arange(len(lexicon))
    for length in range(1, LONGEST_SHARED):
        tokens = tokens[lexicon.lengths[tokens] >= length]
        if not len(tokens):
            return
        begins = lexicon.shared[tokens] < length
        begins[0] = True
        firsts = np.flatnonzero(begins)
        sizes = np.diff(np.append(firsts, len(tokens)))
        low = tokens[firsts]
        high = low + sizes
        start, end = offsets[low], offsets[high]
        hot = end - start > threshold
        for number in np.flatnonzero(hot).tolist():
            prefix = lexicon.prefix(low[number], length)
            if prefix is not None:
                yield _HotPrefix(prefix, int(start[number]), int(end[number]))
        tokens = tokens[np.repeat(hot, sizes)]


def _best(documents: Numbers, wanted: int, count: int) -> Numbers:
    """Return the smallest distinct documents, at most ``wanted``, ascending.

    Most of a long list cannot be among them, so only documents below a bound are sorted, and the
    bound is raised until it lets enough through.
    """
    bound = max(1, count * wanted * 2 // len(documents))
    while True:
        some = np.sort(documents[documents < bound])
        distinct = some[np.concatenate(([True], some[1:] != some[:-1]))] if len(some) else some
        if len(distinct) >= wanted or bound >= count:
            return distinct[:wanted]
        bound *= 4


class _BitmapWriter:
    """Writes each distinct range's bitmap once: long prefixes often share the range."""

    def __init__(self, path: Path, postings: Numbers, count: int) -> None:
        self._file = path.open("wb")
        self._postings = postings
        self._flags = np.zeros(words_for(count) * 64, np.uint8)
        self._numbers: dict[tuple[int, int], int] = {}

    def number(self, start: int, end: int) -> int:
        """Return the number of the bitmap of these postings."""
        number = self._numbers.get((start, end))
        if number is None:
            number = self._numbers[start, end] = len(self._numbers)
            self._flags[:] = 0
            self._flags[self._postings[start:end]] = 1
            self._file.write(np.packbits(self._flags, bitorder="little").data)
        return number

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
