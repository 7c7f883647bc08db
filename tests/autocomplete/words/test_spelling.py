"""Neighbours of a mistyped word, and the filter that tells which of them may exist."""

import string

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete.disk.lexicon import Lexicon
from contactsgroups.autocomplete.words.spelling import (
    LONGEST_MENDED,
    Neighbours,
    PrefixFilter,
    hash_letter_prefixes,
    may_correct,
    neighbours_of,
)

mendable = st.text(string.ascii_lowercase, min_size=4, max_size=20)


def one_slip_away(word: str) -> set[str]:
    """The same by cutting and pasting."""
    found = set()
    for at in range(1, len(word)):
        before, after = word[:at], word[at:]
        found.add(before + after[1:])
        found.update(before + letter + after[1:] for letter in string.ascii_lowercase)
        found.update(before + letter + after for letter in string.ascii_lowercase)
        if len(after) > 1:
            found.add(before + after[1] + after[0] + after[2:])
    return found


@settings(deadline=None)
@given(mendable)
def test_neighbours_are_all_strings_one_slip_away(word: str) -> None:
    neighbours = Neighbours(word)
    texts = [neighbours.text(number) for number in range(len(neighbours.hashes))]
    assert set(texts) == one_slip_away(word)


@settings(deadline=None)
@given(mendable)
def test_equal_neighbours_have_equal_hashes_and_others_other_ones(word: str) -> None:
    neighbours = Neighbours(word)
    hashes = neighbours.hashes.tolist()
    by_text = {neighbours.text(number): value for number, value in enumerate(hashes)}
    assert len(set(by_text.values())) == len(by_text)
    assert all(by_text[neighbours.text(number)] == value for number, value in enumerate(hashes))


@settings(deadline=None)
@given(st.lists(st.text("abcdz2é", min_size=1, max_size=10), min_size=1, max_size=20), mendable)
def test_the_filter_never_denies_a_prefix_that_exists(tokens: list[str], word: str) -> None:
    lexicon = Lexicon(sorted(set(tokens)))
    hashes = hash_letter_prefixes(lexicon.text, lexicon.starts)
    prefixes = PrefixFilter.sized_for(len(hashes))
    prefixes.add(hashes)
    survivors = prefixes.survivors(neighbours_of(word))
    for neighbour in one_slip_away(word):
        if any(token.startswith(neighbour) for token in tokens):
            assert neighbour in survivors


def test_the_filter_seldom_raises_a_false_alarm() -> None:
    generator = np.random.default_rng(1)
    words = ["".join(letters) for letters in generator.choice(list("abcdefgh"), (5_000, 12))]
    lexicon = Lexicon(sorted(set(words)))
    hashes = hash_letter_prefixes(lexicon.text, lexicon.starts)
    prefixes = PrefixFilter.sized_for(len(hashes))
    prefixes.add(hashes)
    unlike = ["zyxwvuts", "qrstuvwx", "ponmlkji", "zzzyyyxx"]
    alarms = sum(len(prefixes.survivors(Neighbours(word))) for word in unlike)
    asked = sum(len(Neighbours(word).hashes) for word in unlike)
    assert alarms < asked * 0.05


def test_short_words_numbers_and_endless_ones_are_not_mended() -> None:
    assert may_correct("anna")
    assert may_correct("a" * LONGEST_MENDED)
    for word in ("ann", "u12345", "a" * (LONGEST_MENDED + 1), "王小明王小明", ""):
        assert not may_correct(word)
