"""What is typed as it stands comes before what merely begins like it, however popular that is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    PersonalTable,
    Shard,
    Upsert,
    build_generation,
    scan,
)
from tests.autocomplete import reference

Answer = Callable[..., list[str]]


def people(*names: str) -> list[Entry]:
    """People with these names, each more popular than the one before."""
    entries = []
    for number, name in enumerate(names):
        address = f"q{number}@host.invalid"
        entries.append(Entry(address, EntryKind.ACCOUNT, name, address, number, "{}"))
    return entries


def from_files(entries: list[Entry], directory: Path, text: str, table: PersonalTable) -> list[str]:
    build_generation(directory, entries, position=1, epoch="e")
    return [each.name for each in Shard.open(directory).complete(text, personal=table)]


def from_the_overlay(
    entries: list[Entry], directory: Path, text: str, table: PersonalTable
) -> list[str]:
    build_generation(directory, [], position=1, epoch="e")
    shard = Shard.open(directory)
    shard.apply([Upsert(entry) for entry in entries], 2)
    return [each.name for each in shard.complete(text, personal=table)]


def from_a_scan(entries: list[Entry], _: Path, text: str, table: PersonalTable) -> list[str]:
    return [each.name for each in scan(entries, text, personal=table)]


def from_the_reference(entries: list[Entry], _: Path, text: str, table: PersonalTable) -> list[str]:
    boosts = {e.identity: table.boost_of(e.identity) for e in entries if table.is_used(e.identity)}
    return [each.name for each in reference.complete(entries, text, boosts=boosts)]


@pytest.fixture(params=[from_files, from_the_overlay, from_a_scan, from_the_reference])
def names(request: pytest.FixtureRequest, tmp_path: Path) -> Answer:
    def answer(entries: list[Entry], text: str, used: dict[str, int] | None = None) -> list[str]:
        found: list[str] = request.param(entries, tmp_path, text, PersonalTable(used or {}))
        return found

    return answer


def test_whole_words_come_first(names: Answer) -> None:
    entries = people("Kim Lee", *["Kimberly Leeds"] * 10)
    assert names(entries, "kim lee")[0] == "Kim Lee"


def test_then_the_order_of_the_name(names: Answer) -> None:
    assert names(people("Kim Lee", "Lee Kim"), "kim lee") == ["Kim Lee", "Lee Kim"]
    assert names(people("Lee Kim", "Kim Lee"), "lee kim") == ["Lee Kim", "Kim Lee"]


@pytest.mark.parametrize("surname", ["Li", "Lee", "Ng"])
def test_a_short_surname_typed_whole_is_found(names: Answer, surname: str) -> None:
    entries = people(f"Anna {surname}", *[f"{surname}sa Nobody"] * 10)
    assert names(entries, surname)[0] == f"Anna {surname}"


def test_a_name_that_begins_so_comes_before_a_later_word(names: Answer) -> None:
    entries = people("Martha Novak", *["Anna Martin"] * 10)
    assert names(entries, "mart")[0] == "Martha Novak"
    assert names(people("Martha Novak", "Anna Martin"), "mart no") == ["Martha Novak"]


def test_an_address_that_begins_so_counts_as_well(names: Answer) -> None:
    wanted = Entry("w", EntryKind.ACCOUNT, "Anna", "martha.x@host.invalid", 0, "{}")
    assert names([*people(*["Berta Martin"] * 10), wanted], "mart")[0] == "Anna"


def test_one_letter_is_an_initial_and_no_whole_word(names: Answer) -> None:
    entries = [
        Entry("a", EntryKind.ACCOUNT, "Zoe", "x.a@host.invalid", 1, "{}"),
        Entry("b", EntryKind.ACCOUNT, "Anna", "q@host.invalid", 0, "{}"),
    ]
    assert names(entries, "a") == ["Anna", "Zoe"]


def test_initials_come_behind_words_and_count_beside_a_surname_only(names: Answer) -> None:
    entries = people("James Oliver Smith", "Jo Smithson", "Smith Joanna")
    assert names(entries, "jo smith") == ["Jo Smithson", "Smith Joanna", "James Oliver Smith"]
    assert names(entries, "smith jo") == ["Smith Joanna", "Jo Smithson", "James Oliver Smith"]
    assert names(entries, "jo smi") == ["Jo Smithson", "Smith Joanna"]
    assert names(entries, "jo") == ["Jo Smithson", "Smith Joanna"]


def test_of_those_one_writes_to_any_word_may_be_the_first(names: Answer) -> None:
    entries = people("Anna Martin", *["Martha Novak"] * 10)
    assert names(entries, "mart", {"q0@host.invalid": 100})[0] == "Anna Martin"
    entries = people("Anna Martin", *["Martin Novak"] * 10)
    assert names(entries, "martin", {"q0@host.invalid": 100})[0] == "Anna Martin"


def test_a_person_with_a_word_for_each_typed_one_is_among_the_ten(names: Answer) -> None:
    entries = people("Mari Martin", *["Mari Smith"] * 12)
    assert names(entries, "mari ma") == ["Mari Martin"]
