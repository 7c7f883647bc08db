"""Answers without an index, by a scan over all entries.

Used while an index is being built.  Finds and orders as the index does, but corrects no typing
errors.
"""

from collections.abc import Iterable, Iterator
from heapq import nsmallest

from contactsgroups.autocomplete.entry import (
    Completion,
    Entry,
    EntryKind,
    Match,
    completion_of,
    placed,
    wanted_as,
)
from contactsgroups.autocomplete.personal import PersonalTable
from contactsgroups.autocomplete.shard import complete
from contactsgroups.autocomplete.words.query import Query, Word, parse_query
from contactsgroups.autocomplete.words.terms import BY_WORDS, OF_ONES_OWN, terms_of
from contactsgroups.autocomplete.words.tokens import local_key, tokens_of


def scan(
    entries: Iterable[Entry],
    query: Query | str,
    *,
    limit: int = 10,
    kinds: frozenset[EntryKind] | None = None,
    personal: PersonalTable | None = None,
) -> list[Completion]:
    """Return the best ``limit`` completions out of ``entries`` and the account's own ones."""
    if isinstance(query, str):
        query = parse_query(query)
    if not query.words or limit < 1:
        return []
    found = nsmallest(limit, _matches(entries, query, kinds, personal))
    own = complete((), query, limit=limit, kinds=kinds, personal=personal, corrections=False)
    best: dict[str, Completion] = {}
    for completion in sorted([*found, *own]):
        best.setdefault(completion.identity, completion)
    return list(best.values())[:limit]


def _matches(
    entries: Iterable[Entry],
    query: Query,
    kinds: frozenset[EntryKind] | None,
    personal: PersonalTable | None,
) -> Iterator[Completion]:
    for entry in entries:
        if kinds is not None and wanted_as(entry.kind) not in kinds:
            continue
        is_used = personal is not None and personal.is_used(entry.identity)
        match = _match(entry, query, is_own=is_used)
        if match is not None:
            boost = personal.boost_of(entry.identity) if personal is not None else 0
            home = personal.home if personal is not None else None
            yield placed(completion_of(entry, match, boost), home)


def _match(entry: Entry, query: Query, *, is_own: bool) -> Match | None:
    """Return how the query matches the entry, or None if it does not."""
    tokens = tokens_of(entry)
    for match in BY_WORDS:
        terms = terms_of(query, OF_ONES_OWN[match] if is_own else match)
        if terms and all(_begins_any(term, tokens) for term in terms):
            is_exact = query.local_part == local_key(entry.address)
            return Match.LOCAL_PART if is_exact else match
    return None


def _begins_any(word: Word, tokens: Iterable[str]) -> bool:
    return any(token.startswith(word) for token in tokens)
