"""Sources: what a question is put to, each with its completions in rank order.

A shard's generations, its overlay, and an account's own entries are sources. Each yields what
matches, best first and each entry once, and works only as far as it is read. What a stronger kind
of match has found is not asked for again by a weaker one.
"""

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Protocol

from contactsgroups.autocomplete.correcting import AreFound
from contactsgroups.autocomplete.entry import Completion, Entry, Match, placed, with_match
from contactsgroups.autocomplete.layer import Found, Layer
from contactsgroups.autocomplete.question import Question
from contactsgroups.autocomplete.small import SmallIndex
from contactsgroups.autocomplete.words.likeness import AS_MANY, Guess
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Word
from contactsgroups.autocomplete.words.scripts import in_any_script, without_mark
from contactsgroups.autocomplete.words.terms import AS_WRITTEN, BY_WORDS, IN_ANY_SCRIPT, OF_ONES_OWN
from contactsgroups.autocomplete.words.tokens import (
    DOMAIN_MARK,
    domain_tokens,
    kind_token,
    words_of,
)

# Looking up a member of an enumeration takes as long as looking up a prefix in a small index.
_LOCAL_PART, _DOMAIN = Match.LOCAL_PART, Match.DOMAIN
_WHOLE_IN_ORDER, _WHOLE, _BEGINNING, _WORD = AS_WRITTEN
*_STRONGER_IN_ANY_SCRIPT, _LAST_IN_ANY_SCRIPT = IN_ANY_SCRIPT
_IN_ONE_SCRIPT = (*AS_WRITTEN, _DOMAIN)


class Source(Protocol):
    """Something that can complete one query."""

    def matching(self, bound: Completion | None) -> list[Completion]:
        """Return the best distinct completions that need no correction, in order.

        Those that are worse than ``bound`` may be missing.
        """

    def guessed(self, match: Match) -> Iterator[tuple[Guess, int, Iterator[Completion]]]:
        """Yield what the only word may mean, how many have it, and its best completions in order.

        Of more than the guess needs, any number is enough.
        """

    def corrected(self, match: Match) -> list[Completion]:
        """Return the best completions of a kind of match that corrects typing errors, in order."""


class GenerationSource:
    """A generation, as a layer of its shard, as a source for one query."""

    def __init__(self, layer: Layer, question: Question) -> None:
        """Query the live documents of ``layer``."""
        self._layer = layer
        self._generation = layer.generation
        self._tombstones = layer.tombstones
        self._question = question
        self._told: set[int] = set()

    def matching(self, bound: Completion | None) -> list[Completion]:
        """Return the best completions that need no correction."""
        found: list[Completion] = []
        for match, documents in self._layer.recall(self._question, self._best_documents):
            found += self._completions(documents, match)
        return found

    def _best_documents(self) -> Found:
        """Return the best documents that need no correction, each once."""
        found: list[tuple[Match, list[int]]] = []
        told, limit = self._told, self._question.limit
        for match, documents in self._documents():
            new = [number for number in documents if number not in told] if told else documents
            if new:
                found.append((match, new[: limit - len(told)]))
                told.update(new)
                if len(told) >= limit:
                    break
        return found

    def _completions(self, documents: Sequence[int], match: Match) -> list[Completion]:
        """Return documents as they rank for the account that asks; all are of one domain."""
        found = self._generation.documents.completions(documents, match)
        home = self._question.home
        if home is None or placed(found[0], home) is found[0]:
            return found
        return [placed(each, home) for each in found]

    def _documents(self) -> Iterator[tuple[Match, list[int]]]:
        """Yield the best documents of each kind of match, best kinds first."""
        question, generation = self._question, self._generation
        if question.local_part is not None:
            yield _LOCAL_PART, self._with_local_part(question.local_part)
        whole = question.terms(_WHOLE)
        if whole and generation.has_each(whole):  # Most words are typed in part.
            yield _WHOLE_IN_ORDER, self._best(question.terms(_WHOLE_IN_ORDER))
            yield _WHOLE, self._best(whole)
        yield _BEGINNING, self._best(question.terms(_BEGINNING))
        yield _WORD, self._best(question.terms(_WORD))
        if question.query.is_transliterated or generation.transliterates(question.transliterated):
            yield from self._in_any_script()
        if any(map(generation.begins_a_domain, question.words)):
            yield _DOMAIN, self._best(question.terms(_DOMAIN))

    def _in_any_script(self) -> Iterator[tuple[Match, list[int]]]:
        """Ask for the weakest kind first: mostly it has nothing new, and saves the others."""
        question = self._question
        known = self._best(question.terms(_LAST_IN_ANY_SCRIPT))
        for match in _STRONGER_IN_ANY_SCRIPT:
            if len(known) < question.limit and self._told.issuperset(known):
                return
            if terms := question.terms(match):
                yield match, self._best(terms)
        yield _LAST_IN_ANY_SCRIPT, known

    def _best(self, terms: Sequence[Word]) -> list[int]:
        return self._generation.best(terms, self._question.limit, self._tombstones)

    def _with_local_part(self, key: str) -> list[int]:
        documents = self._generation.documents.with_local_part(key)
        if not documents:
            return documents
        if self._tombstones is not None:
            documents = self._tombstones.first_alive(documents, len(documents))
        entry = self._generation.documents.entry
        return [number for number in documents if _is_meant(entry(number), self._question)]

    def guessed(self, match: Match) -> Iterator[tuple[Guess, int, Iterator[Completion]]]:
        """Yield what the only word may mean, how many have it, and its best completions."""
        question, generation = self._question, self._generation
        for guess in question.guesses(match, generation.spelling):
            texts = (guess.text,)
            word = texts if generation.is_all_latin else in_any_script(texts)
            wanted = max(question.limit, guess.bearers)
            documents = generation.best((word, *question.kinds), wanted, self._tombstones)
            if documents:
                yield guess, len(documents), self._one_by_one(documents, match)

    def _one_by_one(self, documents: list[int], match: Match) -> Iterator[Completion]:
        """Yield completions as they are wanted: of most guesses only the first is ever read."""
        read, home = self._generation.documents.completion, self._question.home
        for document in documents:
            yield placed(read(document, match), home)

    @cached_property
    def _has_each(self) -> AreFound:
        """Every kind of match that corrects several words asks the same again."""
        return cache(self._generation.has_each)

    def corrected(self, match: Match) -> list[Completion]:
        """Return the best completions of a kind of match that corrects typing errors."""
        generation, question = self._generation, self._question
        found: set[int] = set()
        for terms in question.readings(match, generation.spelling, self._has_each):
            found.update(self._best(terms))
        return self._completions(sorted(found)[: question.limit], match) if found else []


class SmallSource:
    """A small index as a source for one query."""

    def __init__(self, index: SmallIndex, question: Question, *, is_own: bool = False) -> None:
        """Query ``index``, which may be the account's own."""
        self._index = index
        self._question = question
        self._is_own = is_own
        # An own contact may be in the directory too, and then has two entries.
        self._most = 2 * question.limit if is_own else question.limit

    def matching(self, bound: Completion | None) -> list[Completion]:
        """Return the best completions that need no correction."""
        local = self._with_local_part()
        found = self._completions(local, _LOCAL_PART) if local else []
        left = self._that_match_at_all() & ~local
        for match in self._kinds_of_match(bound) if left else ():
            some = self._by_words(match, left)
            if some:
                is_weakest = bound is not None and match is bound.match
                found += self._completions(some, match, bound if is_weakest else None)
                left &= ~some
                if not left or len(found) >= self._most:
                    break
        return found

    def _kinds_of_match(self, bound: Completion | None) -> Sequence[Match]:
        """Return the kinds that are not worse than ``bound``, and that may find anything."""
        if bound is not None and bound.match <= _WORD:
            return AS_WRITTEN[: bound.match]  # The first kind is not by words.
        question = self._question
        if question.query.is_transliterated or self._index.transliterates(question.transliterated):
            return BY_WORDS if bound is None else BY_WORDS[: bound.match]
        return _IN_ONE_SCRIPT

    def _by_words(self, match: Match, left: int) -> int:
        """Return which of the entries that are left match like this."""
        if match is _DOMAIN:
            return left
        terms = self._question.terms(OF_ONES_OWN[match] if self._is_own else match)
        return self._index.bits(terms, left) if terms else 0

    def _completions(
        self, found: int, match: Match, bound: Completion | None = None
    ) -> list[Completion]:
        """Return the best of a set of entries in order, as they rank for the account that asks."""
        worst = None if bound is None else with_match(bound, _WORD)
        some = [with_match(each, match) for each in self._index.best(found, self._most, worst)]
        home = self._question.home
        if self._is_own or home is None:
            return some
        return [placed(each, home) for each in some]

    def _that_match_at_all(self) -> int:
        """Return all that match in any way: mostly nothing, or few."""
        question, index = self._question, self._index
        found = index.bits(question.terms(_DOMAIN))
        if question.query.is_transliterated:
            found |= index.bits(question.terms(OF_ONES_OWN[_WORD] if self._is_own else _WORD))
        return found

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
                best = self._completions(found, match)
                yield guess, each_counts * found.bit_count(), iter(best)

    def corrected(self, match: Match) -> list[Completion]:
        """Return the best completions of a kind of match that corrects typing errors."""
        index = self._index
        found = 0
        for terms in self._question.readings(match, index.spelling, index.has_each):
            found |= index.bits(terms)
        return self._completions(found, match)


def _is_meant(entry: Entry, question: Question) -> bool:
    """Whether the query, known to name the local part, agrees with the rest of the address."""
    if question.kinds and kind_token(entry.kind) not in question.kinds[0]:
        return False
    local_part, _, domain = entry.address.rpartition("@")
    labels = [label.removeprefix(DOMAIN_MARK) for label in domain_tokens(domain)]
    tokens = (*map(without_mark, words_of(local_part)), *labels)
    words = [tuple(map(plain_spelling, word)) for word in question.words]
    return all(any(token.startswith(word) for token in tokens) for word in words)
