"""What is left out of records and numbers on disk comes back as it was."""

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete import Entry, EntryKind, Shard, build_generation
from contactsgroups.autocomplete.disk.documents import (
    NO_FRAME,
    Frame,
    Frames,
    encode_record,
    tie_key,
)
from contactsgroups.autocomplete.disk.files import map_numbers, write_numbers
from contactsgroups.autocomplete.disk.keys import KeyTable, hash_key, write_key_table
from contactsgroups.autocomplete.entry import Match, completion_of
from tests.autocomplete import material

in_a_fresh_directory = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
texts = st.text('ab\x01\x02\x03"{}:,0é\ud800', max_size=6)
payloads = st.text('ab"{}:,01é', max_size=12)


def account(number: int, name: str = "Anna", address: str = "") -> Entry:
    address = address or f"a{number}@example.org"
    payload = f'{{"id":"{number}","name":"{name}","address":"{address}"}}'
    return Entry(address, EntryKind.ACCOUNT, name, address, 1, payload)


def frames_of(entries: list[Entry]) -> Frames:
    frames = Frames()
    frames.learn(entries)
    return frames


def test_the_frame_is_what_payloads_share_around_their_ids() -> None:
    """The ids of the sample all begin with 1; those of later entries do not."""
    frames = frames_of([account(number) for number in range(100, 200)])
    assert frames[1] == Frame('{"id":"', '","name":"\x01","address":"\x02"}')
    assert frames[0] == NO_FRAME
    assert encode_record(account(7), frames) == b"Anna\0a7@example.org\0\x037"


def test_one_unusual_payload_in_the_sample_does_not_spoil_the_frame() -> None:
    usual = [account(number) for number in range(20)]
    unusual = account(20)._replace(payload='["something else"]')
    assert frames_of([*usual, unusual]) == frames_of(usual)


def test_a_kind_that_comes_late_gets_its_frame_then() -> None:
    """A directory is read groups first, and there may be thousands."""
    groups = [account(number)._replace(kind=EntryKind.GROUP) for number in range(20)]
    frames = frames_of(groups)
    assert frames[1] == NO_FRAME
    frames.learn([account(number) for number in range(20)])
    assert frames[0] == frames[1] != NO_FRAME


@in_a_fresh_directory
@given(
    st.lists(
        st.builds(
            Entry,
            texts,
            material.kinds,
            texts,
            texts,
            st.integers(-3, 3) | st.sampled_from([1 << 40, -(1 << 40)]),
            payloads,
        )
        | st.builds(account, st.integers(0, 999), texts.filter(lambda text: text < "\ud800")),
        max_size=12,
        unique_by=lambda entry: entry.identity,
    )
)
def test_any_entry_comes_back_as_it_was(tmp_path: Path, entries: list[Entry]) -> None:
    """With frames learned from a sample of anything, and identities that are the address or not."""
    usable = [entry for entry in entries if not set(entry.payload) & set("\x01\x02\x03")]
    build_generation(tmp_path, usable, position=1, epoch="e", wait=True)
    shard = Shard.open(tmp_path)
    assert sorted(shard.entries()) == sorted(usable)
    assert all(shard.find(entry.identity) == entry for entry in usable)


@given(st.permutations(["a@example.org", "a@example.orga", "a@example.or", "x", "", "a\x02"]))
def test_ties_are_broken_by_identity_even_where_it_is_left_out(identities: list[str]) -> None:
    entries = [
        account(1, address="a@example.org")._replace(identity=identity) for identity in identities
    ]
    frames = Frames()
    by_record = sorted(entries, key=lambda entry: tie_key(encode_record(entry, frames)))
    assert by_record == sorted(entries, key=lambda entry: completion_of(entry, Match.WORD))


@in_a_fresh_directory
@given(st.lists(st.sampled_from([0, 1, -1, 99, -99, 40_000, -40_000, 1 << 31, -(1 << 40)])))
def test_numbers_of_any_width_come_back(tmp_path: Path, numbers: list[int]) -> None:
    write_numbers(tmp_path / "numbers", np.array(numbers, np.int64))
    assert list(map_numbers(tmp_path / "numbers", len(numbers))) == numbers


@in_a_fresh_directory
@given(st.lists(st.text("ab", max_size=4), max_size=80))
def test_a_key_leads_to_its_documents_in_order(tmp_path: Path, keys: list[str]) -> None:
    hashes = np.array([hash_key(key) for key in keys], np.uint32)
    write_key_table(tmp_path, "key", hashes, np.arange(len(keys), dtype=np.uint32))
    table = KeyTable(tmp_path, "key", len(keys))
    for key in {*keys, "never"}:
        assert table.find(key) == [number for number, other in enumerate(keys) if other == key]
