"""What the engine must answer, worked out by looking at every entry: slow, short, obviously so.

It shares folding and tokens with the engine, which have tests of their own, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from contactsgroups.autocomplete.entry import Completion, Entry, EntryKind, Match
from contactsgroups.autocomplete.words.own_words import distinct
from contactsgroups.autocomplete.words.query import Query, Word, parse_query
from contactsgroups.autocomplete.words.tokens import (
    domain_tokens,
    first_words,
    local_key,
    words_apart,
    words_of,
)


@dataclass(frozen=True)
class Candidate:
    """An entry with everything that matching looks at."""

    entry: Entry
    words: tuple[str, ...]
    own_words: tuple[frozenset[str], ...]
    """The words one by one: those of one set are spellings of the same."""
    first_words: tuple[str, ...]
    labels: tuple[str, ...]
    local_part: str
    address_words: tuple[str, ...]


@lru_cache(maxsize=100_000)
def candidate(entry: Entry) -> Candidate:
    local_part, _, domain = entry.address.rpartition("@")
    name = "" if entry.kind is EntryKind.ALIAS else entry.name
    labels = tuple(label.removeprefix("@") for label in domain_tokens(domain))
    return Candidate(
        entry,
        tuple(words_of(name) | words_of(local_part)),
        tuple(distinct(words_apart(name), words_apart(local_part))),
        tuple(first_words(words_apart(name), words_apart(local_part))),
        labels,
        local_key(entry.address),
        (*words_of(local_part), *labels),
    )


def complete(
    directory: Iterable[Entry],
    text: str,
    *,
    limit: int = 10,
    kinds: frozenset[EntryKind] | None = None,
    boosts: Mapping[str, int] | None = None,
    own: Sequence[Entry] = (),
    home: str | None = None,
    corrections: bool = True,
) -> list[Completion]:
    """Return the completions that the engine must return, in the same order."""
    query = parse_query(text)
    if not query.words:
        return []
    boosts = boosts or {}
    best: dict[str, Completion] = {}

    def offer(entry: Entry, boost: int, *, personal: bool) -> None:
        wanted = EntryKind.ACCOUNT if entry.kind is EntryKind.ALIAS else entry.kind
        if kinds is not None and wanted not in kinds:
            return
        match = match_of(candidate(entry), query, personal=personal, corrections=corrections)
        if match is None:
            return
        completion = Completion(
            match,
            -(entry.score + boost),
            home is not None and entry.address.rpartition("@")[2] != home,
            entry.kind is not EntryKind.GROUP,
            entry.name,
            entry.address,
            entry.identity,
            entry.kind,
            entry.payload,
        )
        known = best.get(entry.identity)
        best[entry.identity] = completion if known is None else min(known, completion)

    for entry in directory:
        offer(entry, 0, personal=False)
        if entry.identity in boosts:
            offer(entry, boosts[entry.identity], personal=True)
    for entry in own:
        offer(entry, boosts.get(entry.identity, 0), personal=True)

    ordered = sorted(best.values())
    exact = [found for found in ordered if found.match is not Match.CORRECTED]
    return exact[:limit] if len(exact) >= limit else ordered[:limit]


def match_of(seen: Candidate, query: Query, *, personal: bool, corrections: bool) -> Match | None:
    """Return how the query meets the entry, or None if it does not."""
    words = query.words
    if query.local_part == seen.local_part and all(
        begins(word, seen.address_words) for word in words
    ):
        return Match.LOCAL_PART
    if all(is_whole(seen, word) and has(seen, word) for word in words):
        in_order = personal or any(spelling in seen.first_words for spelling in query.first)
        return Match.WHOLE_IN_ORDER if in_order else Match.WHOLE
    if all(has(seen, word) for word in words):
        in_order = personal or begins(query.first, seen.first_words)
        return Match.BEGINNING if in_order else Match.WORD
    if all(has(seen, word, anywhere=True) for word in words):
        return Match.WORD if personal else Match.DOMAIN
    if corrections and any(
        nearly_begins(word, seen.words) and all(has(seen, other, anywhere=True) for other in others)
        for word, others in leave_one_out(words)
    ):
        return Match.CORRECTED
    return None


def is_whole(seen: Candidate, word: Word) -> bool:
    """Tell whether the word is one of the entry; one Latin letter is an initial."""
    spellings = [spelling.lstrip("&") for spelling in word]
    if all(len(spelling) == 1 and spelling.isascii() for spelling in spellings):
        return False
    return any(spelling in seen.words for spelling in spellings)


def has(seen: Candidate, word: Word, *, anywhere: bool = False) -> bool:
    """Tell whether the entry has the word, as many times as typed words need one like it."""
    if anywhere and begins(word, seen.labels):
        return True
    return any(_has(seen, spelling) for spelling in word)


def _has(seen: Candidate, spelling: str) -> bool:
    plain = spelling.lstrip("&")
    needed = 1 + len(spelling) - len(plain)
    if needed == 1:
        return begins((plain,), seen.words)
    return sum(begins((plain,), tuple(own)) for own in seen.own_words) >= needed


def leave_one_out(words: tuple[Word, ...]) -> list[tuple[Word, tuple[Word, ...]]]:
    return [(word, words[:place] + words[place + 1 :]) for place, word in enumerate(words)]


def begins(word: Word, tokens: Sequence[str]) -> bool:
    return any(token.startswith(spelling.lstrip("&")) for token in tokens for spelling in word)


def nearly_begins(word: Word, tokens: Sequence[str]) -> bool:
    return any(
        one_slip(spelling, token[:length])
        for spelling in word
        for token in tokens
        for length in (len(spelling) - 1, len(spelling), len(spelling) + 1)
        if length <= len(token)
    )


@lru_cache(maxsize=1_000_000)
def one_slip(word: str, prefix: str) -> bool:
    """Tell whether one slip leads from ``prefix`` to ``word``, the first letter being right."""
    if not 4 <= len(word) <= 64 or not all("a" <= letter <= "z" for letter in word + prefix):
        return False
    return word[0] == prefix[0] and distance(word, prefix) == 1


def distance(left: str, right: str) -> int:
    """Return the optimal string alignment distance: edits and swaps of neighbours."""
    rows = [list(range(len(right) + 1))]
    for i in range(1, len(left) + 1):
        row = [i]
        for j in range(1, len(right) + 1):
            changed = left[i - 1] != right[j - 1]
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + changed)
            if i > 1 and j > 1 and left[i - 2 : i] == right[j - 1] + right[j - 2]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
