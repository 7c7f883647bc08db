"""Ranking: one answer out of everything that may know one.

A shard's generations, its overlay, and a person's own entries are *sources*. Each can name its
best completions of one kind of match. The kinds are asked for from the best to the weakest, and as
soon as enough distinct entries are found, the weaker kinds need not be looked at.

A source always looks for its ``limit`` best: fewer than that were found before, or nobody would
ask. An entry that several sources know keeps the best place that any of them gives it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from contactsgroups.autocomplete.entry import Completion, Entry, EntryKind, Match
from contactsgroups.autocomplete.generation import Generation
from contactsgroups.autocomplete.query import Query, Word
from contactsgroups.autocomplete.selection import Tombstones
from contactsgroups.autocomplete.small import SmallIndex
from contactsgroups.autocomplete.spelling import may_mend
from contactsgroups.autocomplete.tokens import DOMAIN_MARK, domain_tokens, kind_token, words_of


class Question(NamedTuple):
    """A query with everything that restricts its answer."""

    words: tuple[Word, ...]
    anywhere: tuple[Word, ...]
    """The words, in spellings that labels of an address's domain satisfy as well."""
    kinds: Word | None
    """The tokens of the wanted kinds, or None for all."""
    local_part: str | None
    limit: int
    corrections: bool


def ask(
    query: Query, limit: int, kinds: frozenset[EntryKind] | None, *, corrections: bool
) -> Question:
    """Return the question that a query and its restrictions make."""
    wanted = None if kinds is None else tuple([kind_token(kind) for kind in sorted(kinds)])
    anywhere = _with_domains(query.words)
    return Question(query.words, anywhere, wanted, query.local_part, limit, corrections)


class Source(Protocol):
    """Something that knows completions for one question."""

    def best(self, match: Match) -> list[Completion]:
        """Return the best completions of this kind of match.

        Kinds are asked for in order; what was found for an earlier one need not be told again.
        """


def rank(sources: Sequence[Source], question: Question) -> list[Completion]:
    """Return the best distinct completions of all sources."""
    answer: dict[str, Completion] = {}
    for match in _kinds_of_match(question):
        found: list[Completion] = []
        for source in sources:
            found += source.best(match)
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
        self._told: set[int] = set()

    def best(self, match: Match) -> list[Completion]:
        """Return the best completions of this kind of match."""
        new = [number for number in self._documents(match) if number not in self._told]
        self._told.update(new)
        completion = self._generation.documents.completion
        return [completion(number, match) for number in new]

    def _documents(self, match: Match) -> list[int]:
        words = self._question.words
        if match is Match.WORD:
            return self._best(words)
        if match is Match.LOCAL_PART:
            return self._with_local_part()
        if match is Match.CORRECTED:
            return self._corrected()
        if any(self._generation.begins_a_domain(word) for word in words):
            return self._best(self._question.anywhere)
        return []

    def _best(self, words: Sequence[Word]) -> list[int]:
        if self._question.kinds is not None:
            words = (*words, self._question.kinds)
        return self._generation.best(words, self._question.limit, self._tombstones)

    def _with_local_part(self) -> list[int]:
        key = self._question.local_part
        documents = [] if key is None else self._generation.documents.with_local_part(key)
        if self._tombstones is not None:
            documents = self._tombstones.alive(documents)
        entry = self._generation.documents.entry
        return [number for number in documents if _is_meant(entry(number), self._question)]

    def _corrected(self) -> list[int]:
        """Mend one word after the other while the rest is taken as typed."""
        found: set[int] = set()
        for mended, others in _mended(self._question.words, self._generation.corrections):
            found.update(self._best((mended, *_with_domains(others))))
        return sorted(found)[: self._question.limit]


class SmallSource:
    """What a small index knows about one question."""

    def __init__(self, index: SmallIndex, question: Question, *, domains_as_words: bool) -> None:
        """Ask ``index``; a person's own entries count a domain's labels like any other word."""
        self._index = index
        self._question = question
        self._domains_as_words = domains_as_words
        self._told = 0
        self._kinds = () if question.kinds is None else (question.kinds,)

    def best(self, match: Match) -> list[Completion]:
        """Return the best completions of this kind of match."""
        found = self._bits(match) & ~self._told
        self._told |= found
        return self._index.best(found, self._question.limit, match) if found else []

    def _bits(self, match: Match) -> int:
        if match is Match.LOCAL_PART:
            return self._with_local_part()
        if match is Match.CORRECTED:
            return self._corrected()
        anywhere = match is Match.DOMAIN or self._domains_as_words
        words = self._question.anywhere if anywhere else self._question.words
        return self._index.bits((*words, *self._kinds))

    def _with_local_part(self) -> int:
        key = self._question.local_part
        found = 0 if key is None else self._index.bits_of_local_part(key)
        return found and self._index.bits_where(
            found, lambda entry: _is_meant(entry, self._question)
        )

    def _corrected(self) -> int:
        found = 0
        for mended, others in _mended(self._question.words, self._index.corrections):
            found |= self._index.bits((mended, *_with_domains(others), *self._kinds))
        return found


def _with_domains(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words so that labels of an address's domain count as well."""
    return tuple([(*word, *[DOMAIN_MARK + spelling for spelling in word]) for word in words])


def _mended(
    words: tuple[Word, ...], corrections: Callable[[str], Word]
) -> Iterator[tuple[Word, tuple[Word, ...]]]:
    """Yield for each word that can be mended its corrections, and the other words."""
    for place, word in enumerate(words):
        mended = [near for spelling in word if may_mend(spelling) for near in corrections(spelling)]
        if mended:
            yield tuple(mended), (*words[:place], *words[place + 1 :])


def _is_meant(entry: Entry, question: Question) -> bool:
    """Tell whether the query, known to name the local part, agrees with the rest of the address."""
    if question.kinds is not None and kind_token(entry.kind) not in question.kinds:
        return False
    local_part, _, domain = entry.address.rpartition("@")
    labels = [label.removeprefix(DOMAIN_MARK) for label in domain_tokens(domain)]
    tokens = (*words_of(local_part), *labels)
    return all(any(token.startswith(word) for token in tokens) for word in question.words)
