"""Neighbours of a mistyped word, and the filter that tells which of them may exist."""

import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete.disk.lexicon import Lexicon
from contactsgroups.autocomplete.words.spelling import (
    BEGUN,
    LONGEST_MENDED,
    SOUND,
    WHOLE,
    Neighbours,
    PrefixFilter,
    hash_letter_prefixes,
    hash_sounds,
    may_correct,
    neighbours_of,
)

mendable = st.text(string.ascii_lowercase, min_size=3, max_size=20)


def one_slip_away(word: str) -> set[str]:
    """The same by cutting and pasting."""
    found = set()
    for at in range(len(word)):
        before, after = word[:at], word[at:]
        found.add(before + after[1:])
        found.update(before + letter + after[1:] for letter in string.ascii_lowercase)
        found.update(before + letter + after for letter in string.ascii_lowercase)
        if len(after) > 1:
            found.add(before + after[1] + after[0] + after[2:])
    return found


def survivors(prefixes: PrefixFilter, word: str, end: int) -> set[str]:
    neighbours = neighbours_of(word)
    return set(map(neighbours.text, prefixes.survivors(neighbours, end)))


def filter_of(tokens: list[str]) -> PrefixFilter:
    lexicon = Lexicon(sorted(set(tokens)))
    hashes = hash_letter_prefixes(lexicon.text, lexicon.starts)
    prefixes = PrefixFilter.sized_for(len(hashes))
    prefixes.add(hashes)
    return prefixes


@settings(deadline=None)
@given(mendable)
def test_neighbours_are_all_strings_one_slip_away(word: str) -> None:
    neighbours = Neighbours(word)
    texts = list(map(neighbours.text, range(len(neighbours.hashes))))
    assert set(texts) == one_slip_away(word)


@settings(deadline=None)
@given(mendable)
def test_equal_neighbours_have_equal_hashes_and_others_other_ones(word: str) -> None:
    neighbours = Neighbours(word)
    texts = list(map(neighbours.text, range(len(neighbours.hashes))))
    for end in (BEGUN, WHOLE, SOUND):
        hashes = neighbours.hashes_of(end).tolist()
        by_text = dict(zip(texts, hashes, strict=True))
        assert len(set(by_text.values())) == len(by_text)
        assert [by_text[text] for text in texts] == hashes


@settings(deadline=None)
@given(st.lists(st.text("abcdz2é", min_size=1, max_size=10), min_size=1, max_size=20), mendable)
def test_the_filter_never_denies_what_exists(words: list[str], word: str) -> None:
    prefixes = filter_of([f"{each}$" for each in words])
    begun = survivors(prefixes, word, BEGUN)
    whole = survivors(prefixes, word, WHOLE)
    for neighbour in one_slip_away(word):
        if len(neighbour) >= 3 and any(each.startswith(neighbour) for each in words):
            assert neighbour in begun
        if neighbour in words:
            assert neighbour in whole


@settings(deadline=None)
@given(st.lists(st.text("abcd", min_size=1, max_size=12), max_size=20), mendable)
def test_nor_a_sound(sounds: list[str], word: str) -> None:
    prefixes = PrefixFilter.sized_for(len(sounds))
    prefixes.add(hash_sounds(sounds))
    found = survivors(prefixes, word, SOUND)
    assert found.issuperset(one_slip_away(word).intersection(sounds))


def test_the_sound_of_an_endless_word_is_left_out() -> None:
    longest = "a" * (LONGEST_MENDED + 1)
    assert len(hash_sounds(["ab", "ab", longest, longest + "a"])) == 2


@pytest.mark.parametrize("end", [BEGUN, WHOLE])
def test_the_filter_seldom_raises_a_false_alarm(end: int) -> None:
    generator = np.random.default_rng(1)
    words = ["".join(letters) for letters in generator.choice(list("abcdefgh"), (5_000, 12))]
    prefixes = filter_of([f"{word}$" for word in words])
    unlike = ["zyxwvuts", "qrstuvwx", "ponmlkji", "zzzyyyxx"]
    alarms = sum(len(prefixes.survivors(Neighbours(word), end)) for word in unlike)
    asked = sum(len(Neighbours(word).hashes) for word in unlike)
    assert alarms < asked * 0.05


def test_two_letters_numbers_and_endless_words_are_not_mended() -> None:
    assert may_correct("ann")
    assert may_correct("a" * LONGEST_MENDED)
    for word in ("an", "u12345", "a" * (LONGEST_MENDED + 1), "王小明王小明", ""):
        assert not may_correct(word)
