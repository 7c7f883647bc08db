"""Queries: the typed text as words that must each begin a token of an entry."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from contactsgroups.autocomplete.words.folding import fold, split_words
from contactsgroups.autocomplete.words.tokens import exact_key, is_plain, plain_words

Word = tuple[str, ...]
"""The alternative spellings of one typed word (``müller``: muller, mueller); one must match."""


class Query(NamedTuple):
    """A folded query, independent of any shard."""

    words: tuple[Word, ...]
    """No word is implied by another; empty if the text has no letter or digit."""
    local_part: str | None
    """What an exactly matching local part must be, or None if the text cannot be an address."""


def parse_query(text: str) -> Query:
    """Fold ``text`` into a query; the work is linear in its length, whatever it contains."""
    pieces = text.split()
    if is_plain(text):
        words: list[Word] = [(word,) for word in plain_words(text)]
    else:
        words = [word for piece in pieces for word in _words_of_piece(piece)]
    local_part = exact_key(pieces[0].partition("@")[0]) if len(pieces) == 1 else ""
    return Query(_without_implied(words), local_part or None)


def _words_of_piece(piece: str) -> list[Word]:
    spellings = [split_words(folded) for folded in fold(piece)]
    if len(spellings) == 1 or len(spellings[0]) != len(spellings[1]):
        return [(word,) for word in spellings[0]]
    return [_alternatives(first, second) for first, second in zip(*spellings, strict=True)]


def _alternatives(first: str, second: str) -> Word:
    """Return both spellings, or only the shorter one if it finds all that the longer one does."""
    if second.startswith(first):
        return (first,)
    if first.startswith(second):
        return (second,)
    return (first, second)


def _without_implied(words: Sequence[Word]) -> tuple[Word, ...]:
    """Drop every word that another one implies, as ``anna`` implies ``an``.

    In the sorted order of first spellings, a word's extensions follow it directly.
    """
    if len(words) < 2:
        return tuple(words)
    ordered = sorted(set(words))
    kept = [
        word
        for word, following in zip_longest(ordered, ordered[1:], fillvalue=("",))
        if not all(spelling.startswith(word) for spelling in following)
    ]
    return tuple(kept)
