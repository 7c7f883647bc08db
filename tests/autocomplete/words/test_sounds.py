"""Different spellings of one sound get one key, and other sounds another one."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.autocomplete.words.sounds import (
    are_similar,
    may_sound_like_others,
    share_letters,
    sounds_of,
)


@pytest.mark.parametrize(
    "alike",
    [
        "schmidt shmit schmitt shmidt",
        "philipp filip phillip fillipp",
        "meyer maier meier mayer meijer",
        "johanna joanna",
        "matthias mathias mattias",
        "xavier savier",
        "nowak novak novack",
        "schulz schultz shuls",
        "katharina catarina katarina",
        "romanov romanoff romanow",
        "weiss weis veiss",
        "quandt kvant",
        "steven stephen",
        "gotero gauthereau",
        "shaoling xiaoling",
        "jurkowski dziurkowski",
        "hexler hechsler",
        "giacomo jacomo",
        "ekkehard eckehart",
    ],
)
def test_what_sounds_alike_has_one_key(alike: str) -> None:
    assert len(set(sounds_of(alike.split()))) == 1


def test_what_sounds_different_has_another_key() -> None:
    names = "anna enno schmidt schmitz meyer mayo berg borg hanna jonas janus".split()
    assert len(set(sounds_of(names))) == len(names)


words = st.text(string.ascii_lowercase, min_size=3, max_size=20)


@given(st.lists(words, max_size=10))
def test_a_word_sounds_the_same_among_others_as_alone(some: list[str]) -> None:
    alone = [sound for word in some for sound in sounds_of([word])]
    assert [sound for sound in sounds_of(some) if some] == alone


def test_only_latin_letters_have_a_sound_and_not_too_few_or_many() -> None:
    assert all(map(may_sound_like_others, ["ann", "schmidt", "a" * 64]))
    assert not any(map(may_sound_like_others, ["an", "jo2", "王小明", "^anna", "a" * 65, ""]))


def test_half_of_the_letters_are_the_same() -> None:
    assert share_letters("filip", "phillipp")
    assert not share_letters("xeaqa", "sica")


def test_a_key_is_small_letters_as_a_word_is() -> None:
    keys = "".join(sounds_of("tchoyei schjaeychten dzsxqwyz".split()))
    assert set(keys) <= set(string.ascii_lowercase)


def test_letters_that_are_heard_for_one_another() -> None:
    assert all(map(are_similar, ("ae", "dt", "bf", "ki", "ui", "mn")))
    assert not any(map(are_similar, ("ad", "mt", "rk", "lp")))
