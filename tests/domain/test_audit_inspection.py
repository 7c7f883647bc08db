"""Whatever is done to a log, the inspection names the entries it was done to, and no others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.audit_chain import BEGIN, digest_of, hash_carried, is_sealed, seal_of
from contactsgroups.domain.audit_inspection import ChainEnd, Damage, Fault, Inspection

Log = list[dict[str, Any]]

KEY, FORMER, FOREIGN = "our key", "our former key", "a key of others"


def chain(texts: Sequence[str], *keys: str) -> tuple[Log, ChainEnd]:
    """A log whose entries were sealed with ``keys`` one after the other, the last to the end."""
    log: Log = []
    carried, digest, seal = BEGIN, BEGIN, ""
    for number, text in enumerate(texts, 1):
        entry = {"id": number, "text": text, "previous": carried}
        digest = digest_of(entry)
        key = keys[min(number, len(keys)) - 1]
        seal = seal_of(digest, key) if key else ""
        carried = hash_carried(digest, seal)
        log.append(entry | {"seal": seal})
    return log, ChainEnd(len(texts), digest, seal)


def make_anew(log: Log, start: int, key: str) -> ChainEnd:
    """Compute all hashes from an entry on, as somebody does who can write to the database."""
    carried = hash_of(log[start - 1]) if start else BEGIN
    digest = seal = ""
    for entry in log[start:]:
        entry["previous"] = carried
        digest = digest_of(entry)
        entry["seal"] = seal = seal_of(digest, key)
        carried = hash_of(entry)
    return ChainEnd(log[-1]["id"], digest, seal)


def hash_of(entry: dict[str, Any]) -> str:
    return hash_carried(digest_of(entry), entry["seal"])


def inspect(
    log: Log, end: ChainEnd, keys: Sequence[str] = (KEY,), *, first: int = 1
) -> list[Fault]:
    inspection = Inspection(end, keys, first=first)
    found = []
    for entry in sorted(log, key=lambda entry: entry["id"]):
        found += list(inspection.take(entry))
    return found + list(inspection.finish())


def named(faults: Sequence[Fault], *damages: Damage) -> set[int]:
    wanted = damages or tuple(Damage)
    return {
        number
        for fault in faults
        if fault.damage in wanted
        for number in range(fault.first, fault.last + 1)
    }


texts = st.lists(st.text(max_size=3), min_size=1, max_size=12)


@given(texts)
def test_a_log_that_nobody_touched_is_whole(texts: list[str]) -> None:
    for keys in ([KEY], [FORMER, FORMER, KEY], [""]):
        log, end = chain(texts, *keys)
        used = [KEY, FORMER] if keys != [""] else []
        assert inspect(log, end, used) == []
        assert inspect(log[3:], end, used, first=4) == []


def test_an_empty_log_is_whole() -> None:
    assert inspect([], ChainEnd(0, BEGIN, "")) == []


@given(texts, st.data())
def test_a_changed_entry_is_named_and_no_other(texts: list[str], data: st.DataObject) -> None:
    log, end = chain(texts, KEY)
    places = data.draw(st.sets(st.integers(0, len(log) - 1), min_size=1))
    for place in places:
        column = data.draw(st.sampled_from(["text", "previous", "seal"]))
        log[place][column] += "x"
    assert named(inspect(log, end), Damage.CHANGED) == {place + 1 for place in places}


@given(texts, st.data())
def test_without_the_key_a_neighbour_may_be_named_too(
    texts: list[str], data: st.DataObject
) -> None:
    log, end = chain(texts, KEY)
    place = data.draw(st.integers(0, len(log) - 1))
    log[place][data.draw(st.sampled_from(["text", "previous", "seal"]))] += "x"
    found = named(inspect(log, end, []))
    assert place + 1 in found
    assert found <= {place, place + 1}


@given(texts, st.data())
def test_missing_entries_are_named_and_no_others(texts: list[str], data: st.DataObject) -> None:
    log, end = chain(texts, KEY)
    gone = data.draw(st.sets(st.integers(1, len(log)), min_size=1))
    found = inspect([entry for entry in log if entry["id"] not in gone], end)
    assert {fault.damage for fault in found} == {Damage.MISSING}
    assert named(found) == gone


@given(texts, st.data())
def test_entries_cut_off_are_named_though_the_rest_fits(
    texts: list[str], data: st.DataObject
) -> None:
    log, end = chain(texts, KEY)
    kept = data.draw(st.integers(0, len(log) - 1))
    assert inspect(log[:kept], end) == [Fault(Damage.MISSING, kept + 1, len(log))]


@given(texts, st.data())
def test_two_entries_that_changed_places_are_both_named(
    texts: list[str], data: st.DataObject
) -> None:
    log, end = chain([*texts, "one more"], KEY)
    first, second = data.draw(
        st.lists(st.sampled_from(log), min_size=2, max_size=2, unique_by=lambda each: each["id"])
    )
    first["id"], second["id"] = second["id"], first["id"]
    assert named(inspect(log, end), Damage.CHANGED) == {first["id"], second["id"]}


@given(texts, st.data())
def test_an_entry_put_between_is_named_with_those_that_moved(
    texts: list[str], data: st.DataObject
) -> None:
    log, end = chain(texts, KEY)
    place = data.draw(st.integers(1, len(log)))
    for entry in log[place - 1 :]:
        entry["id"] += 1
    log.append({"id": place, "text": "made up", "previous": BEGIN, "seal": ""})
    found = inspect(log, end)
    assert named(found, Damage.CHANGED) == set(range(place, len(texts) + 1))
    assert named(found, Damage.ADDED) == {len(texts) + 1}


@pytest.mark.parametrize("number", [-1, 0, 4, 9])
def test_an_entry_outside_of_the_chain_was_added(number: int) -> None:
    log, end = chain(["a", "b", "c"], KEY)
    log.append({"id": number, "text": "made up", "previous": BEGIN, "seal": ""})
    assert inspect(log, end) == [Fault(Damage.ADDED, number, number)]


@given(texts, st.data())
def test_who_computes_all_hashes_anew_but_has_no_key_is_found(
    texts: list[str], data: st.DataObject
) -> None:
    log, _ = chain(texts, KEY)
    place = data.draw(st.integers(0, len(log) - 1))
    log[place]["text"] += "x"
    end = make_anew(log, place, FOREIGN)
    assert inspect(log, end) == [Fault(Damage.NOT_SEALED, place + 1, len(log))]
    assert inspect(log, end, []) == []


def test_hashes_made_anew_in_the_middle_are_named_where_they_begin() -> None:
    log, end = chain("abcdefgh", KEY)
    log[2]["text"] = "x"
    make_anew(log[:6], 2, FOREIGN)
    assert inspect(log, end) == [Fault(Damage.NOT_SEALED, 3, 5), Fault(Damage.CHANGED, 6, 6)]


def test_seals_of_a_key_that_is_gone_are_vouched_for_by_a_later_one() -> None:
    log, end = chain("abcde", FORMER, FORMER, KEY)
    assert not is_sealed(digest_of(log[0]), log[0]["seal"], [KEY])
    assert inspect(log, end, [KEY]) == []
    log[0]["text"] = "x"
    assert named(inspect(log, end, [KEY]), Damage.CHANGED) == {1}


@pytest.mark.parametrize("column", ["digest", "seal", "last"])
def test_another_end_of_the_log_is_noticed(column: str) -> None:
    log, end = chain("abc", KEY)
    changes: dict[str, Callable[[], list[Fault]]] = {
        "digest": lambda: inspect(log, replace(end, digest="x")),
        "seal": lambda: inspect(log, replace(end, seal="x")),
        "last": lambda: inspect(log, replace(end, last=2)),
    }
    assert changes[column]() != []


def test_what_cannot_be_read_was_changed() -> None:
    log, end = chain("abc", KEY)
    inspection = Inspection(end, [KEY])
    found = [*inspection.take(log[0]), *inspection.take_unreadable(2), *inspection.take(log[2])]
    assert found + list(inspection.finish()) == [Fault(Damage.CHANGED, 2, 2)]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(Damage.CHANGED, 31877, 31877), "entry 31,877 was changed"),
        (Fault(Damage.CHANGED, 1, 2), "entries 1 to 2 were changed"),
        (Fault(Damage.MISSING, 1, 1), "entry 1 is missing"),
        (Fault(Damage.MISSING, 1, 2), "entries 1 to 2 are missing"),
        (Fault(Damage.ADDED, 3, 3), "entry 3 was added"),
        (Fault(Damage.NOT_SEALED, 3, 4), "entries 3 to 4 have no seal of this installation"),
        (Fault(Damage.END, 3, 3), "the note that the log ends with entry 3 was changed"),
    ],
)
def test_faults_are_told_in_words(fault: Fault, text: str) -> None:
    assert str(fault) == text
