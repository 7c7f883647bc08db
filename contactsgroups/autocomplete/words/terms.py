"""Terms: what an entry's tokens must begin with so that a query matches it in a certain way."""

from collections.abc import Iterable

from contactsgroups.autocomplete.entry import Match
from contactsgroups.autocomplete.words.own_words import SEVERAL_MARK, plain_spelling
from contactsgroups.autocomplete.words.query import Query, Word
from contactsgroups.autocomplete.words.scripts import (
    in_any_script,
    is_character,
    without_mark,
)
from contactsgroups.autocomplete.words.tokens import DOMAIN_MARK, FIRST_MARK, WHOLE_MARK

Terms = tuple[Word, ...]

AS_WRITTEN = (Match.WHOLE_IN_ORDER, Match.WHOLE, Match.BEGINNING, Match.WORD)
"""The kinds of match of words in their own script that terms decide, best first."""

IN_ANY_SCRIPT = (
    Match.TRANSLITERATED_IN_ORDER,
    Match.TRANSLITERATED_WHOLE,
    Match.TRANSLITERATED_BEGINNING,
    Match.TRANSLITERATED_WORD,
)
"""The same kinds, where transliterations count as well."""

BY_WORDS = (*AS_WRITTEN, *IN_ANY_SCRIPT, Match.DOMAIN)
"""All kinds of match that terms decide, best first."""

# Looking up a member of an enumeration takes longer than comparing it.
_IN_ORDER, _WHOLE, _BEGINNING, _WORD = AS_WRITTEN
_FIRST_IN_ANY_SCRIPT = IN_ANY_SCRIPT[0]
_DOMAIN = Match.DOMAIN

WORD_OR_LABEL = len(Match)
"""Demands that every word, as written, begins a word or a label of the domain."""
DEMANDS = len(Match) + 1
"""How many there are; those of directories are the kinds of match themselves."""

_OF_ONES_OWN = {
    Match.WHOLE_IN_ORDER: Match.WHOLE,
    Match.BEGINNING: Match.WORD,
    Match.WORD: WORD_OR_LABEL,
    Match.TRANSLITERATED_IN_ORDER: Match.TRANSLITERATED_WHOLE,
    Match.TRANSLITERATED_BEGINNING: Match.TRANSLITERATED_WORD,
    Match.TRANSLITERATED_WORD: Match.DOMAIN,
}
OF_ONES_OWN = [_OF_ONES_OWN.get(match, match) for match in Match]
"""What is demanded of an entry of the account's own table for each kind of match: any word may be
the first, and labels of the domain are words."""


def terms_of(query: Query, demand: int) -> Terms:
    """Return the terms of one of ``BY_WORDS``, or of ``OF_ONES_OWN`` for one of them.

    None if the query cannot match like this.
    """
    if demand == WORD_OR_LABEL:
        return _with_labels(query.written, query.written)
    if demand == _DOMAIN:
        return with_domains(query.words)
    if demand < _FIRST_IN_ANY_SCRIPT:
        return _terms(query.written, query.first_written, demand)
    words, first = tuple(map(in_any_script, query.words)), in_any_script(query.first)
    return _terms(words, first, AS_WRITTEN[demand - _FIRST_IN_ANY_SCRIPT])


def _terms(words: Terms, first: Word, demand: int) -> Terms:
    if demand == _WORD:
        return words
    if demand == _BEGINNING:
        return _first(first), *_not_implied(words, first)
    if not all(map(_may_be_whole, words)):
        return ()
    return _whole(words) if demand == _WHOLE else _whole_in_order(words, first)


def with_domains(words: Terms) -> Terms:
    """Return typed words so that any script, and labels of an address's domain, count as well."""
    return _with_labels(map(in_any_script, words), words)


def _with_labels(words: Iterable[Word], typed: Terms) -> Terms:
    labels = [[DOMAIN_MARK + plain_spelling(spelling) for spelling in word] for word in typed]
    return tuple([(*word, *label) for word, label in zip(words, labels, strict=True)])


def _first(first: Word) -> Word:
    return tuple([FIRST_MARK + spelling for spelling in first])


def _whole(words: Terms) -> Terms:
    marked = [word for word in words if word[0].startswith(SEVERAL_MARK)]
    return (*map(_ended, words), *marked)


def _whole_in_order(words: Terms, first: Word) -> Terms:
    ended = _ended(first)
    return _first(ended), *_not_implied(_whole(words), ended)


def _not_implied(words: Iterable[Word], first: Word) -> list[Word]:
    """Return the words that an entry may lack although its name begins with ``first``.

    Every word that may be spelt as the first one is satisfied then, however else it may be.
    """
    return [word for word in words if not set(first).issubset(word)]


def _ended(word: Word) -> Word:
    return tuple([plain_spelling(spelling) + WHOLE_MARK for spelling in word])


def _may_be_whole(word: Word) -> bool:
    """Whether the word is more than one letter, which is a beginning or an initial."""
    plain = (without_mark(plain_spelling(spelling)) for spelling in word)
    return any(len(spelling) > 1 or is_character(spelling) for spelling in plain)
