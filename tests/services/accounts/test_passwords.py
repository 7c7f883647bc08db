"""Passwords are kept as salted scrypt hashes, and a right one is only slow the first time."""

import secrets

import pytest

from contactsgroups.services.accounts import passwords
from contactsgroups.services.accounts.passwords import hash_password, verify


def test_a_hash_fits_its_password_and_no_other() -> None:
    hashed = hash_password("correct horse")
    assert "correct horse" not in hashed
    assert hashed.startswith("scrypt:")
    assert verify("correct horse", hashed)
    for other in ("Correct horse", "correct horse ", ""):
        assert not verify(other, hashed)


def test_the_same_password_has_another_hash_each_time() -> None:
    assert hash_password("correct horse") != hash_password("correct horse")


def test_without_an_account_nothing_fits_but_a_hash_is_checked_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or the time of the answer would say which accounts there are."""
    checked = []

    def check(hashed: str, password: str) -> bool:
        checked.append(password)
        return real(hashed, password)

    real = passwords.check_password_hash
    monkeypatch.setattr(passwords, "check_password_hash", check)
    new = [secrets.token_hex(), f"{secrets.token_hex()}é", f" {secrets.token_hex()}"]
    for password in new:  # One that was wrong before is remembered.
        assert not verify(password, None)
    assert checked == new


def test_a_right_password_is_remembered_with_its_hash_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = hash_password("the first one"), hash_password("the second one")
    assert verify("the first one", first)
    slow = []

    def check(hashed: str, password: str) -> bool:
        slow.append((hashed, password))
        return False

    monkeypatch.setattr(passwords, "check_password_hash", check)
    assert verify("the first one", first)
    assert slow == []
    assert not verify("the first one", second)
    assert not verify("the second one", first)
    assert len(slow) == 2


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_REMEMBERED_LIMIT", 3)
    remembered = passwords._Passwords()
    for number in range(5):
        remembered.remember(f"password {number}", "hash")
    assert remembered.knows("password 2", "hash")
    remembered.remember("password 5", "hash")
    known = [number for number in range(6) if remembered.knows(f"password {number}", "hash")]
    assert known == [2, 4, 5]


def test_a_wrong_password_is_slow_once_with_and_without_an_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or a device with an old password would take a core for ever."""
    hashed = hash_password("the right one")
    slow = []
    monkeypatch.setattr(
        passwords, "check_password_hash", lambda *given: slow.append(given) or False
    )
    for _ in range(3):
        assert not verify("an old one", hashed, "ada@example.org")
        assert not verify("an old one", None, "nobody@example.org")
    assert len(slow) == 2
    assert not verify("an old one", None, "another@example.org")
    assert len(slow) == 3


def test_a_wrong_password_may_become_the_right_one() -> None:
    assert not verify("the new one", hash_password("the old one"), "ada@example.org")
    assert verify("the new one", hash_password("the new one"), "ada@example.org")
