"""What a process remembers of sign-ins, within limits."""

import pytest

from contactsgroups.domain.attempts import FROM_STRANGER
from contactsgroups.services.accounts import recent_sign_ins
from contactsgroups.services.accounts.recent_sign_ins import ProvenConnections, Repeats

CONNECTION = ("ada@example.org", "192.0.2.1", "4711 a program")


def test_one_wrong_password_ends_what_a_right_one_has_proven() -> None:
    proven = ProvenConnections()
    assert CONNECTION not in proven
    proven.add(CONNECTION)
    assert CONNECTION in proven
    proven.discard(CONNECTION)
    proven.discard(CONNECTION)
    assert CONNECTION not in proven


def test_a_password_that_comes_again_and_again_has_to_wait() -> None:
    repeats = Repeats()
    repeated = ("192.0.2.1", b"a password")
    assert repeated not in repeats
    repeats.note(repeated, 1000.0)
    assert repeated in repeats
    waits = [repeats.count(repeated, 1000.0) for _ in range(FROM_STRANGER.most)]
    assert waits == [0.0] * (FROM_STRANGER.most - 1) + [FROM_STRANGER.seconds]
    repeats.note(repeated, 1000.0)
    assert repeats.count(repeated, 1000.0) == FROM_STRANGER.seconds
    assert repeats.count(("192.0.2.1", b"another"), 1000.0) == 0.0
    assert repeats.count(repeated, 1000.0 + FROM_STRANGER.seconds) == 0.0


def test_both_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_sign_ins, "_REMEMBERED_LIMIT", 3)
    proven, repeats = ProvenConnections(), Repeats()
    for number in range(10):
        proven.add((str(number),))
        repeats.count((str(number), b""), 1000.0)
    assert [number for number in range(10) if (str(number),) in proven] == [7, 8, 9]
    assert len(repeats._tallies) == 3
