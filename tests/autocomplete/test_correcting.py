"""What is shown for typing errors, and in which order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    Match,
    PersonalTable,
    Shard,
    Upsert,
    build_generation,
)
from tests.autocomplete import reference
from tests.autocomplete.test_ranking import people

Answer = Callable[[list[Entry], str], list[str]]


def from_files(entries: list[Entry], directory: Path, text: str) -> list[str]:
    build_generation(directory, entries, position=1, epoch="e")
    return [found.name for found in Shard.open(directory).complete(text)]


def from_files_and_the_overlay(entries: list[Entry], directory: Path, text: str) -> list[str]:
    build_generation(directory, entries[::2], position=1, epoch="e")
    shard = Shard.open(directory)
    shard.apply([Upsert(entry) for entry in entries[1::2]], 2)
    return [found.name for found in shard.complete(text)]


def from_the_reference(entries: list[Entry], _: Path, text: str) -> list[str]:
    return [found.name for found in reference.complete(entries, text)]


@pytest.fixture(params=[from_files, from_files_and_the_overlay, from_the_reference])
def names(request: pytest.FixtureRequest, tmp_path: Path) -> Answer:
    def answer(entries: list[Entry], text: str) -> list[str]:
        found: list[str] = request.param(entries, tmp_path, text)
        return found

    return answer


@pytest.mark.parametrize(
    "typed",
    ["miller", "muler", "mulller", "mulelr", "mukler", "umller", "nuller", "uller", "mullerr"],
)
def test_a_slip_at_any_place_is_understood(names: Answer, typed: str) -> None:
    assert names(people("Eva Muller", "Ada Stone"), typed) == ["Eva Muller"]


@pytest.mark.parametrize("typed", ["filip", "phillip", "fillipp", "philip berg", "filip berg"])
def test_so_is_another_spelling_of_the_same_sound(names: Answer, typed: str) -> None:
    assert names(people("Philipp Berg", "Ada Stone"), typed) == ["Philipp Berg"]


def test_no_guess_crowds_out_another_however_popular_it_is(names: Answer) -> None:
    entries = people("A Muller", "B Moller", *["C Miller"] * 20)
    assert names(entries, "mller")[:4] == ["C Miller", "B Moller", "A Muller", "C Miller"]


def test_a_whole_word_comes_before_a_beginning_and_alone(names: Answer) -> None:
    entries = people("Eva Johanson", *["Ada Johansonius"] * 3)
    assert names(entries, "johamson") == ["Eva Johanson"]
    assert names(entries[1:], "johamson") == ["Ada Johansonius"] * 3


def test_a_word_that_sounds_nearly_alike_is_found_where_no_other_is(names: Answer) -> None:
    entries = people("Bjorn Skjoldvik", "Ada Stone")
    assert names(entries, "sholtfik") == ["Bjorn Skjoldvik"]
    assert names([*people("Eva Sholtvik"), *entries[1:]], "sholtfik") == ["Eva Sholtvik"]
    assert names(people("Bjorn Skjoldvik", "Eva Sholtvik"), "sholtfik") == ["Eva Sholtvik"]


@pytest.mark.parametrize("number", [1, 3, 4, 20])
def test_a_name_that_many_have_needs_fewer_letters(names: Answer, number: int) -> None:
    """Four of them make up for half a letter that a key beside the right one lacks here."""
    found = names(people(*["Ada Sax"] * number, "Eva Stone"), "dax")
    assert found == (["Ada Sax"] * min(number, 10) if number >= 4 else [])


def test_an_own_contact_counts_as_many(tmp_path: Path) -> None:
    entries = people("Ada Sax", "Eva Stone")
    build_generation(tmp_path, entries, position=1, epoch="e")
    own = PersonalTable({}, [entries[0]._replace(identity="own", kind=EntryKind.CONTACT)])
    used = PersonalTable({entries[0].identity: 1})
    shard = Shard.open(tmp_path)
    assert shard.complete("dax") == []
    assert [found.name for found in shard.complete("dax", personal=own)] == ["Ada Sax"] * 2
    assert [found.name for found in shard.complete("dax", personal=used)] == ["Ada Sax"]


def test_two_wrong_words_are_understood_where_somebody_has_both(names: Answer) -> None:
    entries = people("Thomas Zimmer", "Thomas Stone", "Ada Zimmer")
    assert names(entries, "tomas zimemr") == ["Thomas Zimmer"]
    assert names(entries, "tohmas zimemr x") == []


def test_several_words_that_somebody_has_are_right_as_they_are(names: Answer) -> None:
    assert names(people("Anna Berg", "Anna Borg"), "anna berg") == ["Anna Berg"]


def test_three_letters_may_be_a_name_of_four_but_begin_nothing_else(names: Answer) -> None:
    assert names(people("Adam Stone"), "adm") == ["Adam Stone"]
    assert names(people("Adamina Stone"), "adm") == []


def test_a_correction_says_so(tmp_path: Path) -> None:
    build_generation(tmp_path, people("Thomas Zimmermann"), position=1, epoch="e")
    shard = Shard.open(tmp_path)
    kinds = {
        text: [found.match for found in shard.complete(text)]
        for text in ("thomsa", "zimemrma", "thomsa zimemrmann", "thomas")
    }
    assert kinds == {
        "thomsa": [Match.CORRECTED],
        "zimemrma": [Match.CORRECTED_BEGINNING],
        "thomsa zimemrmann": [Match.CORRECTED_TWICE],
        "thomas": [Match.WHOLE_IN_ORDER],
    }
    assert all(match < Match.CORRECTED for match in Match if "CORRECTED" not in match.name)
