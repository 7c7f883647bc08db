"""Selection: the best documents that satisfy every term of a query.

There are three ways, and all give the same answer. One term with one hot prefix is read off its
row. If every term is frequent, bitmaps are intersected from the best document on, in stages, until
enough are found; what such a term has besides is tested against the other terms. Otherwise the
documents of the rarest term are tested against the others.
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
# enough documents in common among the very best. Of fewer words, calling takes longer than working.
_STAGES = (256, 4096)

_FEW = 64
"""So many documents are tested one by one in less time than it takes to call for all at once."""

_BIT_VALUES = np.left_shift(1, np.arange(8)).astype(np.uint8)


class Tombstones:
    """The documents of a generation that are removed or replaced."""

    def __init__(self, bits: Bits) -> None:
        """Use ``bits`` in the layout of ``Postings.bits``; they must not change any more."""
        self.bits = bits
        self.alive = ~bits
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
        return documents[_test_bits(self.alive.view(np.uint8), documents)]


class Term:
    """One word of a query: the union of the ranges of its alternatives."""

    __slots__ = ("bitmaps", "ranges", "rare", "size")

    def __init__(self, ranges: Sequence[Range]) -> None:
        """Take at least one range.

        ``bitmaps`` has the numbers of the bitmaps, ``rare`` the ranges that have none.
        """
        self.ranges = ranges
        self.bitmaps: list[int] = []
        self.rare: list[Range] = []
        self.size = 0
        for postings in ranges:
            self.size += postings.size
            if postings.bitmap == NONE:
                self.rare.append(postings)
            else:
                self.bitmaps.append(postings.bitmap)


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
        ordered = sorted(terms, key=_work)
        if ordered[0].bitmaps:
            return self._best_of_frequent(ordered, limit, tombstones)
        return self._filter(ordered[0], ordered[1:], limit, tombstones)

    def best_of_row(self, row: int, limit: int, tombstones: Tombstones | None) -> list[int] | None:
        """Return the best documents of a hot prefix, or None if its row is too short."""
        top = self._postings.top
        if tombstones is None and limit <= top:
            return self._postings.best_of_row(row, limit)
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
        if tombstones is None:
            return first_distinct(documents, limit)
        if len(documents) <= _FEW:
            return tombstones.first_alive(first_distinct(documents, len(documents)), limit)
        return first_distinct(tombstones.alive_among(documents), limit)

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

    def _best_of_frequent(
        self, terms: Sequence[Term], limit: int, tombstones: Tombstones | None
    ) -> list[int]:
        """Take from the bitmaps what all have, and test what a term has without a bitmap."""
        found = self._scan(terms, limit, tombstones)
        for term in terms:
            if term.rare:
                documents = self._documents(term.rare)
                if len(found) == limit:
                    documents = documents[documents < found[-1]]
                others = [other for other in terms if other is not term]
                more = first_distinct(self._satisfying(documents, others, tombstones), limit)
                found = sorted({*found, *more})[:limit] if more else found
        return found

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
                    common = common & tombstones.alive[start:end]
                _extend_with_numbers(found, common, start, limit)
            if len(found) >= limit:
                break
            start = end
        return found

    def _bits_of_term(self, term: Term, start: int, end: int) -> Bits:
        """Return what the term's bitmaps have in the words from ``start`` to ``end``."""
        bits = self._postings.bits(term.bitmaps[0], start, end)
        for bitmap in term.bitmaps[1:]:
            bits = bits | self._postings.bits(bitmap, start, end)
        return bits

    def _filter(
        self, rarest: Term, others: Sequence[Term], limit: int, tombstones: Tombstones | None
    ) -> list[int]:
        """Test the documents of the rarest term against the other terms."""
        if len(rarest.ranges) == 1 and rarest.ranges[0].row >= 0:
            best = self._filter_row(rarest.ranges[0].row, others, limit, tombstones)
            if best is not None:
                return best
        documents = self._documents(rarest.ranges)
        return first_distinct(self._satisfying(documents, others, tombstones), limit)

    def _filter_row(
        self, row: int, others: Sequence[Term], limit: int, tombstones: Tombstones | None
    ) -> list[int] | None:
        """Try the best documents of a hot prefix first; None if they do not suffice.

        Only where that takes no more than testing bits: marking the documents of a range costs as
        much for sixty-four candidates as for all.
        """
        if any(term.rare for term in others):
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
        """Return those of the documents that satisfy all terms, in any order if a term is rare."""
        for term in terms:
            if not len(documents):
                return documents
            documents = self._that_have(documents, term)
        if tombstones is not None and len(documents):
            documents = tombstones.alive_among(documents)
        return documents

    def _that_have(self, documents: DocumentIds, term: Term) -> DocumentIds:
        """Return those of the documents that satisfy a term, perhaps in another order."""
        found = [self._in_both(documents, postings) for postings in term.rare]
        if term.bitmaps:
            tested = _test_bits(self._postings.bytes_of_bitmap(term.bitmaps[0]), documents)
            for bitmap in term.bitmaps[1:]:
                tested |= _test_bits(self._postings.bytes_of_bitmap(bitmap), documents)
            found.append(documents[tested])
        return np.concatenate(found) if len(found) > 1 else found[0]

    def _in_both(self, documents: DocumentIds, postings: Range) -> DocumentIds:
        """Return the documents that are in a range: fewer are marked, the others looked up."""
        few, many = documents, self._postings.documents(postings)
        if len(few) > len(many):
            few, many = many, few
        scratch = self._scratch()
        scratch[few] = True
        found = many[scratch.take(many)]
        scratch[few] = False
        return found

    def _scratch(self) -> npt.NDArray[np.bool_]:
        """Return this thread's array of one False for every document."""
        scratch: npt.NDArray[np.bool_] | None = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = np.zeros(self._postings.count, np.bool_)
        return scratch

    def _documents(self, ranges: Sequence[Range]) -> DocumentIds:
        """Return the documents of ranges that have no bitmap."""
        if len(ranges) == 1:
            return self._postings.documents(ranges[0])
        return np.concatenate([self._postings.documents(postings) for postings in ranges])


def _work(term: Term) -> tuple[bool, int]:
    """Return what terms are ordered by: to test documents, all of them must be at hand."""
    return bool(term.bitmaps), term.size


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
    places = (bits != 0).nonzero()[0][: limit - len(found)]  # Of truths it takes a quarter.
    for place, word in zip(places.tolist(), bits[places].tolist(), strict=True):
        first = (first_word + place) * 64
        while word and len(found) < limit:
            lowest = word & -word
            found.append(first + lowest.bit_length() - 1)
            word ^= lowest
