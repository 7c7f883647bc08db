"""What the engine must answer, worked out by looking at every entry: slow, short, obviously so.

It shares folding and tokens with the engine, which have tests of their own, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from contactsgroups.autocomplete.entry import Completion, Entry, EntryKind, Match
from contactsgroups.autocomplete.words.own_words import distinct
from contactsgroups.autocomplete.words.query import Query, Word, parse_query
from contactsgroups.autocomplete.words.scripts import is_character
from contactsgroups.autocomplete.words.tokens import (
    as_written,
    domain_tokens,
    first_words,
    in_any_script,
    local_key,
    words_apart,
    words_of,
)


@dataclass(frozen=True)
class Words:
    """The words of an entry."""

    all: frozenset[str]
    own: tuple[Sequence[frozenset[str]], ...]
    """One by one: those of one set are spellings of the same. Counted in each of these ways."""
    first: frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """An entry with everything that matching looks at."""

    entry: Entry
    written: Words
    """In the letters in which they are written."""
    in_any_script: Words
    """Transliterations as well."""
    labels: tuple[str, ...]
    local_part: str
    address_words: tuple[str, ...]


@lru_cache(maxsize=100_000)
def candidate(entry: Entry) -> Candidate:
    local_part, _, domain = entry.address.rpartition("@")
    name = "" if entry.kind is EntryKind.ALIAS else entry.name
    labels = tuple(label.removeprefix("@") for label in domain_tokens(domain))
    words = words_of(name) | words_of(local_part)
    apart, local = words_apart(name), words_apart(local_part)
    first = first_words(apart, local)
    written = distinct(as_written(apart), as_written(local))
    # What is typed in other letters is never transliterated to be found.
    in_latin = [
        frozenset(filter(str.isascii, word))
        for word in distinct(in_any_script(apart), in_any_script(local))
    ]
    return Candidate(
        entry,
        Words(unmarked(words), (written,), unmarked(first)),
        Words(plain(words), (written, in_latin), plain(first)),
        labels,
        local_key(entry.address),
        (*plain(words_of(local_part)), *labels),
    )


def unmarked(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if not word.startswith("*"))


def plain(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.removeprefix("*") for word in words)


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
    found = by_words(seen, seen.written, query.written, query.first_written, personal=personal)
    if found is not None:
        return found
    found = by_words(seen, seen.in_any_script, words, query.first, personal=personal)
    if found is not None:
        return TRANSLITERATED[found]
    if all(has(seen, seen.in_any_script, word, anywhere=True) for word in words):
        return Match.DOMAIN
    if corrections and any(
        nearly_begins(word, seen.in_any_script.all)
        and all(has(seen, seen.in_any_script, other, anywhere=True) for other in others)
        for word, others in leave_one_out(words)
    ):
        return Match.CORRECTED
    return None


TRANSLITERATED = {
    Match.WHOLE_IN_ORDER: Match.TRANSLITERATED_IN_ORDER,
    Match.WHOLE: Match.TRANSLITERATED_WHOLE,
    Match.BEGINNING: Match.TRANSLITERATED_BEGINNING,
    Match.WORD: Match.TRANSLITERATED_WORD,
}


def by_words(
    seen: Candidate, have: Words, words: Sequence[Word], first: Word, *, personal: bool
) -> Match | None:
    if all(is_whole(have, word) and has(seen, have, word) for word in words):
        in_order = personal or any(spelling in have.first for spelling in first)
        return Match.WHOLE_IN_ORDER if in_order else Match.WHOLE
    if all(has(seen, have, word) for word in words):
        in_order = personal or begins(first, have.first)
        return Match.BEGINNING if in_order else Match.WORD
    if personal and all(has(seen, have, word, anywhere=True) for word in words):
        return Match.WORD
    return None


def is_whole(have: Words, word: Word) -> bool:
    """Tell whether the word is one of the entry; one letter is an initial, unless it is Chinese."""
    spellings = [spelling.lstrip("&") for spelling in word]
    if all(len(spelling) == 1 and not is_character(spelling) for spelling in spellings):
        return False
    return any(spelling in have.all for spelling in spellings)


def has(seen: Candidate, have: Words, word: Word, *, anywhere: bool = False) -> bool:
    """Tell whether the entry has the word, as many times as typed words need one like it."""
    if anywhere and begins(word, seen.labels):
        return True
    return any(_has(have, spelling) for spelling in word)


def _has(have: Words, spelling: str) -> bool:
    plain = spelling.lstrip("&")
    needed = 1 + len(spelling) - len(plain)
    if needed == 1:
        return begins((plain,), have.all)
    return any(sum(begins((plain,), each) for each in own) >= needed for own in have.own)


def leave_one_out(words: tuple[Word, ...]) -> list[tuple[Word, tuple[Word, ...]]]:
    return [(word, words[:place] + words[place + 1 :]) for place, word in enumerate(words)]


def begins(word: Word, tokens: Iterable[str]) -> bool:
    return any(token.startswith(spelling.lstrip("&")) for token in tokens for spelling in word)


def nearly_begins(word: Word, tokens: Iterable[str]) -> bool:
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
