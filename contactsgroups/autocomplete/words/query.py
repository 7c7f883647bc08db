"""Queries: the typed text as words that must each begin a token of an entry."""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from contactsgroups.autocomplete.words.folding import fold, split_words
from contactsgroups.autocomplete.words.joining import with_joined
from contactsgroups.autocomplete.words.own_words import MOST, own_spelling
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
    first = words[0] if words else ()
    own = _with_words_of_their_own(words, with_joined(words))
    return Query(own, first, local_part or None)


def _words_of_piece(piece: str) -> list[Word]:
    """Return the words of a piece; spellings that cut it into other words are left out."""
    spellings = [split_words(folded) for folded in fold(piece)]
    alike = [words for words in spellings if len(words) == len(spellings[0])]
    return [
        _alternatives([other for spelling in same for other in with_other_endings(spelling)])
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


def _with_words_of_their_own(words: Sequence[Word], joined: Sequence[Word]) -> tuple[Word, ...]:
    """Return each word once; one that others imply demands as many words of the entry.

    As ``mari ma`` does: Mari begins both, but only Mari Martin has a word for each. In the sorted
    order of first spellings, a word's extensions follow it directly.

    Args:
        joined: the same words, each followed by what it is joined with others.
    """
    if len(words) < 2:
        return tuple(joined)
    with_others = dict(zip(words, joined, strict=True))
    ordered = sorted(with_others)
    return tuple(
        _own(word, ordered[place + 1 : place + MOST]) + with_others[word][len(word) :]
        for place, word in enumerate(ordered)
    )


def _own(word: Word, later: Sequence[Word]) -> Word:
    """Return the word as it is, or its spellings marked with how many words they must begin."""
    number = 1 + sum(1 for _ in takewhile(lambda other: implies(other, word), later))
    return tuple([own_spelling(spelling, number) for spelling in word]) if number > 1 else word


def implies(longer: Word, word: Word) -> bool:
    """Whether whatever begins like ``longer`` begins like ``word`` too."""
    return all(spelling.startswith(word) for spelling in longer)
