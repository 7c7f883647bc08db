"""Ranking: merge the completions of all sources into one answer.

A shard's generations, its overlay, and an account's own entries are *sources*. Each returns its
best completions of one kind of match. The kinds are queried from the best to the weakest; as
soon as enough distinct entries are found, the weaker kinds are skipped.

A source always searches for its ``limit`` best, because it is queried only while fewer are found.
An entry that several sources have keeps the best rank that any of them gives it.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Protocol

from contactsgroups.autocomplete.correcting import AreFound, guesses, in_turns, readings
from contactsgroups.autocomplete.entry import (
    Completion,
    Entry,
    EntryKind,
    Match,
    placed,
    with_match,
)
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.selection import Tombstones
from contactsgroups.autocomplete.small import SmallIndex
from contactsgroups.autocomplete.words.likeness import Evidence, evidence_among
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Query, Word
from contactsgroups.autocomplete.words.scripts import in_any_script, transliterated, without_mark
from contactsgroups.autocomplete.words.spelling import Spelling, may_correct
from contactsgroups.autocomplete.words.terms import (
    AS_WRITTEN,
    DEMANDS,
    IN_ANY_SCRIPT,
    OF_ONES_OWN,
    Terms,
    terms_of,
)
from contactsgroups.autocomplete.words.tokens import (
    DOMAIN_MARK,
    domain_tokens,
    kind_token,
    words_of,
)

# Looking up a member of an enumeration takes as long as looking up a prefix in a small index.
_LOCAL_PART, _DOMAIN, _CORRECTED = Match.LOCAL_PART, Match.DOMAIN, Match.CORRECTED
_WORD = Match.WORD
_FIRST_IN_ANY_SCRIPT, *_, _LAST_IN_ANY_SCRIPT = IN_ANY_SCRIPT

_QUERIES = 4_096
_NOTHING: list[Completion] = []

_CORRECTING_SEVERAL = (_CORRECTED, Match.CORRECTED_BEGINNING, Match.CORRECTED_TWICE)


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
        self.terms = _demands_of(query).terms if kinds is None else self._terms_and_kinds
        """Return what an entry must have for a kind of match, or for one of ``OF_ONES_OWN``; it is
        empty if nothing would do."""

    @cached_property
    def evidence(self) -> Evidence:
        """What is needed to take one word for another."""
        return evidence_among(self.entries)

    @cached_property
    def transliterated(self) -> Word:
        """What begins the tokens of words in another script that a typed word finds."""
        return tuple([each for word in self.words for each in transliterated(word)])

    def _terms_and_kinds(self, demand: int) -> Terms:
        terms = _demands_of(self.query).terms(demand)
        return terms and terms + self.kinds

    def guesses(self, spelling: Spelling) -> Word:
        """Return the whole words that its only word may mean."""
        return guesses(self.words[0], spelling, self.evidence)

    def readings(self, match: Match, spelling: Spelling, are_found: AreFound) -> Iterator[Terms]:
        """Yield what an entry may have for a kind of match that corrects typing errors."""
        for terms in readings(match, self.words, spelling, self.evidence, are_found):
            yield terms + self.kinds


class _Demands:
    """The terms of each demand of a query, worked out once: short queries are asked by many."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._terms: list[Terms | None] = [None] * DEMANDS

    def terms(self, demand: int) -> Terms:
        terms = self._terms[demand]
        if terms is None:
            terms = self._terms[demand] = terms_of(self._query, demand)
        return terms


_demands_of = lru_cache(_QUERIES)(_Demands)


class Source(Protocol):
    """Something that can complete one query."""

    def transliterates(self) -> bool:
        """Whether a typed word begins a transliteration."""

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match, in order; ``rank`` notes the kind.

        Kinds are queried in order; completions of an earlier kind, and completions worse than
        ``bound``, may be omitted.
        """

    def guessed(self) -> Iterator[tuple[str, Iterator[Completion]]]:
        """Yield what the only word may mean, each with its best completions, in order."""


def rank(sources: Sequence[Source], question: Question) -> list[Completion]:
    """Return the best distinct completions of all sources.

    All entries of a source that is not the account's own are of one domain if the account has one.

    The first source that returns enough sets a bound for the others, which saves most of their
    work; so the largest should come first.
    """
    answer: dict[str, Completion] = {}
    for match in _kinds_of_match(question, sources):
        _add_best(answer, sources, match, question)
        if len(answer) == question.limit:
            return list(answer.values())
    if question.corrections and any(map(may_correct, chain.from_iterable(question.words))):
        _add_corrected(answer, sources, question)
    return list(answer.values())


def _add_best(
    answer: dict[str, Completion], sources: Sequence[Source], match: Match, question: Question
) -> None:
    """Add the best of one kind of match, until there are enough."""
    limit = question.limit
    found: list[Completion] = []
    bound: Completion | None = None
    for source in sources:
        some = source.best(match, bound)
        if some:
            if bound is None and len(some) == limit and not answer:
                bound = some[-1]
            found = sorted(found + some) if found else some
    for completion in found:
        if completion.identity not in answer:
            answer[completion.identity] = completion
            if len(answer) == limit:
                return


def _add_corrected(
    answer: dict[str, Completion], sources: Sequence[Source], question: Question
) -> None:
    """Add what is meant if there are typing errors; the less likely only for want of better.

    Several words that some entry has are right as they are.
    """
    exact = len(answer)
    if len(question.words) == 1:
        _add_guessed(answer, sources, question)
        if len(answer) == exact:
            _add_best(answer, sources, Match.CORRECTED_BEGINNING, question)
        return
    for match in _CORRECTING_SEVERAL:
        if not answer:
            _add_best(answer, sources, match, question)


def _add_guessed(
    answer: dict[str, Completion], sources: Sequence[Source], question: Question
) -> None:
    """Add what one wrong word may mean, every guess in its turn, until there are enough."""
    found: dict[str, list[Iterator[Completion]]] = {}
    for source in sources:
        for guess, completions in source.guessed():
            found.setdefault(guess, []).append(completions)
    for turn in in_turns(found, answer):
        for completion in turn:
            if completion.identity not in answer:
                answer[completion.identity] = completion
            if len(answer) == question.limit:
                return


def _kinds_of_match(question: Question, sources: Sequence[Source]) -> Iterator[Match]:
    if question.local_part is not None:
        yield _LOCAL_PART
    for match in AS_WRITTEN:
        if question.terms(match):
            yield match
    if question.query.is_transliterated or any(map(_transliterates, sources)):
        for match in IN_ANY_SCRIPT:
            if question.terms(match):
                yield match
    yield _DOMAIN


def _transliterates(source: Source) -> bool:
    return source.transliterates()


class GenerationSource:
    """A generation as a source for one query."""

    def __init__(
        self, generation: Generation, tombstones: Tombstones | None, question: Question
    ) -> None:
        """Query ``generation`` without the documents that ``tombstones`` mark as removed."""
        self._generation = generation
        self._tombstones = tombstones
        self._question = question
        self._told: set[int] = set()
        self._in_any_script: list[int] | None = None

    def transliterates(self) -> bool:
        """Whether a typed word begins a transliteration."""
        generation = self._generation
        if generation.is_all_latin:
            return False
        return generation.transliterates(self._question.transliterated)

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match."""
        new = self._documents(match)
        if self._told:
            new = [number for number in new if number not in self._told]
        if not new:
            return _NOTHING
        self._told.update(new)
        return self._placed(self._generation.documents.completions(new, match))

    def _placed(self, found: list[Completion]) -> list[Completion]:
        """Return completions as they rank for the account that asks: all are of one domain."""
        home = self._question.home
        if home is None or placed(found[0], home) is found[0]:
            return found
        return [placed(each, home) for each in found]

    def _documents(self, match: Match) -> list[int]:
        question = self._question
        if match is _LOCAL_PART:
            return self._with_local_part()
        if match >= _CORRECTED:
            return self._corrected(match)
        if match is _DOMAIN and not any(map(self._generation.begins_a_domain, question.words)):
            return []
        if match >= _FIRST_IN_ANY_SCRIPT and match is not _DOMAIN:
            return self._transliterated(match)
        return self._best(question.terms(match))

    def _transliterated(self, match: Match) -> list[int]:
        """Ask for the weakest kind first: mostly it has nothing new, and saves the others."""
        if self._in_any_script is None:
            self._in_any_script = self._best(self._question.terms(_LAST_IN_ANY_SCRIPT))
        known = self._in_any_script
        is_all_told = len(known) < self._question.limit and self._told.issuperset(known)
        if is_all_told or match is _LAST_IN_ANY_SCRIPT:
            return known
        return self._best(self._question.terms(match))

    def _best(self, terms: Sequence[Word]) -> list[int]:
        return self._generation.best(terms, self._question.limit, self._tombstones)

    def _with_local_part(self) -> list[int]:
        key = self._question.local_part
        documents = [] if key is None else self._generation.documents.with_local_part(key)
        if not documents:
            return []
        if self._tombstones is not None:
            documents = self._tombstones.first_alive(documents, len(documents))
        entry = self._generation.documents.entry
        return [number for number in documents if _is_meant(entry(number), self._question)]

    def guessed(self) -> Iterator[tuple[str, Iterator[Completion]]]:
        """Yield what the only word may mean with its best completions."""
        for guess in self._question.guesses(self._generation.spelling):
            documents = self._best((in_any_script((guess,)), *self._question.kinds))
            if documents:
                # Of most guesses only the first is ever read.
                yield guess, map(self._corrected_completion, documents)

    def _corrected_completion(self, document: int) -> Completion:
        return self._placed([self._generation.documents.completion(document, _CORRECTED)])[0]

    def _corrected(self, match: Match) -> list[int]:
        generation, question = self._generation, self._question
        found: set[int] = set()
        for terms in question.readings(match, generation.spelling, generation.has_each):
            found.update(self._best(terms))
        return sorted(found)[: self._question.limit]


class SmallSource:
    """A small index as a source for one query."""

    def __init__(self, index: SmallIndex, question: Question, *, is_own: bool = False) -> None:
        """Query ``index``, which may be the account's own."""
        self._index = index
        self._question = question
        self._is_own = is_own
        self._told = 0
        self._left = -1
        """What matches at all and is not told yet: mostly nothing, or few. -1 if not known yet."""

    def transliterates(self) -> bool:
        """Whether a typed word begins a transliteration."""
        index = self._index
        return not index.is_all_latin and index.transliterates(self._question.transliterated)

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match."""
        if match is _LOCAL_PART:
            found = self._with_local_part()
        elif match >= _CORRECTED:
            found = self._corrected(match) & ~self._told
        else:
            found = self._with_terms(match)
        if not found:
            return _NOTHING
        self._told |= found
        self._left &= ~found
        return self._completions(found, match, bound)

    def _completions(self, found: int, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best of a set of entries, as they rank for the account that asks."""
        limit = self._question.limit
        if self._is_own:
            limit *= 2  # An own contact may be in the directory too.
        some = self._index.best(found, limit, bound and with_match(bound, _WORD))
        home = self._question.home
        if not self._is_own and home is not None:
            some = [placed(each, home) for each in some]
        return [with_match(each, match) for each in some]

    def _with_terms(self, match: Match) -> int:
        left = self._left
        if left < 0:
            left = self._left = self._that_match_at_all() & ~self._told
        if not left or match is _DOMAIN:
            return left
        question = self._question
        return self._index.bits(question.terms(OF_ONES_OWN[match] if self._is_own else match), left)

    def _that_match_at_all(self) -> int:
        question, index = self._question, self._index
        found = index.bits(question.terms(_DOMAIN))
        if question.query.is_transliterated:
            demand = OF_ONES_OWN[_WORD] if self._is_own else _WORD
            found |= index.bits(question.terms(demand))
        return found

    def _with_local_part(self) -> int:
        key = self._question.local_part
        found = 0 if key is None else self._index.bits_of_local_part(key)
        return found and self._index.bits_where(
            found, lambda entry: _is_meant(entry, self._question)
        )

    def guessed(self) -> Iterator[tuple[str, Iterator[Completion]]]:
        """Yield what the only word may mean with its best completions."""
        for guess in self._question.guesses(self._index.spelling):
            found = self._index.bits((in_any_script((guess,)), *self._question.kinds))
            if found:
                yield guess, iter(self._completions(found, _CORRECTED, None))

    def _corrected(self, match: Match) -> int:
        index, question = self._index, self._question
        found = 0
        for terms in question.readings(match, index.spelling, index.has_each):
            found |= index.bits(terms)
        return found


def _is_meant(entry: Entry, question: Question) -> bool:
    """Whether the query, known to name the local part, agrees with the rest of the address."""
    if question.kinds and kind_token(entry.kind) not in question.kinds[0]:
        return False
    local_part, _, domain = entry.address.rpartition("@")
    labels = [label.removeprefix(DOMAIN_MARK) for label in domain_tokens(domain)]
    tokens = (*map(without_mark, words_of(local_part)), *labels)
    words = [tuple(map(plain_spelling, word)) for word in question.words]
    return all(any(token.startswith(word) for token in tokens) for word in words)
