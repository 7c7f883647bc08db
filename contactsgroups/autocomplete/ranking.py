"""Ranking: one answer out of everything that may know one.

A shard's generations, its overlay, and a person's own entries are *sources*. Each can name its
best completions of one kind of match. The kinds are asked for from the best to the weakest, and as
soon as enough distinct entries are found, the weaker kinds need not be looked at.

Each kind includes the ones before it, so a source always answers with its ``limit`` best, and
whatever was found earlier is recognised by its identity. An entry that several sources know keeps
the best place that any of them gives it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from contactsgroups.autocomplete.entry import Completion, Match
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.query import Word
from contactsgroups.autocomplete.selection import Term, Tombstones
from contactsgroups.autocomplete.small import SmallIndex
from contactsgroups.autocomplete.spelling import may_mend
from contactsgroups.autocomplete.tokens import DOMAIN_MARK, tokens_of


class Question(NamedTuple):
    """A query with everything that restricts its answer."""

    words: tuple[Word, ...]
    kinds: Word | None
    """The tokens of the wanted kinds, or None for all."""
    local_part: str | None
    limit: int
    corrections: bool


class Source(Protocol):
    """Something that knows completions for one question."""

    def best(self, match: Match) -> list[Completion]:
        """Return the best completions of this kind of match or a better one, in order."""


def rank(sources: Sequence[Source], question: Question) -> list[Completion]:
    """Return the best distinct completions of all sources."""
    answer: dict[str, Completion] = {}
    for match in _kinds_of_match(question):
        found = [completion for source in sources for completion in source.best(match)]
        found.sort()
        for completion in found:
            answer.setdefault(completion.identity, completion)
        if len(answer) >= question.limit:
            break
    return list(answer.values())[: question.limit]


def _kinds_of_match(question: Question) -> Iterator[Match]:
    if question.local_part is not None:
        yield Match.LOCAL_PART
    yield Match.WORD
    yield Match.DOMAIN
    if question.corrections:
        yield Match.CORRECTED


class GenerationSource:
    """What a generation knows about one question."""

    def __init__(
        self, generation: Generation, tombstones: Tombstones | None, question: Question
    ) -> None:
        """Ask ``generation`` without the documents that ``tombstones`` bury."""
        self._generation = generation
        self._tombstones = tombstones
        self._question = question

    def best(self, match: Match) -> list[Completion]:
        """Return the best completions of this kind of match or a better one, in order."""
        documents = self._documents(match)
        completion = self._generation.documents.completion
        return [completion(document, match) for document in documents]

    def _documents(self, match: Match) -> list[int]:
        if match is Match.WORD:
            return self._select(self._terms(self._question.words))
        if match is Match.LOCAL_PART:
            return self._with_local_part()
        if match is Match.DOMAIN:
            return self._in_domains()
        return self._corrected()

    def _select(self, terms: Sequence[Term | None]) -> list[int]:
        existing = [term for term in terms if term is not None]
        if len(existing) < len(terms):
            return []
        if self._question.kinds is not None:
            kinds = self._generation.term(self._question.kinds)
            if kinds is None:
                return []
            existing.append(kinds)
        return self._generation.select(existing, self._question.limit, self._tombstones)

    def _terms(self, words: Sequence[Word], *, domains: bool = False) -> list[Term | None]:
        """Return the terms of the words up to the first that nothing satisfies."""
        terms = []
        for word in words:
            terms.append(self._generation.term(word, domains=domains))
            if terms[-1] is None:
                break
        return terms

    def _with_local_part(self) -> list[int]:
        """Return the documents with exactly this local part that the question really meets."""
        key = self._question.local_part
        documents = [] if key is None else self._generation.documents.with_local_part(key)
        if self._tombstones is not None:
            documents = self._tombstones.alive(documents)
        return [document for document in documents if self._meets(document)]

    def _meets(self, document: int) -> bool:
        tokens = tokens_of(self._generation.documents.entry(document))
        kinds, words = self._question.kinds, self._question.words
        if kinds is not None and not tokens.intersection(kinds):
            return False
        plain = [token.removeprefix(DOMAIN_MARK) for token in tokens]
        return all(any(token.startswith(word) for token in plain) for word in words)

    def _in_domains(self) -> list[int]:
        words = self._question.words
        if not any(self._generation.begins_a_domain(word) for word in words):
            return []
        return self._select(self._terms(words, domains=True))

    def _corrected(self) -> list[int]:
        """Mend one word after the other while the rest is taken as typed."""
        found: set[int] = set()
        words = self._question.words
        for place, word in enumerate(words):
            mended = [
                near
                for spelling in word
                if may_mend(spelling)
                for near in self._generation.corrections(spelling)
            ]
            if not mended:
                continue
            others = (*words[:place], *words[place + 1 :])
            terms = self._terms(others, domains=True)
            if None not in terms:
                found.update(self._select([self._generation.term(tuple(mended)), *terms]))
        return sorted(found)[: self._question.limit]


class SmallSource:
    """What a small index knows about one question."""

    def __init__(self, index: SmallIndex, question: Question, *, domains_as_words: bool) -> None:
        """Ask ``index``; a person's own entries count a domain's labels like any other word."""
        self._index = index
        self._question = question
        self._domains_as_words = domains_as_words
        self._kinds = () if question.kinds is None else (question.kinds,)

    def best(self, match: Match) -> list[Completion]:
        """Return the best completions of this kind of match or a better one, in order."""
        found = self._bits(match)
        return self._index.best(found, self._question.limit, match) if found else []

    def _bits(self, match: Match) -> int:
        words = self._question.words
        if match is Match.WORD and not self._domains_as_words:
            return self._index.bits((*words, *self._kinds))
        if match is Match.CORRECTED:
            return self._corrected()
        found = self._index.bits((*_with_domains(words), *self._kinds))
        if match is Match.LOCAL_PART and self._question.local_part is not None:
            found &= self._index.bits_of_local_part(self._question.local_part)
        return found

    def _corrected(self) -> int:
        found = 0
        words = self._question.words
        for place, word in enumerate(words):
            mended = tuple(
                near
                for spelling in word
                if may_mend(spelling)
                for near in self._index.corrections(spelling)
            )
            if mended:
                others = _with_domains((*words[:place], *words[place + 1 :]))
                found |= self._index.bits((mended, *others, *self._kinds))
        return found


def _with_domains(words: Sequence[Word]) -> list[Word]:
    return [(*word, *(DOMAIN_MARK + spelling for spelling in word)) for word in words]
