"""Which slips are taken for one: the shorter the word, the likelier it must be."""

import pytest

from contactsgroups.autocomplete.words.likeness import (
    BESIDE_OTHERS,
    Evidence,
    Slip,
    evidence_among,
    is_beginning_meant,
    is_whole_word_meant,
    likelihood_of_adding,
    likelihood_of_replacing,
)
from contactsgroups.autocomplete.words.spelling import neighbours_of

MANY, SOME, FEW = evidence_among(1_000_000), evidence_among(20_000), evidence_among(5_000)


def slips(typed: str, meant: str) -> list[Slip]:
    neighbours = neighbours_of(typed)
    every = map(neighbours.slip, range(len(neighbours.hashes)))
    return [slip for slip in every if slip.text == meant]


def may_be(typed: str, meant: str, evidence: Evidence = MANY) -> bool:
    return any(is_whole_word_meant(slip, len(typed), evidence) for slip in slips(typed, meant))


def may_begin(typed: str, meant: str, evidence: Evidence = MANY) -> bool:
    return any(is_beginning_meant(slip, len(typed), evidence) for slip in slips(typed, meant))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smiht", "smith"),
        ("msith", "smith"),
        ("adm", "adam"),
        ("anns", "anna"),
        ("annna", "anna"),
        ("karl", "carl"),
        ("wera", "vera"),
        ("yana", "jana"),
        ("lara", "klara"),
        ("bakqer", "baker"),
    ],
)
def test_a_short_word_may_have_a_likely_slip(typed: str, meant: str) -> None:
    assert may_be(typed, meant)


@pytest.mark.parametrize(
    ("typed", "meant"), [("annp", "anna"), ("pdam", "adam"), ("smixh", "smith")]
)
def test_but_no_other_unless_other_words_are_right(typed: str, meant: str) -> None:
    assert not may_be(typed, meant)
    assert may_be(typed, meant, BESIDE_OTHERS)


def test_among_few_entries_fewer_letters_suffice() -> None:
    assert may_be("smixh", "smith", FEW)
    assert not may_be("smixh", "smith", SOME)
    assert may_begin("andeqs", "anders", FEW)
    assert may_begin("andesrp", "andersp", SOME)
    for begun, evidence in (("marit", SOME), ("mari", FEW)):
        swapped = begun[0] + begun[2] + begun[1] + begun[3:]
        assert may_begin(swapped, begun, evidence)
        assert not may_begin(swapped, begun, MANY)


def test_a_long_word_may_have_any_slip() -> None:
    assert may_be("andqrson", "anderson")
    assert may_be("qnderson", "anderson")


def test_a_beginning_needs_more_letters_than_a_whole_word() -> None:
    assert may_be("marit", "marti")
    assert not may_begin("marit", "marti")
    assert may_begin("mariten", "martien")


def test_the_last_letter_of_a_beginning_may_not_be_wrong() -> None:
    assert not may_begin("johannesx", "johannes")
    assert not may_begin("johannex", "johannes")
    assert may_be("johannex", "johannes")


def test_letters_are_likely_for_those_beside_them_on_any_keyboard_or_in_the_ear() -> None:
    for typed, meant in ("sa", "zt", "yt", "qa", "kc", "wv", "dt", "bn"):
        assert likelihood_of_replacing(typed, meant)
        assert likelihood_of_replacing(meant, typed)
    assert not likelihood_of_replacing("p", "a")


def test_a_letter_too_many_is_likely_where_it_sounds_or_was_hit_by_chance() -> None:
    assert likelihood_of_adding("jahn", 2)
    assert likelihood_of_adding("adsam", 2)
    assert not likelihood_of_adding("adpam", 2)
