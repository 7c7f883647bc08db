"""Terms: what an entry's tokens must begin with so that a query matches it in a certain way."""

from contactsgroups.autocomplete.entry import Match
from contactsgroups.autocomplete.words.own_words import SEVERAL_MARK, plain_spelling
from contactsgroups.autocomplete.words.query import Query, Word
from contactsgroups.autocomplete.words.tokens import DOMAIN_MARK, FIRST_MARK, WHOLE_MARK

Terms = tuple[Word, ...]

BY_WORDS = (Match.WHOLE_IN_ORDER, Match.WHOLE, Match.BEGINNING, Match.WORD, Match.DOMAIN)
"""The kinds of match that terms decide, best first."""

OF_ONES_OWN = {
    Match.WHOLE_IN_ORDER: Match.WHOLE,
    Match.WHOLE: Match.WHOLE,
    Match.BEGINNING: Match.WORD,
    Match.WORD: Match.DOMAIN,
    Match.DOMAIN: Match.DOMAIN,
}
"""Whose terms suffice for an entry of the account's own table: any word may be the first, and
labels of the domain are words."""


def terms_of(query: Query, match: Match) -> Terms:
    """Return the terms of one of ``BY_WORDS``; none if the query cannot match like this."""
    if match is Match.WORD:
        return query.words
    if match is Match.BEGINNING:
        first = tuple([FIRST_MARK + spelling for spelling in query.first])
        return (first, *[word for word in query.words if word != query.first])
    if match is Match.DOMAIN:
        return with_domains(query.words)
    if not all(map(_may_be_whole, query.words)):
        return ()
    return _whole(query) if match is Match.WHOLE else _whole_in_order(query)


def with_domains(words: Terms) -> Terms:
    """Return the words so that labels of an address's domain count as well."""
    return tuple(
        [(*word, *[DOMAIN_MARK + plain_spelling(spelling) for spelling in word]) for word in words]
    )


def _whole(query: Query) -> Terms:
    marked = [word for word in query.words if word[0].startswith(SEVERAL_MARK)]
    return (*map(_ended, query.words), *marked)


def _whole_in_order(query: Query) -> Terms:
    first = _ended(query.first)
    others = [term for term in _whole(query) if term != first]
    return (tuple([FIRST_MARK + spelling for spelling in first]), *others)


def _ended(word: Word) -> Word:
    return tuple([plain_spelling(spelling) + WHOLE_MARK for spelling in word])


def _may_be_whole(word: Word) -> bool:
    """Whether the word is more than one Latin letter, which is a beginning or an initial."""
    plain = map(plain_spelling, word)
    return any(len(spelling) > 1 or not spelling.isascii() for spelling in plain)
