"""Finding the hot prefixes of a generation under construction, their best documents and bitmaps."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie
import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.disk.files import write_array
from contactsgroups.autocomplete.disk.lexicon import LONGEST_SHARED, Lexicon
from contactsgroups.autocomplete.disk.postings import NONE, words_for
from contactsgroups.autocomplete.thresholds import Thresholds

Numbers = npt.NDArray[np.uint32]


class _HotPrefix(NamedTuple):
    prefix: str
    first_token: int
    end_token: int


def write_hot_prefixes(
    directory: Path,
    lexicon: Lexicon,
    postings: Numbers,
    offsets: Numbers,
    count: int,
    thresholds: Thresholds,
) -> None:
    """Write trie, rows, best documents and bitmaps of all prefixes with many postings.

    The postings are written here as well, because those of the most frequent tokens are left out:
    every prefix of such a token has a bitmap, so they are never read.
    """
    found = list(_find(lexicon, offsets, thresholds.hot))
    trie = marisa_trie.Trie((hot.prefix for hot in found), order=marisa_trie.LABEL_ORDER)
    trie.save(str(directory / "hot.marisa"))
    kept_offsets = _write_postings(directory, lexicon, postings, offsets, count, thresholds)

    rows = np.empty((len(found), 3), np.uint32)
    tops = np.full((len(found), thresholds.top), NONE, np.uint32)
    bitmaps = _BitmapWriter(directory / "bitmaps", postings, count)
    for hot in found:
        row = trie[hot.prefix]
        start, end = int(offsets[hot.first_token]), int(offsets[hot.end_token])
        best = _best(postings[start:end], thresholds.top, count)
        tops[row, : len(best)] = best
        bitmap = bitmaps.number(start, end) if _has_bitmap(end - start, count, thresholds) else NONE
        rows[row] = kept_offsets[hot.first_token], end - start, bitmap
    bitmaps.close()
    write_array(directory / "hot-rows", rows)
    write_array(directory / "hot-tops", tops)


def _has_bitmap(size: Any, count: int, thresholds: Thresholds) -> Any:
    """Whether a hot prefix of this size has a bitmap; sizes may be a number or an array."""
    return size * thresholds.bitmap_share > count


def _write_postings(
    directory: Path,
    lexicon: Lexicon,
    postings: Numbers,
    offsets: Numbers,
    count: int,
    thresholds: Thresholds,
) -> Numbers:
    """Write the postings that are ever read, and where those of each token start; return that."""
    sizes = np.diff(offsets).astype(np.int64)
    unread = (sizes > thresholds.hot) & _has_bitmap(sizes, count, thresholds)
    unread &= lexicon.lengths < LONGEST_SHARED
    write_array(directory / "postings", postings[np.repeat(~unread, sizes)])
    sizes[unread] = 0
    kept_offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.uint32)
    write_array(directory / "token-offsets", kept_offsets)
    return kept_offsets


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
        hot = offsets[high] - offsets[low] > threshold
        for number in np.flatnonzero(hot).tolist():
            prefix = lexicon.prefix(low[number], length)
            if prefix is not None:
                yield _HotPrefix(prefix, int(low[number]), int(high[number]))
        tokens = tokens[np.repeat(hot, sizes)]


def _best(documents: Numbers, wanted: int, count: int) -> Numbers:
    """Return the smallest distinct documents, at most ``wanted``, ascending.

    Most of a long list cannot be among them, so only documents below a bound are sorted, and the
    bound is raised until enough are below it.
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
