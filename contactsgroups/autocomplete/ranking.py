"""Ranking: merge the completions of all sources into one answer.

A shard's generations, its overlay, and an account's own entries are *sources*. Each returns its
best completions of one kind of match. The kinds are queried from the best to the weakest; as
soon as enough distinct entries are found, the weaker kinds are skipped.

A source always searches for its ``limit`` best, because it is queried only while fewer are found.
An entry that several sources have keeps the best rank that any of them gives it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from contactsgroups.autocomplete.entry import Completion, Entry, EntryKind, Match
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.selection import Tombstones
from contactsgroups.autocomplete.small import SmallIndex
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Query, Word
from contactsgroups.autocomplete.words.spelling import may_correct
from contactsgroups.autocomplete.words.tokens import (
    DOMAIN_MARK,
    domain_tokens,
    kind_token,
    words_of,
)

# Looking up a member of an enumeration takes as long as looking up a prefix in a small index.
_LOCAL_PART, _WORD, _DOMAIN, _CORRECTED = Match


class Question(NamedTuple):
    """A query with everything that restricts its answer."""

    words: tuple[Word, ...]
    kinds: tuple[Word, ...]
    """One more word, which the wanted kinds satisfy, or none for all."""
    terms: tuple[Word, ...]
    """The words and the kinds."""
    terms_anywhere: tuple[Word, ...]
    """The same, in spellings that labels of an address's domain satisfy as well."""
    local_part: str | None
    limit: int
    corrections: bool


def ask(
    query: Query, limit: int, kinds: frozenset[EntryKind] | None, *, corrections: bool
) -> Question:
    """Return the question that a query and its restrictions make."""
    words, local_part = query
    anywhere = _with_domains(words)
    if kinds is None:
        return Question(words, (), words, anywhere, local_part, limit, corrections)
    wanted = (tuple([kind_token(kind) for kind in sorted(kinds)]),)
    terms = words + wanted
    return Question(words, wanted, terms, anywhere + wanted, local_part, limit, corrections)


class Source(Protocol):
    """Something that can complete one query."""

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match, in order.

        Kinds are queried in order; completions of an earlier kind, and completions worse than
        ``bound``, may be omitted.
        """


def rank(sources: Sequence[Source], question: Question) -> list[Completion]:
    """Return the best distinct completions of all sources.

    The first source that returns enough sets a bound for the others, which saves most of their
    work; so the largest should come first.
    """
    answer: dict[str, Completion] = {}
    limit = question.limit
    for match in _kinds_of_match(question):
        found: list[Completion] = []
        bound: Completion | None = None
        for source in sources:
            some = source.best(match, bound)
            if some:
                if bound is None and len(some) == limit and not answer:
                    bound = some[-1]
                found += some
        found.sort()
        for completion in found:
            answer.setdefault(completion.identity, completion)
        if len(answer) >= limit:
            break
    return list(answer.values())[:limit]


def _kinds_of_match(question: Question) -> Iterator[Match]:
    if question.local_part is not None:
        yield _LOCAL_PART
    yield _WORD
    yield _DOMAIN
    if question.corrections and any(map(may_correct, chain.from_iterable(question.words))):
        yield _CORRECTED


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

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match."""
        new = self._documents(match)
        if self._told:
            new = [number for number in new if number not in self._told]
        if not new:
            return []
        self._told.update(new)
        return self._generation.documents.completions(new, match)

    def _documents(self, match: Match) -> list[int]:
        question = self._question
        if match is _WORD:
            return self._best(question.terms)
        if match is _LOCAL_PART:
            return self._with_local_part()
        if match is _CORRECTED:
            return self._corrected()
        if any(map(self._generation.begins_a_domain, question.words)):
            return self._best(question.terms_anywhere)
        return []

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

    def _corrected(self) -> list[int]:
        """Correct one word after the other while the rest is taken as typed."""
        found: set[int] = set()
        for corrected, others in _corrections(self._question.words, self._generation.corrections):
            found.update(self._best((corrected, *_with_domains(others), *self._question.kinds)))
        return sorted(found)[: self._question.limit]


class SmallSource:
    """A small index as a source for one query."""

    def __init__(self, index: SmallIndex, question: Question, *, domains_as_words: bool) -> None:
        """Query ``index``; own entries count a domain's labels like any other word."""
        self._index = index
        self._question = question
        self._domains_as_words = domains_as_words
        self._told = 0

    def best(self, match: Match, bound: Completion | None) -> list[Completion]:
        """Return the best completions of this kind of match."""
        if match is _WORD:
            found = self._with_words(anywhere=self._domains_as_words)
        elif match is _LOCAL_PART:
            found = self._with_local_part()
        elif match is _CORRECTED:
            found = self._corrected()
        else:
            found = 0 if self._domains_as_words else self._with_words(anywhere=True)
        found &= ~self._told
        if not found:
            return []
        self._told |= found
        return self._index.best(found, self._question.limit, match, bound)

    def _with_words(self, *, anywhere: bool) -> int:
        question = self._question
        return self._index.bits(question.terms_anywhere if anywhere else question.terms)

    def _with_local_part(self) -> int:
        key = self._question.local_part
        found = 0 if key is None else self._index.bits_of_local_part(key)
        return found and self._index.bits_where(
            found, lambda entry: _is_meant(entry, self._question)
        )

    def _corrected(self) -> int:
        found = 0
        for corrected, others in _corrections(self._question.words, self._index.corrections):
            found |= self._index.bits((corrected, *_with_domains(others), *self._question.kinds))
        return found


def _with_domains(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words so that labels of an address's domain count as well."""
    return tuple(
        [(*word, *[DOMAIN_MARK + plain_spelling(spelling) for spelling in word]) for word in words]
    )


def _corrections(
    words: tuple[Word, ...], corrections: Callable[[str], Word]
) -> Iterator[tuple[Word, tuple[Word, ...]]]:
    """Yield for each word that can be corrected its corrections, and the other words."""
    for place, word in enumerate(words):
        corrected = [
            near for spelling in word if may_correct(spelling) for near in corrections(spelling)
        ]
        if corrected:
            yield tuple(corrected), (*words[:place], *words[place + 1 :])


def _is_meant(entry: Entry, question: Question) -> bool:
    """Whether the query, known to name the local part, agrees with the rest of the address."""
    if question.kinds and kind_token(entry.kind) not in question.kinds[0]:
        return False
    local_part, _, domain = entry.address.rpartition("@")
    labels = [label.removeprefix(DOMAIN_MARK) for label in domain_tokens(domain)]
    tokens = (*words_of(local_part), *labels)
    words = [tuple(map(plain_spelling, word)) for word in question.words]
    return all(any(token.startswith(word) for token in tokens) for word in words)
