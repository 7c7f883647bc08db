"""Typing errors: the words and beginnings in an index that are one slip away from a typed word.

A slip is a missing, an extra or a wrong letter or two swapped neighbours, at any place. A word of n
letters has about 54 n neighbours. Asking a trie for each would take too long; instead all their
hashes are computed at once and tested against a Bloom filter of the prefixes and whole words that
exist. The few that pass are then looked up, so a false positive costs time but never changes an
answer. Which of them may be meant is for ``likeness`` to say.

Words that are spelt with more differences, but sound alike, are found by ``sounds``. The sounds of
all words are in the filter as well, so that a word is also found if its sound is one slip away.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.words.likeness import (
    NEARLY_HEARD,
    OMITTED,
    SWAPPED,
    Evidence,
    Guess,
    Slip,
    adding,
    bearers_of_beginning,
    bearers_of_whole,
    hearing,
    nearly_hearing,
    replacing,
)
from contactsgroups.autocomplete.words.sounds import are_similar, share_letters, sounds_of
from contactsgroups.autocomplete.words.tokens import WHOLE_MARK

Hashes = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.intp]
Bits = npt.NDArray[np.uint8]

SHORTEST_MENDED = 3
"""A shorter word has nearly everything as its neighbour."""
_SHORTEST_BEGINNING = 3
_SHORTEST_MISTYPED_BEGINNING = 4
LONGEST_MENDED = 64
"""No name has a longer run of letters; it keeps the work bounded."""

_TABULATED = 16
"""Up to this length, words share tables of what their neighbours' hashes have in common."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LETTER_CODES = np.frombuffer(_LETTERS.encode(), np.uint8).astype(np.uint64)
_MENDABLE = re.compile(f"[a-z]{{{SHORTEST_MENDED},{LONGEST_MENDED}}}")

# The hash of a string is the sum of its letters' codes, each times the power of this base that its
# place commands, modulo 2**64; so changing one letter changes one summand. The base is odd, which
# lets it be divided by.
_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64
_POWERS = np.array([pow(_BASE, n, _MODULUS) for n in range(LONGEST_MENDED + 2)], np.uint64)
_STEP = np.uint64(_BASE)
_STEP_BACK = np.uint64(pow(_BASE, -1, _MODULUS))
_SWAP = _POWERS[:-1] - _POWERS[1:]

BEGUN, WHOLE, SOUND = 0, ord(WHOLE_MARK), ord("~")
"""What ends a string that is hashed: nothing a beginning, and each its own a word and a sound."""
_END_AT = {end: np.uint64(end) * _POWERS for end in (BEGUN, WHOLE, SOUND)}
_LETTER_AT = _LETTER_CODES[:, None] * _POWERS

# Two multipliers turn one hash into two bit positions of the filter.
_MIXERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_BIT_VALUES = np.left_shift(1, np.arange(8)).astype(np.uint8)
_BITS_PER_PREFIX = 32
_FEWEST_BITS_LOG2 = 12


def may_correct(word: str) -> bool:
    """Whether typing errors are looked for in ``word``: letters only, and enough of them."""
    return _MENDABLE.fullmatch(word) is not None


def _hash_neighbours(codes: Hashes) -> Hashes:
    """Return the hashes of all neighbours, in the order that ``Neighbours.slip`` knows."""
    n = len(codes)
    summands = codes * _POWERS[:n]
    heads = np.zeros(n + 1, np.uint64)
    np.cumsum(summands, out=heads[1:])
    tails = heads[n] - heads
    swapped = heads[n] + (codes[1:] - codes[:-1]) * _SWAP[: n - 1]
    without = heads[:n] + tails[1:] * _STEP_BACK
    replaced = (heads[n] - summands) + _LETTER_AT[:, :n]
    inserted = (heads[:n] + tails[:n] * _STEP) + _LETTER_AT[:, :n]
    return np.concatenate((swapped, without, replaced.ravel(), inserted.ravel()))


@lru_cache(maxsize=2 * _TABULATED)
def _hashes_of_ends(n: int, end: int) -> Hashes:
    """Return what the end of the word adds to the hash of each neighbour."""
    many = n * len(_LETTERS)
    lengths = np.repeat((n, n - 1, n, n + 1), (n - 1, n, many, many))
    ends: Hashes = _END_AT[end][lengths]
    return ends


@lru_cache(maxsize=_TABULATED)
def _neighbour_table(n: int) -> tuple[Hashes, Hashes]:
    """Return what makes one product of matrices out of the many steps above.

    Every hash is a constant plus a sum of letters times factors, and constants and factors depend
    on the length of the word only. So they are found by hashing words of zeros and a single one.
    """
    constants = _hash_neighbours(np.zeros(n, np.uint64))
    factors = [_hash_neighbours(unit) - constants for unit in np.eye(n, dtype=np.uint64)]
    return constants, np.stack(factors, axis=1)


class Neighbours:
    """All strings one slip away from a word, as hashes first and as text on demand."""

    def __init__(self, word: str) -> None:
        """Compute the hashes for ``word``, for which ``may_correct`` must hold."""
        self.word = word
        codes = np.frombuffer(word.encode(), np.uint8).astype(np.uint64)
        if len(word) <= _TABULATED:
            constants, factors = _neighbour_table(len(word))
            self.hashes: Hashes = constants + factors @ codes
        else:
            self.hashes = _hash_neighbours(codes)
        self._places: dict[tuple[int, int], tuple[Hashes, Bytes, Bits]] = {}

    def hashes_of(self, end: int) -> Hashes:
        """Return the hashes of the neighbours as beginnings, whole words or sounds."""
        return self.hashes + _hashes_of_ends(len(self.word), end) if end else self.hashes

    def places(self, shift: int, end: int) -> tuple[Hashes, Bytes, Bits]:
        """Return every hash, and its byte and bit in a filter of this size, worked out once."""
        places = self._places.get((shift, end))
        if places is None:
            hashes = self.hashes_of(end)
            places = self._places[shift, end] = (hashes, *_places(hashes, _MIXERS[0], shift))
        return places

    def slip(self, number: int) -> Slip:
        """Return how the neighbour whose hash is ``hashes[number]`` differs from the word."""
        n = len(self.word)
        if number < n - 1:
            return SWAPPED
        number -= n - 1
        if number < n:
            return adding(self.word, number)
        inserting, number = divmod(number - n, len(_LETTERS) * n)
        if inserting:
            return OMITTED
        letter, at = divmod(number, n)
        return replacing(self.word, at, _LETTERS[letter])

    def text(self, number: int) -> str:
        """Return the neighbour whose hash is ``hashes[number]``."""
        word, n = self.word, len(self.word)
        if number < n - 1:
            return word[:number] + word[number + 1] + word[number] + word[number + 2 :]
        number -= n - 1
        if number < n:
            return word[:number] + word[number + 1 :]
        inserting, number = divmod(number - n, len(_LETTERS) * n)
        letter, at = divmod(number, n)
        return word[:at] + _LETTERS[letter] + word[at + 1 - inserting :]


@lru_cache(maxsize=32)
def neighbours_of(word: str) -> Neighbours:
    """Return the neighbours of ``word``, remembered because several indexes are asked in turn."""
    return Neighbours(word)


class PrefixFilter:
    """A Bloom filter of the prefixes that an index holds, in any writable or mapped bytes."""

    def __init__(self, bits: npt.NDArray[np.uint8]) -> None:
        """Use ``bits``, whose length must be a power of two."""
        self.bits = bits
        self._shift = 64 - (len(bits).bit_length() - 1 + 3)

    @property
    def capacity(self) -> int:
        """How many prefixes it can hold with few false positives."""
        return len(self.bits) * 8 // _BITS_PER_PREFIX

    @classmethod
    def sized_for(cls, prefixes: int) -> "PrefixFilter":
        """Return an empty filter with few false positives for this many prefixes."""
        log2 = max(_FEWEST_BITS_LOG2, (prefixes * _BITS_PER_PREFIX - 1).bit_length())
        return cls(np.zeros(1 << (log2 - 3), np.uint8))

    def add(self, hashes: Hashes) -> None:
        """Add the prefixes with these hashes."""
        for mixer in _MIXERS:
            byte, bit = _places(hashes, mixer, self._shift)
            np.bitwise_or.at(self.bits, byte, bit)

    def survivors(self, neighbours: Neighbours, end: int) -> list[int]:
        """Return the numbers of the neighbours that may exist: of all that do, few that do not."""
        hashes, byte, bit = neighbours.places(self._shift, end)
        numbers = (self.bits[byte] & bit).nonzero()[0]
        if len(numbers):
            byte, bit = _places(hashes[numbers], _MIXERS[1], self._shift)
            numbers = numbers[(self.bits[byte] & bit).nonzero()[0]]
        found: list[int] = numbers.tolist()
        return found


class Spelling:
    """What may have been meant by a typed word, of all that an index holds."""

    def __init__(
        self, prefixes: PrefixFilter, sounding_like: Callable[[str], Iterable[str]]
    ) -> None:
        """Use the filter of an index, and what returns its words that have a sound."""
        self.prefixes = prefixes
        self._sounding_like = sounding_like

    def words(self, typed: str, evidence: Evidence) -> Iterator[Guess]:
        """Yield the whole words that may be meant, with the mark of their end.

        Some of them may not exist, or come twice. ``may_correct`` must hold for ``typed``.
        """
        neighbours, letters = neighbours_of(typed), len(typed)
        for number in self.prefixes.survivors(neighbours, WHOLE):
            bearers = bearers_of_whole(neighbours.slip(number), letters, evidence)
            # Of most there are too few, so the text is made of the others only.
            if bearers is not None and (text := neighbours.text(number)) != typed:
                yield Guess(text + WHOLE_MARK, bearers)
        yield from self._heard(typed, _sound_of(typed), evidence, hearing)

    def beginnings(self, typed: str, evidence: Evidence) -> Iterator[Guess]:
        """Yield the beginnings that may be meant."""
        letters = len(typed)
        if letters < _SHORTEST_MISTYPED_BEGINNING:
            return
        neighbours = neighbours_of(typed)
        for number in self.prefixes.survivors(neighbours, BEGUN):
            bearers = bearers_of_beginning(neighbours.slip(number), letters, evidence)
            if bearers is not None and (text := neighbours.text(number)) != typed:
                yield Guess(text, bearers)

    def nearly_alike(self, typed: str, evidence: Evidence) -> Iterator[Guess]:
        """Yield the whole words that may be meant and whose sound is one slip away."""
        sound = _sound_of(typed)
        if not may_correct(sound) or not bearers_of_whole(_NEAREST, len(typed), evidence):
            return
        neighbours = neighbours_of(sound)
        for number in self.prefixes.survivors(neighbours, SOUND):
            replaced = neighbours.slip(number).replaced
            if replaced and not are_similar(replaced):
                continue
            if (other := neighbours.text(number)) != sound:
                yield from self._heard(typed, other, evidence, nearly_hearing)

    def _heard(
        self, typed: str, sound: str, evidence: Evidence, slip: Callable[[str, str], Slip]
    ) -> Iterator[Guess]:
        """Yield the words with this sound that may be meant by what was typed."""
        for word in self._sounding_like(sound):
            if word != typed and share_letters(typed, word):
                bearers = bearers_of_whole(slip(word, typed), len(typed), evidence)
                if bearers is not None:
                    yield Guess(word + WHOLE_MARK, bearers)


_NEAREST = Slip(NEARLY_HEARD - 0.5)
"""Words of different sounds differ in a letter at least."""


@lru_cache(maxsize=32)
def _sound_of(word: str) -> str:
    return sounds_of([word])[0]


def _places(hashes: Hashes, mixer: np.uint64, shift: int) -> tuple[Bytes, Bits]:
    """Return the byte of each hash in a filter, and the bit in that byte."""
    place = ((hashes * mixer) >> np.uint64(shift)).view(np.intp)
    return place >> 3, _BIT_VALUES[place & 7]


def hash_letter_prefixes(text: npt.NDArray[np.uint8], starts: npt.NDArray[np.intp]) -> Hashes:
    """Return the hashes of all prefixes of tokens that a corrected word could be, and whole words.

    The tokens begin at ``starts`` in ``text``, where something that is no letter ends each. Among
    sorted tokens each prefix is hashed once; unsorted ones may give repetitions.
    """
    values = np.zeros(len(starts), np.uint64)
    found = [values[:0]]
    for length in range(LONGEST_MENDED + 2):
        codes = text[starts + length]
        if length >= SHORTEST_MENDED - 1:
            found.append(values[codes == WHOLE] + _END_AT[WHOLE][length])
        letters = (codes >= ord("a")) & (codes <= ord("z"))
        if not letters.any():
            break
        starts = starts[letters]
        values = values[letters] + codes[letters] * _POWERS[length]
        if length + 1 >= _SHORTEST_BEGINNING:
            new = values[1:] != values[:-1]
            found.append(values[np.concatenate(([True], new))])
    return np.concatenate(found)


def hash_sounds(sounds: Sequence[str]) -> Hashes:
    """Return the hashes of the sounds that the sound of a typed word may nearly be."""
    kept = [sound for sound in dict.fromkeys(sounds) if len(sound) <= LONGEST_MENDED + 1]
    lengths = np.fromiter(map(len, kept), np.intp, len(kept))
    codes = np.frombuffer("".join(kept).encode(), np.uint8).astype(np.uint64)
    firsts = np.cumsum(lengths) - lengths
    places = np.arange(len(codes)) - np.repeat(firsts, lengths)
    hashes: Hashes = np.add.reduceat(codes * _POWERS[places], firsts) if kept else codes
    return hashes + _END_AT[SOUND][lengths]
