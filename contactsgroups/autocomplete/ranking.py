"""Ranking: merge the completions of all sources into one answer.

A shard's generations, its overlay, and an account's own entries are *sources*. Each returns its
best completions of one kind of match. The kinds are queried from the best to the weakest; as
soon as enough distinct entries are found, the weaker kinds are skipped.

A source always searches for its ``limit`` best, because it is queried only while fewer are found.
An entry that several sources have keeps the best rank that any of them gives it.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, repeat
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
from contactsgroups.autocomplete.words.likeness import AS_MANY, Guess, evidence_among
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Query, Word
from contactsgroups.autocomplete.words.scripts import in_any_script, transliterated, without_mark
from contactsgroups.autocomplete.words.spelling import Spelling, may_correct
from contactsgroups.autocomplete.words.terms import (
    AS_WRITTEN,
    DEMANDS,
    IN_ANY_SCRIPT,
    OF_ONES_OWN,
    WORD_OR_LABEL,
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

_CORRECTING_ONE = (_CORRECTED, Match.CORRECTED_BEGINNING)
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
        entries: int,
        home: str | None = None,
    ) -> None:
        """Ask for the best ``limit`` entries of these kinds, None for all.

        ``entries`` says among how many, roughly: it decides what is taken for a typing error.
        ``home`` is the domain of the account that asks, whose entries come first among equals.
        """
        self.query = query
        self.words = query.words
        self.local_part = query.local_part
        self.limit = limit
        self.corrections = corrections
        self.home = home
        self.evidence = evidence_among(entries)
        wanted = None if kinds is None else tuple([kind_token(kind) for kind in sorted(kinds)])
        self.kinds: Terms = () if wanted is None else (wanted,)
        """One more word, which the wanted kinds satisfy, or none for all."""
        self.is_all_latin = False
        """Whether neither the query nor any source has anything transliterated."""
        self._terms: list[Terms | None] = [None] * DEMANDS

    @cached_property
    def transliterated(self) -> Word:
        """What begins the tokens of words in another script that a typed word finds."""
        return tuple([each for word in self.words for each in transliterated(word)])

    def terms(self, demand: int) -> Terms:
        """Return what an entry must have for a kind of match, or for one of ``OF_ONES_OWN``.

        None if nothing would do.
        """
        if demand == _DOMAIN and self.is_all_latin:
            demand = WORD_OR_LABEL  # The same then, and asked for anyway.
        terms = self._terms[demand]
        if terms is None:
            terms = terms_of(self.query, demand)
            self._terms[demand] = terms = terms and terms + self.kinds
        return terms

    def guesses(self, match: Match, spelling: Spelling) -> list[Guess]:
        """Return what its only word may mean."""
        return guesses(match, self.words[0], spelling, self.evidence)

    def readings(self, match: Match, spelling: Spelling, are_found: AreFound) -> Iterator[Terms]:
        """Yield what an entry may have for a kind of match that corrects typing errors."""
        for terms in readings(match, self.words, spelling, self.evidence, are_found):
            yield terms + self.kinds


class Source(Protocol):
    """Something that can complete one query."""

    is_all_latin: bool
    """Whether it has no transliteration at all."""

    def transliterates(self) -> bool:
        """Whether a typed word begins a transliteration."""

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match, in order; ``rank`` notes the kind.

        Kinds are queried in order; completions of an earlier kind, and completions worse than
        ``bound``, may be omitted.
        """

    def guessed(self, match: Match) -> Iterator[tuple[Guess, int, Iterator[Completion]]]:
        """Yield what the only word may mean, how many have it, and its best completions in order.

        Of more than the guess needs, any number is enough.
        """


def rank(sources: Sequence[Source], question: Question) -> list[Completion]:
    """Return the best distinct completions of all sources.

    All entries of a source that is not the account's own are of one domain if the account has one.

    The first source that returns enough sets a bound for the others, which saves most of their
    work; so the largest should come first.
    """
    answer: dict[str, Completion] = {}
    question.is_all_latin = not question.query.is_transliterated and all(
        source.is_all_latin for source in sources
    )
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
    limit, home = question.limit, question.home
    found: list[Completion] = []
    bound: Completion | None = None
    for source in sources:
        some = source.best(match, bound)
        if some:
            if home is not None:
                some = [placed(each, home) for each in some]
            if bound is None and len(some) == limit and not answer:
                bound = some[-1]
            found += some
    found.sort()
    for completion in found:
        if completion.identity not in answer:
            answer[completion.identity] = with_match(completion, match)
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
        for match in _CORRECTING_ONE:
            if len(answer) == exact:
                _add_guessed(answer, sources, match, question)
        return
    for match in _CORRECTING_SEVERAL:
        if not answer:
            _add_best(answer, sources, match, question)


def _add_guessed(
    answer: dict[str, Completion], sources: Sequence[Source], match: Match, question: Question
) -> None:
    """Add what one wrong word may mean, every guess in its turn, until there are enough."""
    found: dict[Guess, list[Iterator[Completion]]] = {}
    bearers: dict[Guess, int] = {}
    home = question.home
    for source in sources:
        for guess, number, completions in source.guessed(match):
            if home is not None:
                completions = map(placed, completions, repeat(home))
            found.setdefault(guess, []).append(completions)
            bearers[guess] = bearers.get(guess, 0) + number
    likely = [some for guess, some in found.items() if bearers[guess] >= guess.bearers]
    for turn in in_turns(likely, answer):
        for completion in turn:
            if completion.identity not in answer:
                answer[completion.identity] = with_match(completion, match)
            if len(answer) == question.limit:
                return


def _kinds_of_match(question: Question, sources: Sequence[Source]) -> Iterator[Match]:
    if question.local_part is not None:
        yield _LOCAL_PART
    for match in AS_WRITTEN:
        if question.terms(match):
            yield match
    if not question.is_all_latin and _may_transliterate(question, sources):
        for match in IN_ANY_SCRIPT:
            if question.terms(match):
                yield match
    yield _DOMAIN


def _may_transliterate(question: Question, sources: Sequence[Source]) -> bool:
    return question.query.is_transliterated or any(source.transliterates() for source in sources)


class GenerationSource:
    """A generation as a source for one query."""

    def __init__(
        self, generation: Generation, tombstones: Tombstones | None, question: Question
    ) -> None:
        """Query ``generation`` without the documents that ``tombstones`` mark as removed."""
        self._generation = generation
        self._tombstones = tombstones
        self._question = question
        self.is_all_latin = generation.is_all_latin
        self._told: set[int] = set()
        self._in_any_script: list[int] | None = None

    def transliterates(self) -> bool:
        """Whether a typed word begins a transliteration."""
        return self._generation.transliterates(self._question.transliterated)

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match."""
        new = self._documents(match)
        if self._told:
            new = [number for number in new if number not in self._told]
        if not new:
            return []
        self._told.update(new)
        return self._generation.documents.completions(new)

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

    def guessed(self, match: Match) -> Iterator[tuple[Guess, int, Iterator[Completion]]]:
        """Yield what the only word may mean, how many have it, and its best completions."""
        question, generation = self._question, self._generation
        for guess in question.guesses(match, generation.spelling):
            texts = (guess.text,)
            word = texts if self.is_all_latin else in_any_script(texts)
            terms = (word, *question.kinds)
            wanted = max(question.limit, guess.bearers)
            documents = generation.best(terms, wanted, self._tombstones)
            if documents:
                # Of most guesses only the first is ever read.
                yield guess, len(documents), map(generation.documents.completion, documents)

    def _corrected(self, match: Match) -> list[int]:
        generation, question = self._generation, self._question
        found: set[int] = set()
        for terms in question.readings(match, generation.spelling, generation.has_each):
            found.update(self._best(terms))
        return sorted(found)[: self._question.limit]


class SmallSource:
    """A small index as a source for one query."""

    def __init__(self, index: SmallIndex, question: Question, *, is_own: bool) -> None:
        """Query ``index``, which may be the account's own."""
        self._index = index
        self._question = question
        self._is_own = is_own
        self.is_all_latin = index.is_all_latin
        self._told = 0
        self._any: int | None = None

    def transliterates(self) -> bool:
        """Whether a typed word begins a transliteration."""
        return self._index.transliterates(self._question.transliterated)

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match."""
        if match is _LOCAL_PART:
            found = self._with_local_part()
        elif match >= _CORRECTED:
            found = self._corrected(match)
        else:
            found = self._with_terms(match)
        found &= ~self._told
        if not found:
            return []
        self._told |= found
        return self._index.best(found, self._question.limit, bound)

    def _with_terms(self, match: Match) -> int:
        """Ask for the weakest kinds first: mostly few entries match at all, or none."""
        if self._any is None:
            self._any = self._bits(_DOMAIN)
            if self._question.query.is_transliterated:
                self._any |= self._bits(_WORD)
        left = self._any & ~self._told
        return left if match is _DOMAIN or not left else self._bits(match)

    def _bits(self, match: Match) -> int:
        demand = OF_ONES_OWN[match] if self._is_own else match
        return self._index.bits(self._question.terms(demand))

    def _with_local_part(self) -> int:
        key = self._question.local_part
        found = 0 if key is None else self._index.bits_of_local_part(key)
        return found and self._index.bits_where(
            found, lambda entry: _is_meant(entry, self._question)
        )

    def guessed(self, match: Match) -> Iterator[tuple[Guess, int, Iterator[Completion]]]:
        """Yield what the only word may mean, how many have it, and its best completions."""
        question, each_counts = self._question, AS_MANY if self._is_own else 1
        for guess in question.guesses(match, self._index.spelling):
            found = self._index.bits((in_any_script((guess.text,)), *question.kinds))
            if found:
                best = self._index.best(found, question.limit)
                yield guess, each_counts * found.bit_count(), iter(best)

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
