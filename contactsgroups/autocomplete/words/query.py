"""Queries: the typed text as words that must each begin a token of an entry."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from contactsgroups.autocomplete.words.folding import fold, is_plain, plain_words, split_words
from contactsgroups.autocomplete.words.joining import joined_spellings
from contactsgroups.autocomplete.words.own_words import MOST, own_spelling
from contactsgroups.autocomplete.words.scripts import has_own_letters, runs_of
from contactsgroups.autocomplete.words.semitic import is_semitic
from contactsgroups.autocomplete.words.skeleton import skeletons_of_latin
from contactsgroups.autocomplete.words.tokens import exact_key
from contactsgroups.autocomplete.words.variants import with_other_endings

_SHORT = 32
_QUERIES = 4_096

Word = tuple[str, ...]
"""The alternative spellings of one typed word (``müller``: muller, mueller); one must match."""


class Query(NamedTuple):
    """A folded query, independent of any shard."""

    words: tuple[Word, ...]
    """Each once, in any script; empty if the text has no letter or digit. A word that others extend
    is marked as ``own_words`` says."""
    first: Word
    """The first word as it was typed, or no spelling if there is none."""
    local_part: str | None
    """What an exactly matching local part must be, or None if the text cannot be an address."""
    written: tuple[Word, ...] = ()
    """As ``words``, but what is typed in letters of its own is not transliterated."""
    first_written: Word = ()
    """As ``first``, likewise."""
    is_transliterated: bool = False
    """Whether ``words`` has anything transliterated."""


def parse_query(text: str) -> Query:
    """Fold ``text`` into a query; the work is linear in its length, whatever it contains."""
    return _parse_short(text) if len(text) <= _SHORT else _parse(text)


def _parse(text: str) -> Query:
    pieces = text.split()
    if is_plain(text):
        words: list[Word] = [with_other_endings(word) for word in plain_words(text)]
    else:
        words = [word for piece in pieces for word in _words_of_piece(piece)]
    local_part = exact_key(pieces[0].partition("@")[0]) if len(pieces) == 1 else ""
    first, joined = (words[0] if words else ()), _joined(words)
    # Of a text in Arabic or Hebrew letters, too few vowels are known to leave them out.
    # Beside another word, two consonants say enough.
    shortest = 2 if sum(len(word[0]) > 2 for word in joined) > 1 else 3
    found = (
        joined if is_semitic(text) else tuple(_with_skeletons(word, shortest) for word in joined)
    )
    if not has_own_letters(text):
        return Query(found, first, local_part or None, joined, first)
    written = [word for piece in pieces for word in _words_as_written(piece)]
    first_written = written[0] if written else ()
    return Query(found, first, local_part or None, _joined(written), first_written, True)


# Many people type the same few beginnings.
_parse_short = lru_cache(_QUERIES)(_parse)


def _words_of_piece(piece: str) -> list[Word]:
    """Return the words of a piece; spellings that cut it into other words are left out."""
    spellings = [split_words(folded) for folded in fold(piece)]
    alike = [words for words in spellings if len(words) == len(spellings[0])]
    # The endings of the plain spelling will do: the others are spellings of the same letters.
    return [
        _alternatives([*with_other_endings(same[0]), *same[1:]])
        for same in zip(*alike, strict=True)
    ]


def _words_as_written(piece: str) -> Iterator[Word]:
    """Yield the words of a piece, those in letters of their own without transliteration."""
    for own, other in runs_of(piece):
        if own:
            yield (own,)
        else:
            yield from _words_of_piece(other)


def _alternatives(spellings: Sequence[str]) -> Word:
    """Return the spellings without those that find nothing more than another one."""
    distinct = tuple(dict.fromkeys(spellings))
    return tuple(
        spelling
        for spelling in distinct
        if not any(spelling != other and spelling.startswith(other) for other in distinct)
    )


def _joined(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return each word once, with what it may be joined with those before it."""
    if len(words) == 1:
        return ((*words[0], *joined_spellings(words, 0)),)
    # Which word implies another one is for the words as they were typed to say.
    joined = {word: joined_spellings(words, place) for place, word in enumerate(words)}
    ordered = sorted(joined)
    return tuple(
        [(*own, *joined[word]) for word, own in zip(ordered, _own_words(ordered), strict=True)]
    )


def _with_skeletons(word: Word, shortest: int) -> Word:
    """Return a typed word also as consonants, alone and with what it may be joined with."""
    spellings = [spelling for spelling in word if spelling.isalpha()]
    either = (*spellings[:1], *spellings[1:][-1:])
    skeletons = (each for one in either for each in skeletons_of_latin(one, shortest))
    return (*word, *dict.fromkeys(skeletons))


def _own_words(ordered: Sequence[Word]) -> list[Word]:
    """Return the words, of which those that others imply demand as many words of the entry.

    As ``mari ma`` does: Mari begins both, but only Mari Martin has a word for each. In the sorted
    order of first spellings, a word's extensions follow it directly.
    """
    return [_own(word, ordered[place + 1 : place + MOST]) for place, word in enumerate(ordered)]


def _own(word: Word, later: Sequence[Word]) -> Word:
    """Return the word as it is, or its spellings marked with how many words they must begin."""
    number = 1 + sum(1 for _ in takewhile(lambda other: implies(other, word), later))
    return tuple([own_spelling(spelling, number) for spelling in word]) if number > 1 else word


def implies(longer: Word, word: Word) -> bool:
    """Whether whatever begins like ``longer`` begins like ``word`` too."""
    return all(spelling.startswith(word) for spelling in longer)
