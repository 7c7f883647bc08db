"""Correcting: what a query may mean if one or two of its words have typing errors.

A *reading* is what an entry must have if the query is read in one way. A query of one word has
several that are equally likely (Miller, Muller and Moller for ``mller``), so none may crowd the
others out of the answer, however popular its entries are: the best entry of every guess comes
before the second of any. Beside other words there are few entries anyway.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from heapq import merge
from itertools import combinations

from contactsgroups.autocomplete.entry import Completion, Match
from contactsgroups.autocomplete.words.likeness import BESIDE_OTHERS, Evidence
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


def guesses(word: Word, spelling: Spelling, evidence: Evidence) -> Word:
    """Return the whole words that the only word of a query may mean."""
    return _whole(_mistyped(word), spelling, evidence)


def readings(
    match: Match, words: Terms, spelling: Spelling, evidence: Evidence, are_found: AreFound
) -> Iterator[Terms]:
    """Yield the readings of a query for one of the kinds of match that correct it.

    Args:
        evidence: what is needed for a word that is alone.
    """
    if match is Match.CORRECTED_TWICE:
        return _twice(words, spelling, are_found)
    meanings = _whole if match is Match.CORRECTED else _begun
    return _once(words, spelling, evidence, are_found, meanings)


def in_turns(
    found: Mapping[str, Sequence[Iterator[Completion]]], answer: Container[str]
) -> Iterator[list[Completion]]:
    """Yield the best completion of every guess, in order, then the next of each, and so on.

    Each guess has completions from several sources, each in order, which are read only as far as
    wanted; those whose identity is in ``answer`` already are passed over.
    """
    rest = [merge(*some) if len(some) > 1 else some[0] for some in found.values()]
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
    words: Terms,
    spelling: Spelling,
    alone: Evidence,
    are_found: AreFound,
    meanings: Callable[[Word, Spelling, Evidence], Word],
) -> Iterator[Terms]:
    """Yield the readings in which one word means another and the rest is right."""
    unknown = _unknown(words, are_found)
    for place, word in enumerate(words):
        if unknown <= {place} and (typed := _mistyped(word)):
            others = (*words[:place], *words[place + 1 :])
            meant = meanings(typed, spelling, BESIDE_OTHERS if _is_enough(others) else alone)
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
            meant = [_whole(word, spelling, BESIDE_OTHERS) for word in typed]
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


def _whole(typed: Word, spelling: Spelling, evidence: Evidence) -> Word:
    found = [spelling.words(word, evidence) for word in typed]
    return found[0] if len(found) == 1 else _distinct(found)


def _begun(typed: Word, spelling: Spelling, evidence: Evidence) -> Word:
    found = [spelling.beginnings(word, evidence) for word in typed]
    return found[0] if len(found) == 1 else _distinct(found)


def _distinct(found: Sequence[Word]) -> Word:
    return tuple(dict.fromkeys([text for texts in found for text in texts]))
