"""Spans: the letters of a shown text that a typed word stands for.

Folding and transliteration change how many letters a word has, and which it is found by. So nothing
is counted: the letters of a prefix are the shortest slice of the word that would be found by it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from contactsgroups.autocomplete.words.joining import INITIAL_MARK, INITIALS_MARK
from contactsgroups.autocomplete.words.scripts import without_mark
from contactsgroups.autocomplete.words.tokens import spellings_of_piece, words_of

Span = tuple[int, int]
"""Where letters begin and end in a text, counted in code points."""
Spellings = Sequence[str]
"""The ways to spell a typed word, without marks."""

# What is between words in ASCII; an apostrophe is not, and other scripts have marks of their own.
_PART = re.compile(r"[^\s!-&(-/:-@\[-_{-~]+")

_LONGEST = 32
"""In a longer word without spaces, all of it stands for any of its letters."""
_MOST_JOINED = 5
_LONGEST_INITIAL = 2  # As in Yulia, whose first letter (Ю) is two.
_LIKE = 0.6
_JOINERS = "\u200c\u200d"


class Part(NamedTuple):
    """One word of a shown text."""

    start: int
    text: str


@lru_cache(maxsize=8_192)
def _parts_of(text: str) -> tuple[Part, ...]:
    return tuple(Part(found.start(), found[0]) for found in _PART.finditer(text))


def find_beginnings(word: Spellings, text: str) -> list[Span]:
    """Return the letters of all words of a text that begin with a typed one."""
    if not text.isascii():
        return _find_in_parts(word, _parts_of(text))
    # As most texts are; here a letter is a letter, and nothing need be remembered.
    lower = text.lower()
    for spelling in word:
        if spelling in lower and (found := _find_plain(spelling, lower)):
            return found
    return []


def _find_plain(spelling: str, text: str) -> list[Span]:
    found = []
    start = text.find(spelling)
    while start >= 0:
        end = start + len(spelling)
        if not (start and text[start - 1].isalnum()):
            found.append((start, end))
        start = text.find(spelling, end)
    return found


def find_forms(word: Spellings, text: str) -> list[Span]:
    """Return the letters of what another form of a typed word begins, or that are joined.

    As Sergey is by ``sergei``, MacLeod by ``leod``, John Smith by ``jsmith``.
    """
    parts = _parts_of(text)
    found = _find_in_parts(word, parts)
    if found or len(parts) < 2:
        return found
    for spelling in word:
        if _begins_any(spelling, text):
            return _joined(spelling, parts) or _window(spelling, parts, text)
    return []


def _window(spelling: str, parts: Sequence[Part], text: str) -> list[Span]:
    """Return the whole of the fewest neighbours that are found by a spelling together."""
    for size in range(2, min(len(parts), _MOST_JOINED) + 1):
        for first in range(len(parts) - size + 1):
            some = [(part.start, part.start + len(part.text)) for part in parts[first:][:size]]
            if _begins_any(spelling, text[some[0][0] : some[-1][1]]):
                return some
    return []


def _find_in_parts(word: Spellings, parts: Iterable[Part]) -> list[Span]:
    found = []
    for start, text in parts:
        spans = (_span(text, spelling) for spelling in word)
        if span := next(filter(None, spans), None):
            found.append((start + span[0], start + span[1]))
    return found


def _begins_any(spelling: str, text: str) -> bool:
    """Whether a text is found by a spelling; which of its words may be joined is not said here."""
    return any(word.startswith(spelling) for word in _words_of(text))


@lru_cache(maxsize=2_048)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(map(without_mark, words_of(text)))


def find_likest(word: Spellings, text: str) -> tuple[float, list[Span]]:
    """Return how like a mistyped word the likest parts are, and the whole of each.

    The share of its letters that they have, from 0 to 1; and no part if none is like it at all.
    """
    shares = [(_likeness(word, part), part) for part in _parts_of(text)]
    most = max((share for share, _ in shares), default=0.0)
    if most < _LIKE:
        return 0.0, []
    likest = [part for share, part in shares if share == most]
    return most, [(part.start, part.start + len(part.text)) for part in likest]


def _likeness(word: Spellings, part: Part) -> float:
    """Return the share of letters that a typed word and the beginning of a part have in common."""
    tokens = spellings_of_piece(part.text)
    shares = (_share(spelling, token) for spelling in word for token in tokens)
    return max(shares, default=0.0)


def _share(typed: str, token: str) -> float:
    letters = list(token[: len(typed) + 1])
    missing = len(letters)
    for letter in typed:
        if letter in letters:
            letters.remove(letter)
    return (missing - len(letters)) / len(typed)


@lru_cache(maxsize=32_768)
def _span(text: str, spelling: str) -> Span | None:
    """Return the letters of one word by which it is found if ``spelling`` is typed."""

    def is_found(begin: int, end: int) -> bool:
        return any(each.startswith(spelling) for each in spellings_of_piece(text[begin:end]))

    length = len(text)
    if not is_found(0, length):
        return None
    if length > _LONGEST:
        return 0, length
    end = _least(1, length, lambda end: is_found(0, end))
    begin = end - _least(1, end, lambda size: is_found(end - size, end))
    return _whole_letters(text, begin, end)


def _least(low: int, high: int, is_enough: Callable[[int], bool]) -> int:
    """Return the least number that is enough; ``high`` is."""
    while low < high:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _whole_letters(text: str, begin: int, end: int) -> Span:
    """Extend a span so that it cuts no letter off from its accents and vowel marks."""
    while begin > 0 and _is_mark(text[begin]):
        begin -= 1
    while end < len(text) and _is_mark(text[end]):
        end += 1
    return begin, end


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in _JOINERS


def _joined(spelling: str, parts: Sequence[Part]) -> list[Span]:
    """Return the letters of several parts that make one typed word."""
    if spelling.startswith(INITIAL_MARK):
        return _initial_and_surname(spelling.removeprefix(INITIAL_MARK), parts)
    if spelling.startswith(INITIALS_MARK):
        return _initials(spelling.removeprefix(INITIALS_MARK), parts)
    runs = (_run(spelling, parts[place : place + _MOST_JOINED]) for place in range(len(parts)))
    return next(filter(None, runs), [])


def _run(spelling: str, parts: Sequence[Part]) -> list[Span]:
    """Return the parts that ``spelling`` has one after the other, the last perhaps not whole."""
    spans: list[Span] = []
    for start, text in parts:
        if last := _span(text, spelling):
            return [*spans, (start + last[0], start + last[1])]
        wholes = [each for each in spellings_of_piece(text) if spelling.startswith(each)]
        if not wholes:
            break
        spans.append((start, start + len(text)))
        spelling = spelling[len(max(wholes, key=len)) :]
    return []


def _initial_and_surname(spelling: str, parts: Sequence[Part]) -> list[Span]:
    for size in range(1, _LONGEST_INITIAL + 1):
        for place, given in enumerate(parts):
            initial = _span(given.text, spelling[:size])
            others = (*parts[:place], *parts[place + 1 :])
            surname = initial and _surname(spelling[size:], others)
            if initial and surname:
                start = given.start
                return [(start + initial[0], start + initial[1]), *surname]
    return []


def _initials(letters: str, parts: Sequence[Part]) -> list[Span]:
    """Return the first letters of as many parts in a row."""
    for place in range(len(parts) - len(letters) + 1):
        pairs = zip(parts[place:], letters, strict=False)
        spans = [(start, _span(text, letter)) for (start, text), letter in pairs]
        found = [(start + span[0], start + span[1]) for start, span in spans if span]
        if len(found) == len(letters):
            return found
    return []


def _surname(spelling: str, parts: Sequence[Part]) -> list[Span]:
    alone = (_run(spelling, [part]) for part in reversed(parts))
    return next(filter(None, alone), None) or _joined(spelling, parts)
