"""Explaining: how a query matches a completion, and which of the shown letters it stands for.

Made for the few completions of an answer only. What is shown may be less than what an entry is
found by, such as the names on further cards; then there is nothing to emphasise.
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from contactsgroups.autocomplete.entry import Match
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Query
from contactsgroups.autocomplete.words.spans import (
    Span,
    Spellings,
    find_beginnings,
    find_forms,
    find_likest,
)
from contactsgroups.autocomplete.words.terms import Terms
from contactsgroups.autocomplete.words.tokens import domain_tokens

Ranges = tuple[Span, ...]

# As in ``entry``: a named tuple's own constructor takes longer than finding a word.
_new_tuple = tuple.__new__


class MatchKind(StrEnum):
    """How sure it is that a completion is what was meant."""

    EXACT = "exact"
    """The text is the local part of the address, or that and more of the address."""
    WORD = "word"
    """Every word of the text is a whole word of the name or the local part."""
    PREFIX = "prefix"
    """Every word of the text begins one."""
    TRANSLITERATED = "transliterated"
    """The same, but a word is written in another script."""
    DOMAIN = "domain"
    """A word of the text is in the domain of the address only."""
    CORRECTED = "corrected"
    """The text would have to be mistyped."""


class Explanation(NamedTuple):
    """How a query matches what is shown."""

    kind: MatchKind
    name: Ranges
    """The matching letters of the shown name: in order, apart from each other, each from its first
    UTF-16 code unit to the one after its last, as JavaScript slices strings."""
    address: Ranges
    """The matching letters of the shown address, likewise."""


class Explainer:
    """Explains all completions of one query."""

    def __init__(self, query: Query) -> None:
        """Prepare the words of a query."""
        self._words = [_unmarked(query.written)]
        if query.words != query.written:
            self._words.append(_unmarked(query.words))

    def explain(self, match: Match, name: str, address: str) -> Explanation:
        """Return how the query matches a completion that is shown with this name and address."""
        shown, kind = _Shown(name, address), _KINDS[match]
        if kind is MatchKind.CORRECTED and len(self._words[-1]) == 1:
            # A word that is corrected begins nothing, or it would have been found by that.
            shown.find_likest(self._words[-1][0])
            return _explanation(kind, shown)
        missing: list[Spellings] = []
        for words in self._words:
            missing = shown.find_all(words)
            if not missing:
                break
        if missing:
            kind = _explain_missing(shown, missing, kind)
        return _explanation(kind, shown)


def explain(query: Query, match: Match, name: str, address: str) -> Explanation:
    """Return how ``query`` matches a completion that is shown with this name and address."""
    return Explainer(query).explain(match, name, address)


def _explanation(kind: MatchKind, shown: "_Shown") -> Explanation:
    in_name = _code_units(shown.name, shown.in_name)
    in_address = _code_units(shown.address, shown.in_address)
    return _new_tuple(Explanation, (kind, in_name, in_address))


def _explain_missing(shown: "_Shown", missing: Sequence[Spellings], kind: MatchKind) -> MatchKind:
    """Look for words elsewhere than in the name and the local part; return what that makes it."""
    unknown = [word for word in missing if not shown.find_in_domain(word)]
    if kind is MatchKind.CORRECTED:
        for word in unknown:
            shown.find_likest(word)
    elif len(unknown) < len(missing) and kind is not MatchKind.EXACT:
        return MatchKind.DOMAIN  # Also in the account's own table, where labels count as words.
    return kind


class _Shown:
    """A name and an address, and the letters that were found so far."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._local_part, _, self._domain = address.rpartition("@")
        self._domain_at = len(address) - len(self._domain)
        self.in_name: list[Span] = []
        self.in_address: list[Span] = []

    def find_all(self, words: Sequence[Spellings]) -> list[Spellings]:
        """Look for words in the name and the local part; return those that are missing."""
        return [word for word in words if not self._find(word)]

    def _find(self, word: Spellings) -> bool:
        name, local_part = self.name, self._local_part
        if self._add(find_beginnings(word, name), find_beginnings(word, local_part)):
            return True
        return self._add(find_forms(word, name), find_forms(word, local_part))

    def find_in_domain(self, word: Spellings) -> bool:
        """Look for a word in the domain, which may be shown with other letters than it has."""
        at = self._domain_at
        shown = [(at + begin, at + end) for begin, end in find_beginnings(word, self._domain)]
        labels = domain_tokens(self._domain)
        return self._add([], shown) or any(label[1:].startswith(tuple(word)) for label in labels)

    def find_likest(self, word: Spellings) -> None:
        """Take the words of the name and the local part that are most like a mistyped one."""
        in_name, spans_of_name = find_likest(word, self.name)
        in_address, spans_of_address = find_likest(word, self._local_part)
        most = max(in_name, in_address)
        self._add(
            spans_of_name if in_name == most else [], spans_of_address if in_address == most else []
        )

    def _add(self, in_name: Sequence[Span], in_address: Sequence[Span]) -> bool:
        self.in_name += in_name
        self.in_address += in_address
        return bool(in_name or in_address)


def _unmarked(words: Terms) -> list[Spellings]:
    return [tuple(map(plain_spelling, word)) for word in words]


def _kind_of(match: Match) -> MatchKind:
    return next(kind for last, kind in _LAST_OF_KIND if match <= last)


_LAST_OF_KIND = (
    (Match.LOCAL_PART, MatchKind.EXACT),
    (Match.WHOLE, MatchKind.WORD),
    (Match.WORD, MatchKind.PREFIX),
    (Match.TRANSLITERATED_WORD, MatchKind.TRANSLITERATED),
    (Match.DOMAIN, MatchKind.DOMAIN),
    (max(Match), MatchKind.CORRECTED),
)
_KINDS = [_kind_of(match) for match in Match]


def _code_units(text: str, spans: Sequence[Span]) -> Ranges:
    """Return the spans as ranges in UTF-16, in order, those joined that touch each other."""
    if len(spans) < 2 and text.isascii():
        return tuple(spans)
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    if text.isascii():
        return tuple(joined)
    before = [0, *accumulate(1 + (letter > "\uffff") for letter in text)]
    return tuple([(before[begin], before[end]) for begin, end in joined])
