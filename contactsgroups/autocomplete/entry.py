"""What goes into the index (entries and changes) and what comes out of it (completions)."""

from enum import IntEnum, StrEnum
from typing import NamedTuple


class EntryKind(StrEnum):
    """The kind of a suggested address."""

    GROUP = "group"
    ACCOUNT = "account"
    CONTACT = "contact"
    ALIAS = "alias"
    """Another address of an account: found by its address only, and wanted where accounts are."""


def wanted_as(kind: EntryKind) -> EntryKind:
    """Return the kind by which entries of a kind are asked for."""
    return EntryKind.ACCOUNT if kind is EntryKind.ALIAS else kind


class Entry(NamedTuple):
    """One thing that can be suggested.

    A named tuple rather than a dataclass because a rebuild makes millions of them. No text field
    may contain the character NUL, which separates fields on disk; building refuses it with
    ``ValueError``.
    """

    identity: str
    """Stable key, unique over all shards; in this product the normalised address."""
    kind: EntryKind
    name: str
    """Display name as written; may be empty."""
    address: str
    """Normalised address, ``local_part@domain``."""
    score: int
    """Static popularity in the domain, higher is better; must fit 64 bits with a sign."""
    payload: str
    """Ready JSON object for the answer, opaque to the engine."""


class Upsert(NamedTuple):
    """Add the entry, or replace the one with the same identity."""

    entry: Entry


class Remove(NamedTuple):
    """Remove the entry with this identity; removing an unknown one is not an error."""

    identity: str


Change = Upsert | Remove


class Match(IntEnum):
    """How a query matches an entry, best first; the first thing that ranking compares."""

    LOCAL_PART = 0
    """The query is the whole local part of the address."""
    WHOLE_IN_ORDER = 1
    """As ``WHOLE``, and the first word of the query is the first of the name or local part."""
    WHOLE = 2
    """Every word of the query is a whole word of the name or of the local part."""
    BEGINNING = 3
    """As ``WORD``, and the first word of the query begins the name or the local part."""
    WORD = 4
    """Every word of the query begins a word of the name or of the local part."""
    TRANSLITERATED_IN_ORDER = 5
    """As ``WHOLE_IN_ORDER``, but a word matches only as it is written in another script."""
    TRANSLITERATED_WHOLE = 6
    """As ``WHOLE``, likewise."""
    TRANSLITERATED_BEGINNING = 7
    """As ``BEGINNING``, likewise."""
    TRANSLITERATED_WORD = 8
    """As ``WORD``, likewise."""
    DOMAIN = 9
    """At least one word of the query begins a label of the address's domain only."""
    CORRECTED = 10
    """As ``DOMAIN``, except that one word of the query means a whole one by a typing error."""
    CORRECTED_BEGINNING = 11
    """The same, but it means the beginning of a word, or a word that sounds nearly alike."""
    CORRECTED_TWICE = 12
    """Two words of the query mean whole ones, and no entry matches better than that."""

    __hash__ = int.__hash__  # That of an enumeration is many times as slow.


class Completion(NamedTuple):
    """One suggestion; its fields are in rank order, so ``sorted()`` is the ranking.

    The order is total: kind of match, blended score (highest first), one's own domain before
    outside, groups before others, name, address, identity. Completions of several shards can be
    merged with ``merge``.
    """

    match: Match
    negated_score: int
    """Minus the blended score, so that the ascending order of tuples puts the highest first."""
    outside: bool
    """Whether the address is of another domain than the account's own."""
    person: bool
    """False for groups, which rank above accounts and contacts on a tie."""
    name: str
    address: str
    identity: str
    kind: EntryKind
    payload: str
    """The entry's JSON object, ready to be joined into an answer."""

    @property
    def score(self) -> int:
        """Blended score: static popularity plus the account's own usage."""
        return -self.negated_score


# A named tuple's own constructor takes as long as reading the entry from disk, and forty of them
# may be made for one answer.
_new_tuple = tuple.__new__


def make_completion(
    match: Match,
    score: int,
    kind: EntryKind,
    name: str,
    address: str,
    identity: str,
    payload: str,
) -> Completion:
    """Return the completion with these fields in rank order."""
    person = kind is not _GROUP
    fields = (match, -score, False, person, name, address, identity, kind, payload)
    return _new_tuple(Completion, fields)


def completion_of(entry: Entry, match: Match, boost: int = 0) -> Completion:
    """Return the entry as a completion whose score is raised by ``boost`` (never negative)."""
    identity, kind, name, address, score, payload = entry
    return make_completion(match, score + boost, kind, name, address, identity, payload)


def with_match(completion: Completion, match: Match) -> Completion:
    """Return the completion with another kind of match."""
    return _new_tuple(Completion, (match, *completion[1:]))


def with_payload(completion: Completion, payload: str) -> Completion:
    """Return the completion with another payload."""
    return _new_tuple(Completion, (*completion[:-1], payload))


def placed(completion: Completion, home: str | None) -> Completion:
    """Return the completion as it ranks for an account of the domain ``home``, None for any."""
    if home is None or completion.address.endswith("@" + home):
        return completion
    return _new_tuple(Completion, (*completion[:2], True, *completion[3:]))


_GROUP = EntryKind.GROUP
