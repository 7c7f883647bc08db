"""What the engine must answer, worked out by looking at every entry: slow, short, obviously so.

It shares folding and tokens with the engine, and how likely a slip is and what sounds alike, which
all have tests of their own, and nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from contactsgroups.autocomplete.entry import Completion, Entry, EntryKind, Match
from contactsgroups.autocomplete.words.likeness import (
    AS_MANY,
    BESIDE_OTHERS,
    Evidence,
    evidence_among,
)
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
from tests.autocomplete.slips import may_be_wrong, meanings

Offer = tuple["Candidate", int, str | None, int]
"""An entry, what its score is raised by, the domain of the account that asks, and as how many
entries it counts."""
Found = dict[str, Completion]


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
    offered: list[Offer] = []

    def offer(entry: Entry, boost: int, *, personal: bool) -> None:
        wanted = EntryKind.ACCOUNT if entry.kind is EntryKind.ALIAS else entry.kind
        if kinds is not None and wanted not in kinds:
            return
        offered.append((candidate(entry), boost, home, AS_MANY if personal else 1))
        match = match_of(candidate(entry), query, personal=personal)
        if match is not None:
            keep(best, completion_of(entry, boost, match, home))

    directory = list(directory)
    for entry in directory:
        offer(entry, 0, personal=False)
        if entry.identity in boosts:
            offer(entry, boosts[entry.identity], personal=True)
    for entry in own:
        offer(entry, boosts.get(entry.identity, 0), personal=True)

    answer = sorted(best.values())[:limit]
    if corrections and len(answer) < limit:
        answer += corrected(query.words, offered, set(best), evidence_among(len(directory)))
    return answer[:limit]


def completion_of(entry: Entry, boost: int, match: Match, home: str | None) -> Completion:
    return Completion(
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


def keep(best: dict[str, Completion], completion: Completion) -> None:
    """Keep the better one of two for the same entry."""
    known = best.get(completion.identity)
    best[completion.identity] = completion if known is None else min(known, completion)


def match_of(seen: Candidate, query: Query, *, personal: bool) -> Match | None:
    """Return how the query meets the entry without corrections, or None if it does not."""
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


def begins(word: Word, tokens: Iterable[str]) -> bool:
    return any(token.startswith(spelling.lstrip("&")) for token in tokens for spelling in word)


def corrected(
    words: Sequence[Word], offered: Sequence[Offer], known: set[str], alone: Evidence
) -> list[Completion]:
    """Return the entries that are not known yet and are meant if there are errors, in order."""
    if len(words) == 1:
        whole = in_turns(guessed(Match.CORRECTED, words[0], offered, alone), known)
        if whole or known:
            return whole
        return in_turns(guessed(Match.CORRECTED_BEGINNING, words[0], offered, alone), known)
    if known:
        return []
    return (
        best_of(
            offered,
            Match.CORRECTED,
            lambda seen: one_is_meant(Match.CORRECTED, seen, words, alone),
        )
        or best_of(
            offered,
            Match.CORRECTED_BEGINNING,
            lambda seen: one_is_meant(Match.CORRECTED_BEGINNING, seen, words, alone),
        )
        or best_of(offered, Match.CORRECTED_TWICE, lambda seen: two_are_meant(seen, words))
    )


def guessed(match: Match, typed: Word, offered: Sequence[Offer], alone: Evidence) -> list[Found]:
    """Return for each word or beginning that is meant the entries that have it."""
    found: dict[str, Found] = defaultdict(dict)
    bearers: dict[str, int] = defaultdict(int)
    needed: dict[str, int] = {}
    for seen, boost, home, counts in offered:
        meant = meant_by(match, typed, seen.in_any_script.all, alone)
        needed.update(meant)
        for text in meant:
            bearers[text] += counts
            keep(found[text], completion_of(seen.entry, boost, match, home))
    return [found[text] for text in found if bearers[text] >= needed[text]]


def in_turns(found: Sequence[Found], known: set[str]) -> list[Completion]:
    """Return the best of each, in order, then the best of each that is left, and so on."""
    answer: dict[str, Completion] = {}
    left = [sorted(some[each] for each in some.keys() - known) for some in found]
    while left := [[c for c in some if c.identity not in answer] for some in left]:
        left = [some for some in left if some]
        for completion in sorted(some[0] for some in left):
            answer.setdefault(completion.identity, completion)
        if not left:
            break
    return list(answer.values())


def best_of(
    offered: Sequence[Offer], match: Match, is_meant: Callable[[Candidate], bool]
) -> list[Completion]:
    found: Found = {}
    for seen, boost, home, _ in offered:
        if is_meant(seen):
            keep(found, completion_of(seen.entry, boost, match, home))
    return sorted(found.values())


def one_is_meant(match: Match, seen: Candidate, words: Sequence[Word], alone: Evidence) -> bool:
    return any(
        rest_is_right(seen, others)
        and is_meant(match, word, seen.in_any_script.all, evidence_beside(others, alone))
        for word, others in leave_one_out(words)
    )


def two_are_meant(seen: Candidate, words: Sequence[Word]) -> bool:
    if len(words) > 5:
        return False
    for pair in combinations(range(len(words)), 2):
        others = [word for place, word in enumerate(words) if place not in pair]
        if rest_is_right(seen, others) and all(
            is_meant(Match.CORRECTED, words[place], seen.in_any_script.all, BESIDE_OTHERS)
            for place in pair
        ):
            return True
    return False


def rest_is_right(seen: Candidate, others: Sequence[Word]) -> bool:
    return all(has(seen, seen.in_any_script, other, anywhere=True) for other in others)


def evidence_beside(others: Sequence[Word], alone: Evidence) -> Evidence:
    is_enough = any(len(other[0].lstrip("&")) >= 3 for other in others)
    return BESIDE_OTHERS if is_enough else alone


def leave_one_out(words: Sequence[Word]) -> list[tuple[Word, Sequence[Word]]]:
    return [(word, [*words[:place], *words[place + 1 :]]) for place, word in enumerate(words)]


def is_meant(match: Match, typed: Word, words: Iterable[str], evidence: Evidence) -> bool:
    return 1 in meant_by(match, typed, words, evidence).values()


def meant_by(match: Match, typed: Word, words: Iterable[str], evidence: Evidence) -> dict[str, int]:
    """Return what of these words may be meant, and how many entries must have it.

    A beginning is told from a whole word by a dash.
    """
    meant: dict[str, int] = {}
    for spelling in filter(may_be_wrong, typed):
        for word in words:
            for text, bearers in meanings(match, spelling, word, evidence):
                meant[text] = min(bearers, meant.get(text, bearers))
    return meant
