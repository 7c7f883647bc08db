"""Selection: the best documents that satisfy every term of a query.

There are three ways, and all give the same answer. One term with one hot prefix is read off its
row. If every term is frequent, bitmaps are intersected from the best document on, in stages, until
enough are found. Otherwise the documents of the rarest term are tested against the other terms.
"""

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.disk.postings import (
    NONE,
    Bits,
    DocumentIds,
    Postings,
    Range,
    first_distinct,
    words_for,
)

# Sizes in words of 64 documents: the first stages are small because frequent terms usually have
# enough documents in common among the very best.
_STAGES = (64, 512, 4096)

_BIT_VALUES = np.left_shift(1, np.arange(8)).astype(np.uint8)


class Tombstones:
    """The documents of a generation that are removed or replaced."""

    def __init__(self, bits: Bits) -> None:
        """Use ``bits`` in the layout of ``Postings.bits``; they must not change any more."""
        self.bits = bits
        self._bytes = bits.view(np.uint8).data

    def first_alive(self, documents: list[int], limit: int) -> list[int]:
        """Return the first documents that are not removed, at most ``limit``, in the same order."""
        gone = self._bytes
        found = []
        for number in documents:
            if not gone[number >> 3] >> (number & 7) & 1:
                found.append(number)
                if len(found) == limit:
                    break
        return found

    def alive_among(self, documents: DocumentIds) -> DocumentIds:
        """Return the documents that are not removed, in the same order."""
        return documents[~_test_bits(self.bits.view(np.uint8), documents)]


class Term:
    """One word of a query: the union of the ranges of its alternatives."""

    __slots__ = ("bitmaps_only", "frequent", "ranges", "size")

    def __init__(self, ranges: Sequence[Range]) -> None:
        """Take at least one range."""
        self.ranges = ranges
        self.size = 0
        self.frequent = False
        self.bitmaps_only = True
        for _, size, _, bitmap in ranges:
            self.size += size
            if bitmap == NONE:
                self.bitmaps_only = False
            else:
                self.frequent = True


class Selector:
    """Answers terms from the postings of one generation; safe for any number of threads."""

    def __init__(self, postings: Postings) -> None:
        """Answer from ``postings``."""
        self._postings = postings
        self._local = threading.local()

    def best(self, terms: Sequence[Term], limit: int, tombstones: Tombstones | None) -> list[int]:
        """Return at most ``limit`` live documents that satisfy all ``terms``, best first."""
        if len(terms) == 1:
            return self._best_of_term(terms[0], limit, tombstones)
        ordered = sorted(terms, key=_size)
        if ordered[0].frequent:
            return self._scan(ordered, limit, tombstones)
        return self._filter(ordered[0], ordered[1:], limit, tombstones)

    def best_of_row(self, row: int, limit: int, tombstones: Tombstones | None) -> list[int] | None:
        """Return the best documents of a hot prefix, or None if its row is too short."""
        top = self._postings.top
        # Few of the best are removed, so a part of the row usually suffices.
        for size in (min(2 * limit, top), top):
            best = self._postings.best_of_row(row, size)
            alive = best[:limit] if tombstones is None else tombstones.first_alive(best, limit)
            if len(alive) >= limit:
                return alive
        return alive if len(best) < top else None

    def best_of_range(
        self, postings: Range, limit: int, tombstones: Tombstones | None
    ) -> list[int]:
        """Return the best documents of one prefix."""
        if postings.row >= 0:
            best = self.best_of_row(postings.row, limit, tombstones)
            if best is not None:
                return best
        if postings.bitmap != NONE:
            return self._scan([Term([postings])], limit, tombstones)
        documents = self._postings.documents(postings)
        if tombstones is not None:
            documents = tombstones.alive_among(documents)
        return first_distinct(documents, limit)

    def _best_of_term(self, term: Term, limit: int, tombstones: Tombstones | None) -> list[int]:
        if len(term.ranges) == 1:
            return self.best_of_range(term.ranges[0], limit, tombstones)
        # A word with a typing error has dozens of ranges, of which most are tiny.
        found: set[int] = set()
        tiny: list[DocumentIds] = []
        for postings in term.ranges:
            if postings.row >= 0:
                found.update(self.best_of_range(postings, limit, tombstones))
            else:
                tiny.append(self._postings.documents(postings))
        if tiny:
            documents = np.concatenate(tiny)
            if tombstones is not None:
                documents = tombstones.alive_among(documents)
            found.update(first_distinct(documents, limit))
        return sorted(found)[:limit]

    def _scan(self, terms: Sequence[Term], limit: int, tombstones: Tombstones | None) -> list[int]:
        """Intersect the terms' bitmaps from the best document on until enough are found."""
        found: list[int] = []
        start, words = 0, words_for(self._postings.count)
        for end in (*_STAGES, words):
            end = min(end, words)
            if start < end:
                common = self._bits_of_term(terms[0], start, end)
                for term in terms[1:]:
                    common = common & self._bits_of_term(term, start, end)
                if tombstones is not None:
                    common = common & ~tombstones.bits[start:end]
                _extend_with_numbers(found, common, start, limit)
            if len(found) >= limit:
                break
            start = end
        return found

    def _bits_of_term(self, term: Term, start: int, end: int) -> Bits:
        """Return the term's bits in the words from ``start`` to ``end``."""
        bits = self._bits_of_range(term.ranges[0], start, end)
        for postings in term.ranges[1:]:
            bits = bits | self._bits_of_range(postings, start, end)
        return bits

    def _bits_of_range(self, postings: Range, start: int, end: int) -> Bits:
        if postings.bitmap != NONE:
            return self._postings.bits(postings.bitmap, start, end)
        return _bits_between(self._postings.documents(postings), start, end)

    def _filter(
        self, rarest: Term, others: Sequence[Term], limit: int, tombstones: Tombstones | None
    ) -> list[int]:
        """Test the documents of the rarest term against the other terms."""
        if len(rarest.ranges) == 1 and rarest.ranges[0].row >= 0:
            best = self._filter_row(rarest.ranges[0].row, others, limit, tombstones)
            if best is not None:
                return best
        documents = self._documents_of_term(rarest)
        return first_distinct(self._satisfying(documents, others, tombstones), limit)

    def _filter_row(
        self, row: int, others: Sequence[Term], limit: int, tombstones: Tombstones | None
    ) -> list[int] | None:
        """Try the best documents of a hot prefix first; None if they do not suffice.

        Only where that takes no more than testing bits: marking the documents of a range costs as
        much for sixty-four candidates as for all.
        """
        if not all(term.bitmaps_only for term in others):
            return None
        documents = self._postings.array_of_row(row)
        complete = len(documents) < self._postings.top
        documents = self._satisfying(documents, others, tombstones)
        if complete or len(documents) >= limit:
            first: list[int] = documents[:limit].tolist()
            return first
        return None

    def _satisfying(
        self, documents: DocumentIds, terms: Sequence[Term], tombstones: Tombstones | None
    ) -> DocumentIds:
        for term in terms:
            if not len(documents):
                break
            documents = documents[self._satisfies(documents, term)]
        if tombstones is not None:
            documents = tombstones.alive_among(documents)
        return documents

    def _satisfies(self, documents: DocumentIds, term: Term) -> npt.NDArray[np.bool_]:
        satisfied = self._in_range(documents, term.ranges[0])
        for postings in term.ranges[1:]:
            satisfied = satisfied | self._in_range(documents, postings)
        return satisfied

    def _in_range(self, documents: DocumentIds, postings: Range) -> npt.NDArray[np.bool_]:
        """Test the bitmap, or mark the range in a scratch array and look the candidates up."""
        if postings.bitmap != NONE:
            return _test_bits(self._postings.bytes_of_bitmap(postings.bitmap), documents)
        scratch = self._scratch()
        members = self._postings.documents(postings)
        scratch[members] = True
        found = scratch[documents]
        scratch[members] = False
        return found

    def _scratch(self) -> npt.NDArray[np.bool_]:
        """Return this thread's array of one False for every document."""
        scratch: npt.NDArray[np.bool_] | None = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = np.zeros(self._postings.count, np.bool_)
        return scratch

    def _documents_of_term(self, term: Term) -> DocumentIds:
        if len(term.ranges) == 1:
            return self._postings.documents(term.ranges[0])
        return np.concatenate([self._postings.documents(postings) for postings in term.ranges])


def _size(term: Term) -> int:
    return term.size


def _test_bits(bits: npt.NDArray[np.uint8], documents: DocumentIds) -> npt.NDArray[np.bool_]:
    # Taking is quicker than indexing with an array.
    found: npt.NDArray[np.bool_] = (
        bits.take(documents >> 3) & _BIT_VALUES.take(documents & 7)
    ) != 0
    return found


def _extend_with_numbers(found: list[int], bits: Bits, first_word: int, limit: int) -> None:
    """Append the documents whose bits are set, up to ``limit`` in all.

    Few bits are wanted, so taking them one by one out of the words that have any is quickest.
    """
    places = bits.nonzero()[0][: limit - len(found)]
    for place, word in zip(places.tolist(), bits[places].tolist(), strict=True):
        first = (first_word + place) * 64
        while word and len(found) < limit:
            lowest = word & -word
            found.append(first + lowest.bit_length() - 1)
            word ^= lowest


def _bits_between(documents: DocumentIds, start: int, end: int) -> Bits:
    """Return the bits of the documents that lie in the words from ``start`` to ``end``."""
    inside = documents[(documents >= start * 64) & (documents < end * 64)]
    flags = np.zeros((end - start) * 64, np.uint8)
    flags[inside - start * 64] = 1
    bits: Bits = np.packbits(flags, bitorder="little").view(np.uint64)
    return bits
