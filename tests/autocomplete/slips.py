"""What may be meant by a mistyped word, worked out slip by slip, for the reference."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from contactsgroups.autocomplete.entry import Match
from contactsgroups.autocomplete.words import likeness
from contactsgroups.autocomplete.words.likeness import (
    Evidence,
    Slip,
    bearers_of_beginning,
    bearers_of_whole,
)
from contactsgroups.autocomplete.words.sounds import (
    are_similar,
    may_sound_like_others,
    share_letters,
    sounds_of,
)


@lru_cache(maxsize=1_000_000)
def meanings(match: Match, typed: str, word: str, evidence: Evidence) -> Sequence[tuple[str, int]]:
    n, edits = len(typed), Levenshtein.distance(typed, word)
    if match is Match.CORRECTED:
        heard = Slip(likeness.HEARD - edits)
        alike = [heard] if sounds_alike(typed, word) else []
        needed = [bearers_of_whole(slip, n, evidence) for slip in [*slips(typed, word), *alike]]
        return [(word, bearers) for bearers in needed if bearers]
    nearly = [Slip(likeness.NEARLY_HEARD - edits / 2)] if sound_nearly_alike(typed, word) else []
    whole = [(word, bearers_of_whole(slip, n, evidence)) for slip in nearly]
    begun = [
        (f"{word[:length]}-", bearers_of_beginning(slip, n, evidence))
        for length in (n - 1, n, n + 1)
        if n >= 4 and 3 <= length <= len(word)
        for slip in slips(typed, word[:length])
    ]
    return [(text, bearers) for text, bearers in [*whole, *begun] if bearers]


def may_be_wrong(typed: str) -> bool:
    return re.fullmatch("[a-z]{3,64}", typed) is not None


def sounds_alike(typed: str, word: str) -> bool:
    return may_sound_alike(typed, word) and sounds_of([typed]) == sounds_of([word])


def sound_nearly_alike(typed: str, word: str) -> bool:
    if not may_sound_alike(typed, word):
        return False
    sound, other = sounds_of([typed]) + sounds_of([word])
    return may_be_wrong(sound) and any(
        not slip.replaced or are_similar(slip.replaced) for slip in slips(sound, other)
    )


def may_sound_alike(typed: str, word: str) -> bool:
    return typed != word and may_sound_like_others(word) and share_letters(typed, word)


def slips(typed: str, meant: str) -> Iterator[Slip]:
    """Yield every single slip that makes ``typed`` of ``meant``."""
    if typed == meant or not re.fullmatch("[a-z]*", meant):
        return
    for at in range(n := len(typed)):
        before, after = typed[:at], typed[at:]
        if after[1:2] and before + after[1] + after[0] + after[2:] == meant:
            yield likeness.SWAPPED
        if before + after[1:] == meant:
            yield likeness.adding(typed, at)
        if len(meant) == n and before + meant[at] + after[1:] == meant:
            yield likeness.replacing(typed, at, meant[at])
        if len(meant) == n + 1 and before + meant[at] + after == meant:
            yield likeness.OMITTED
