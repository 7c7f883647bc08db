"""Which slips are taken for one: the less speaks for it, the more people must have the name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from contactsgroups.autocomplete.words.likeness import (
    AS_MANY,
    BESIDE_OTHERS,
    HEARD,
    MOST_BEARERS,
    NEARLY_HEARD,
    Evidence,
    Slip,
    bearers_of_beginning,
    bearers_of_whole,
    evidence_among,
    hearing,
    nearly_hearing,
)
from contactsgroups.autocomplete.words.spelling import neighbours_of

MANY, SOME, FEW = evidence_among(100_000), evidence_among(20_000), evidence_among(1_000)
NEVER = 1_000_000


def slips(typed: str, meant: str) -> list[Slip]:
    neighbours = neighbours_of(typed)
    every = range(len(neighbours.hashes))
    return [neighbours.slip(number) for number in every if neighbours.text(number) == meant]


def needed(typed: str, meant: str, evidence: Evidence = MANY) -> int:
    """How many must have this word."""
    found = [bearers_of_whole(slip, len(typed), evidence) for slip in slips(typed, meant)]
    return min([bearers or NEVER for bearers in found], default=NEVER)


def needed_to_begin(typed: str, meant: str, evidence: Evidence = MANY) -> int:
    """How many must have this beginning."""
    found = [bearers_of_beginning(slip, len(typed), evidence) for slip in slips(typed, meant)]
    return min([bearers or NEVER for bearers in found], default=NEVER)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smiht", "smith"),
        ("msith", "smith"),
        ("smth", "smith"),
        ("mith", "smith"),
        ("annna", "anna"),
        ("bakqer", "baker"),
        ("karsten", "carsten"),
        ("andqrson", "anderson"),
        ("qnderson", "anderson"),
    ],
)
def test_a_slip_that_everybody_makes_needs_few_letters_and_any_other_more(
    typed: str, meant: str
) -> None:
    assert needed(typed, meant) <= 4
    assert needed(typed[-3:] if typed == meant else typed, meant, FEW) == 1


@pytest.mark.parametrize(("typed", "meant"), [("annp", "anna"), ("pdam", "adam")])
def test_an_unlikely_slip_in_a_short_word_is_none_unless_other_words_are_right(
    typed: str, meant: str
) -> None:
    assert needed(typed, meant) == NEVER
    assert needed(typed, meant, BESIDE_OTHERS) == 1


def test_the_likelier_a_slip_the_fewer_must_have_the_name() -> None:
    swapped, neighbour, other = "smiht", "smitg", "smitw"
    order = [needed(typed, "smith") for typed in (swapped, neighbour, other)]
    assert order == sorted(set(order))


def test_the_more_entries_the_more_must_have_the_name() -> None:
    assert needed("amith", "smith", FEW) == 1
    assert 1 < needed("amith", "smith", SOME) < needed("amith", "smith", MANY) <= MOST_BEARERS


def test_a_letter_more_saves_bearers_and_a_beginning_needs_more() -> None:
    assert needed("kaller", "keller") > needed("kallermann", "kellermann") == 1
    assert needed_to_begin("kallerm", "kellerm") > needed("kallerm", "kellerm")
    assert needed_to_begin("kallermann", "kellermann") == 1


def test_one_that_the_account_has_used_is_worth_a_letter() -> None:
    lacking_a_letter = bearers_of_whole(Slip(0.0), 5, Evidence(6.0, 9.0, counts_bearers=True))
    assert lacking_a_letter == AS_MANY


def test_beside_other_words_no_number_of_bearers_helps() -> None:
    assert needed("axp", "ann", BESIDE_OTHERS) == NEVER
    assert needed("anp", "ann", BESIDE_OTHERS) == NEVER
    assert needed("anm", "ann", BESIDE_OTHERS) == 1


def test_the_last_letter_of_a_beginning_may_not_be_wrong() -> None:
    assert needed_to_begin("johannesx", "johannes") == NEVER
    assert needed_to_begin("johannex", "johannes") == NEVER
    assert needed("johannex", "johannes") <= 4


def test_what_sounds_alike_needs_fewer_letters_than_what_nearly_does() -> None:
    heard, nearly = hearing("martha", "marta"), nearly_hearing("martin", "mardhin")
    assert [bearers_of_whole(slip, 6, MANY) for slip in (heard, nearly)] == [1, None]
    assert bearers_of_whole(nearly, 9, MANY) == 1


@given(st.text("abc", min_size=1), st.text("abc", min_size=1))
def test_what_sounds_alike_is_worth_less_by_each_letter_that_differs(one: str, other: str) -> None:
    edits = Levenshtein.distance(one, other)
    assert HEARD - hearing(one, other).worth == edits
    assert NEARLY_HEARD - nearly_hearing(one, other).worth == edits / 2


def worth(typed: str, meant: str) -> float:
    return max(slip.worth for slip in slips(typed, meant))


def test_letters_are_likely_for_those_beside_them_on_any_keyboard_or_in_the_ear() -> None:
    unlikely = worth("npa", "naa")
    for one, other in ("sa", "zt", "yt", "qa", "kc", "wv", "dt", "bn"):
        assert worth(f"n{one}p", f"n{other}p") > unlikely
        assert worth(f"n{other}p", f"n{one}p") > unlikely


def test_a_letter_too_many_is_likely_where_it_sounds_or_was_hit_by_chance() -> None:
    assert worth("jann", "jan") > worth("jahn", "jan") == worth("adsam", "adam")
    assert worth("adsam", "adam") > worth("adpam", "adam")
