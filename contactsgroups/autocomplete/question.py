"""A question: the query with everything that restricts its answer, as every source is asked it."""

from collections.abc import Iterator
from functools import lru_cache

from contactsgroups.autocomplete.correcting import AreFound, guesses, readings
from contactsgroups.autocomplete.entry import EntryKind, Match
from contactsgroups.autocomplete.words.likeness import Evidence, Guess, evidence_among
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Query, Word
from contactsgroups.autocomplete.words.scripts import transliterated
from contactsgroups.autocomplete.words.spelling import Spelling
from contactsgroups.autocomplete.words.terms import DEMANDS, Terms, terms_of
from contactsgroups.autocomplete.words.tokens import kind_token

_QUERIES = 4_096
_SHORT = 3
_LONGEST_SHORT = 16  # characters of a local part, with signs
_LONGEST_KEPT = 32  # characters of all words, and of a local part


class Question:
    """A query with everything that restricts its answer."""

    def __init__(
        self,
        query: Query,
        limit: int,
        kinds: frozenset[EntryKind] | None,
        *,
        corrections: bool,
        home: str | None = None,
    ) -> None:
        """Ask for the best ``limit`` entries of these kinds, None for all.

        ``home`` is the domain of the account that asks, whose entries come first among equals.
        """
        self.query = query
        self.words = query.words
        self.local_part = query.local_part
        self.limit = limit
        self.corrections = corrections
        self.home = home
        self.entries = 0
        """Among how many entries is asked: it decides what is taken for a typing error."""
        wanted = None if kinds is None else tuple([kind_token(kind) for kind in sorted(kinds)])
        self.kinds: Terms = () if wanted is None else (wanted,)
        """One more word, which the wanted kinds satisfy, or none for all."""
        self._demands = _demands_of(query)
        self.is_short = self._demands.is_short
        """Whether the text has so few letters that many ask the same."""
        self.key = self._demands, limit, kinds
        """The same for two questions only if they find the same in a generation."""
        self.terms = self._demands.terms if kinds is None else self._terms_and_kinds
        """What an entry must have; called with a kind of match, or with one of ``OF_ONES_OWN``.
        Empty if nothing would do.
        """

    @property
    def evidence(self) -> Evidence:
        """What is needed to take one word for another."""
        return evidence_among(self.entries)

    @property
    def transliterated(self) -> Word:
        """What begins the tokens of words in another script that a typed word finds."""
        return self._demands.transliterated

    def _terms_and_kinds(self, demand: int) -> Terms:
        terms = self._demands.terms(demand)
        return terms and terms + self.kinds

    def guesses(self, match: Match, spelling: Spelling) -> list[Guess]:
        """Return what its only word may mean."""
        return guesses(match, self.words[0], spelling, self.evidence)

    def readings(self, match: Match, spelling: Spelling, are_found: AreFound) -> Iterator[Terms]:
        """Yield what an entry may have for a kind of match that corrects typing errors."""
        for terms in readings(match, self.words, spelling, self.evidence, are_found):
            yield terms + self.kinds


class _Demands:
    """The terms of each demand of a query, worked out once: short queries are asked by many."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._terms: list[Terms | None] = [None] * DEMANDS
        letters = sum(len(plain_spelling(word[0])) for word in query.words)
        # Nobody begins with signs alone, and there are any number of such texts.
        length = len(query.local_part or "")
        self.is_short = 1 <= letters <= _SHORT and length <= _LONGEST_SHORT
        self.transliterated: Word = tuple(
            [each for word in query.words for each in transliterated(word)]
        )

    def terms(self, demand: int) -> Terms:
        terms = self._terms[demand]
        if terms is None:
            terms = self._terms[demand] = terms_of(self._query, demand)
        return terms


def _demands_of(query: Query) -> _Demands:
    """Return the demands of a query; few people type the same long one, which takes much memory."""
    length = sum([len(word[0]) for word in query.words])
    is_long = length > _LONGEST_KEPT or len(query.local_part or "") > _LONGEST_KEPT
    return _Demands(query) if is_long else _kept_demands_of(query)


_kept_demands_of = lru_cache(_QUERIES)(_Demands)
