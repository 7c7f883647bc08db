"""The hash of an entry depends on all it says and on nothing else, and seals on a key as well."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from contactsgroups.domain.audit_chain import digest_of, hash_carried, is_sealed, seal_of

ENTRY = {
    "id": 7,
    "at": datetime(2026, 11, 26, 8, 0, 0, 120, UTC),
    "actor": "ada@example.org",
    "detail": '{"fields": {"display_name": ["Grüße", "北京 🦊"]}}',
    "previous": "0" * 64,
    "seal": "",
}


def test_a_hash_can_be_computed_by_hand() -> None:
    """``printf … | sha256sum``, with the names sorted and nothing escaped but quotes."""
    entry = {"id": 1, "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "actor": 'ä"'}
    text = r'{"actor": "ä\"", "at": "2026-01-02T03:04:05.000000+00:00", "id": 1}'
    assert digest_of(entry) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8},
        {"at": ENTRY["at"] + timedelta(microseconds=1)},  # type: ignore[operator]
        {"actor": "ada@example.orG"},
        {"detail": '{"fields": {"display_name": ["Gru\u0308ße", "北京 🦊"]}}'},
        {"detail": str(ENTRY["detail"]) + " "},
        {"previous": "0" * 63 + "1"},
        {"actor": ""},
        {"actor": b"ada@example.org"},
    ],
)
def test_every_letter_counts(change: dict[str, object]) -> None:
    assert digest_of(ENTRY | change) != digest_of(ENTRY)


def test_what_no_reader_sees_counts_for_nothing() -> None:
    elsewhere = datetime(2026, 11, 26, 9, 0, 0, 120, timezone(timedelta(hours=1)))
    same = dict(reversed((ENTRY | {"at": elsewhere, "seal": "another", "later": None}).items()))
    assert digest_of(same) == digest_of(ENTRY)


def test_a_seal_is_good_with_its_own_key_alone_and_is_carried_on() -> None:
    digest = digest_of(ENTRY)
    seal = seal_of(digest, "key")
    assert is_sealed(digest, seal, ["other", "key"])
    assert not is_sealed(digest, seal, ["other"])
    assert not is_sealed(digest, seal, [])
    assert not is_sealed(digest, "", ["key"])
    assert not is_sealed(digest, "é", ["key"])
    assert hash_carried(digest, seal) != hash_carried(digest, "")
