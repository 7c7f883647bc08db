"""Queries: the typed text as words that must each begin a token of an entry."""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from contactsgroups.autocomplete.words.folding import fold, split_words
from contactsgroups.autocomplete.words.joining import joined_spellings
from contactsgroups.autocomplete.words.own_words import MOST, own_spelling
from contactsgroups.autocomplete.words.semitic import is_semitic
from contactsgroups.autocomplete.words.skeleton import skeletons_of_latin
from contactsgroups.autocomplete.words.tokens import exact_key, is_plain, plain_words
from contactsgroups.autocomplete.words.variants import with_other_endings

Word = tuple[str, ...]
"""The alternative spellings of one typed word (``müller``: muller, mueller); one must match."""


class Query(NamedTuple):
    """A folded query, independent of any shard."""

    words: tuple[Word, ...]
    """Each once; empty if the text has no letter or digit. A word that others extend is marked as
    ``own_words`` says."""
    first: Word
    """The first word as it was typed, or no spelling if there is none."""
    local_part: str | None
    """What an exactly matching local part must be, or None if the text cannot be an address."""


def parse_query(text: str) -> Query:
    """Fold ``text`` into a query; the work is linear in its length, whatever it contains."""
    pieces = text.split()
    if is_plain(text):
        words: list[Word] = [with_other_endings(word) for word in plain_words(text)]
    else:
        words = [word for piece in pieces for word in _words_of_piece(piece)]
    local_part = exact_key(pieces[0].partition("@")[0]) if len(pieces) == 1 else ""
    joined = _joined(words, has_vowels=not is_semitic(text))
    return Query(joined, words[0] if words else (), local_part or None)


def _words_of_piece(piece: str) -> list[Word]:
    """Return the words of a piece; spellings that cut it into other words are left out."""
    spellings = [split_words(folded) for folded in fold(piece)]
    alike = [words for words in spellings if len(words) == len(spellings[0])]
    # The endings of the plain spelling will do: the others are spellings of the same letters.
    return [
        _alternatives([*with_other_endings(same[0]), *same[1:]])
        for same in zip(*alike, strict=True)
    ]


def _alternatives(spellings: Sequence[str]) -> Word:
    """Return the spellings without those that find nothing more than another one."""
    distinct = tuple(dict.fromkeys(spellings))
    return tuple(
        spelling
        for spelling in distinct
        if not any(spelling != other and spelling.startswith(other) for other in distinct)
    )


def _joined(words: Sequence[Word], *, has_vowels: bool) -> tuple[Word, ...]:
    """Return each word once, with what it may be joined with those before it.

    Args:
        has_vowels: whether its consonants may be those of an Arabic or Hebrew name.
    """
    # Which word implies another one is for the words as they were typed to say.
    joined = {word: joined_spellings(words, place) for place, word in enumerate(words)}
    ordered = sorted(joined)
    return tuple(
        [
            (*own, *joined[word], *(_skeletons((*word, *joined[word])) if has_vowels else ()))
            for word, own in zip(ordered, _own_words(ordered), strict=True)
        ]
    )


def _skeletons(spellings: Sequence[str]) -> list[str]:
    """Return the consonants of a typed word, and of what it may be joined with."""
    words = [spelling for spelling in spellings if spelling.isalpha()]
    either = (*words[:1], *words[1:][-1:])
    return list(dict.fromkeys(each for word in either for each in skeletons_of_latin(word)))


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
