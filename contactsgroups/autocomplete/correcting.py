"""Correcting: what a query may mean if one or two of its words have typing errors.

A query of one word has several *guesses* that are equally likely (Miller, Muller and Moller for
``mller``), so none may crowd the others out of the answer, however popular its entries are: the
best entry of every guess comes before the second of any. How many entries have it says how likely
it is that one of them is meant, and how many are needed depends on how few letters speak for it.

Beside other words there are few entries anyway. A *reading* is what an entry must have if such a
query is read in one way.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from heapq import merge
from itertools import chain, combinations

from contactsgroups.autocomplete.entry import Completion, Match
from contactsgroups.autocomplete.words.likeness import BESIDE_OTHERS, Evidence, Guess
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Word
from contactsgroups.autocomplete.words.scripts import in_any_script
from contactsgroups.autocomplete.words.spelling import Spelling, may_correct
from contactsgroups.autocomplete.words.terms import Terms, with_domains

_ENOUGH_BESIDE = 3
"""A word of so many letters that is right makes an error in another one more likely."""
_MOST_WORDS = 5
"""In a longer query, only one error is looked for."""

AreFound = Callable[[Terms], bool]
"""Whether an index has something for every term."""


def guesses(match: Match, word: Word, spelling: Spelling, evidence: Evidence) -> list[Guess]:
    """Return what the only word of a query may mean, each once.

    Args:
        match: whether that is a whole word one slip away, or else a beginning or a whole word whose
            sound is one slip away.
    """
    bearers: dict[str, int] = {}
    for typed in _mistyped(word):
        for text, number in _meanings(match, typed, spelling, evidence):
            bearers[text] = min(number, bearers.get(text, number))
    return [Guess(text, number) for text, number in bearers.items()]


def readings(
    match: Match, words: Terms, spelling: Spelling, evidence: Evidence, are_found: AreFound
) -> Iterator[Terms]:
    """Yield the readings of several words for one of the kinds of match that correct them.

    Args:
        evidence: what is needed for a word that is alone.
    """
    if match is Match.CORRECTED_TWICE:
        return _twice(words, spelling, are_found)
    return _once(match, words, spelling, evidence, are_found)


def in_turns(
    guessed: Iterable[list[Iterator[Completion]]], answer: Container[str]
) -> Iterator[list[Completion]]:
    """Yield the best completion of every guess, in order, then the next of each, and so on.

    Each guess has completions from several sources, each in order, which are read only as far as
    wanted; those whose identity is in ``answer`` already are passed over.
    """
    rest = [merge(*some) if len(some) > 1 else some[0] for some in guessed]
    if len(rest) == 1:
        yield from ([each] for each in rest[0] if each.identity not in answer)
        return
    while rest:
        turn = [(guess, _next_new(guess, answer)) for guess in rest]
        rest = [guess for guess, completion in turn if completion is not None]
        yield sorted([completion for _, completion in turn if completion is not None])


def _next_new(completions: Iterator[Completion], answer: Container[str]) -> Completion | None:
    for completion in completions:
        if completion.identity not in answer:
            return completion
    return None


def _once(
    match: Match, words: Terms, spelling: Spelling, alone: Evidence, are_found: AreFound
) -> Iterator[Terms]:
    """Yield the readings in which one word means another and the rest is right."""
    unknown = _unknown(words, are_found)
    for place, word in enumerate(words):
        if unknown <= {place} and (typed := _mistyped(word)):
            others = (*words[:place], *words[place + 1 :])
            evidence = BESIDE_OTHERS if _is_enough(others) else alone
            meant = _certain(match, typed, spelling, evidence)
            if meant:
                yield (in_any_script(meant), *with_domains(others))


def _twice(words: Terms, spelling: Spelling, are_found: AreFound) -> Iterator[Terms]:
    """Yield the readings in which two words mean whole others and the rest is right."""
    if len(words) > _MOST_WORDS:
        return
    unknown = _unknown(words, are_found)
    for pair in combinations(range(len(words)), 2):
        if unknown.issubset(pair):
            typed = [_mistyped(words[place]) for place in pair]
            meant = [_certain(Match.CORRECTED, word, spelling, BESIDE_OTHERS) for word in typed]
            if all(meant):
                others = [word for place, word in enumerate(words) if place not in pair]
                yield (*map(in_any_script, meant), *with_domains(tuple(others)))


def _unknown(words: Terms, are_found: AreFound) -> set[int]:
    """Return the places of the words that no entry of an index has, so that they must be wrong."""
    if len(words) == 1:
        return set()
    return {place for place, word in enumerate(words) if not are_found(with_domains((word,)))}


def _mistyped(word: Word) -> Word:
    return tuple(filter(may_correct, word))


def _is_enough(others: Terms) -> bool:
    return any(len(plain_spelling(word[0])) >= _ENOUGH_BESIDE for word in others)


def _meanings(match: Match, typed: str, spelling: Spelling, evidence: Evidence) -> Iterator[Guess]:
    if match is Match.CORRECTED:
        return spelling.words(typed, evidence)
    return chain(spelling.beginnings(typed, evidence), spelling.nearly_alike(typed, evidence))


def _certain(match: Match, typed: Word, spelling: Spelling, evidence: Evidence) -> Word:
    """Return what the word may mean, each once, however few have it."""
    found = chain.from_iterable(_meanings(match, word, spelling, evidence) for word in typed)
    return tuple(dict.fromkeys([guess.text for guess in found if guess.bearers == 1]))
