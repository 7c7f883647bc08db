"""Ranking: merge the completions of all sources into one answer.

Each source returns its best completions in the order of ``Completion``, so the answer is the
beginning of all of them merged. An entry that several sources have keeps the best rank that any
gives it. Typing errors are corrected only where that leaves the answer short.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain

from contactsgroups.autocomplete.correcting import in_turns
from contactsgroups.autocomplete.entry import Completion, Match
from contactsgroups.autocomplete.question import Question
from contactsgroups.autocomplete.sources import Source
from contactsgroups.autocomplete.words.likeness import Guess
from contactsgroups.autocomplete.words.spelling import may_correct

_CORRECTING_SEVERAL = (Match.CORRECTED, Match.CORRECTED_BEGINNING, Match.CORRECTED_TWICE)


def rank(sources: Sequence[Source], question: Question) -> list[Completion]:
    """Return the best distinct completions of all sources.

    All entries of a source that is not the account's own are of one domain if the account has one.

    The first source that returns enough sets a bound for the others, which saves most of their
    work; so the largest should come first, and the account's own last.
    """
    limit = question.limit
    found: list[Completion] = []
    bound: Completion | None = None
    for source in sources:
        some = source.matching(bound)
        if bound is None and len(some) == limit:
            bound = some[-1]
        found = sorted(found + some) if found and some else found or some
    answer: dict[str, Completion] = {}
    _add(answer, found, limit)
    if len(answer) < limit and question.corrections and _may_be_mistyped(question):
        _add_corrected(answer, sources, question)
    return list(answer.values())


def _add(answer: dict[str, Completion], found: Iterable[Completion], limit: int) -> None:
    """Add those that are not in the answer yet, until there are enough."""
    for completion in found:
        if completion.identity not in answer:
            answer[completion.identity] = completion
            if len(answer) == limit:
                return


def _may_be_mistyped(question: Question) -> bool:
    return any(map(may_correct, chain.from_iterable(question.words)))


def _add_corrected(
    answer: dict[str, Completion], sources: Sequence[Source], question: Question
) -> None:
    """Add what is meant if there are typing errors; the less likely only where nobody is found.

    A beginning or several words that some entry has are right as they are.
    """
    if len(question.words) == 1:
        _add_guessed(answer, sources, Match.CORRECTED, question)
        if not answer:
            _add_guessed(answer, sources, Match.CORRECTED_BEGINNING, question)
        return
    for match in _CORRECTING_SEVERAL:
        if not answer:
            _add_best(answer, sources, match, question)


def _add_best(
    answer: dict[str, Completion], sources: Sequence[Source], match: Match, question: Question
) -> None:
    """Add the best of one kind of match that corrects typing errors."""
    _add(answer, merge(*[source.corrected(match) for source in sources]), question.limit)


def _add_guessed(
    answer: dict[str, Completion], sources: Sequence[Source], match: Match, question: Question
) -> None:
    """Add what one wrong word may mean, every guess in its turn, until there are enough."""
    found: dict[Guess, list[Iterator[Completion]]] = {}
    bearers: dict[Guess, int] = {}
    for source in sources:
        for guess, number, completions in source.guessed(match):
            found.setdefault(guess, []).append(completions)
            bearers[guess] = bearers.get(guess, 0) + number
    likely = [some for guess, some in found.items() if bearers[guess] >= guess.bearers]
    _add(answer, chain.from_iterable(in_turns(likely, answer)), question.limit)
