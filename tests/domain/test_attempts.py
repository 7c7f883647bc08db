"""How many wrong passwords are too many, for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.attempts import (
    FROM_FAMILIAR,
    FROM_STRANGER,
    GUARDED,
    GUARDED_SECONDS,
    OF_ACCOUNT,
    OF_CLIENT,
    Client,
    Face,
    Tallies,
    Tally,
    account_of,
)

NOW = 1_000_000.0
times = st.lists(st.floats(0, 10_000), min_size=1, max_size=80).map(sorted)


def failed(tallies, times, now=NOW):
    for _ in range(times):
        tallies = tallies.counting(1, now)
    return tallies


def tried(tallies, now):
    """The tallies after one more wrong password, and whether it was checked."""
    return (tallies, False) if tallies.wait(now) else (tallies.counting(1, now), True)


@given(times)
def test_over_any_time_no_more_are_checked_than_the_limit_allows(seconds):
    tallies, checked = Tallies(), []
    for second in seconds:
        tallies, was_checked = tried(tallies, NOW + second)
        checked += [second] if was_checked else []
    for start in range(len(checked)):
        for end in range(start, len(checked)):
            most = FROM_STRANGER.most + (checked[end] - checked[start]) / FROM_STRANGER.seconds
            assert end - start + 1 <= most + 1e-6


@given(times)
def test_who_waits_as_long_as_told_may_try_again(seconds):
    tallies = Tallies()
    for second in seconds:
        tallies, _ = tried(tallies, NOW + second)
        wait = tallies.wait(NOW + second)
        assert tallies.wait(NOW + second + wait + 0.001) == 0


@pytest.mark.parametrize(("familiar", "limit"), [(False, FROM_STRANGER), (True, FROM_FAMILIAR)])
def test_one_account_from_one_client(familiar, limit):
    tallies = failed(Tallies(familiar=familiar), limit.most - 1)
    assert tallies.wait(NOW) == 0
    assert failed(tallies, 1).wait(NOW) == pytest.approx(limit.seconds)


def test_a_client_is_stopped_for_accounts_that_it_never_signed_in_to():
    guilty = Tallies(client=failed(Tallies(), OF_CLIENT.most).client)
    assert guilty.wait(NOW) == pytest.approx(OF_CLIENT.seconds)
    assert Tallies(client=guilty.client, familiar=True).wait(NOW) == 0


def test_an_account_that_many_guess_is_slow_for_strangers_and_open_to_its_owner():
    guessed = failed(Tallies(), OF_ACCOUNT.most).account
    assert 0 < Tallies(account=guessed).wait(NOW) <= OF_ACCOUNT.seconds
    assert Tallies(account=guessed, familiar=True).wait(NOW) == 0
    assert Tallies(account=guessed).wait(NOW + OF_ACCOUNT.seconds) == 0


def test_at_an_account_that_is_being_guessed_a_stranger_has_one_wrong_password():
    guessed = Tallies(account=failed(Tallies(), GUARDED + 5).account)
    assert guessed.wait(NOW) == 0
    assert failed(guessed, 1).wait(NOW) == GUARDED_SECONDS


def test_what_is_taken_back_does_not_count():
    assert failed(Tallies(), 3).counting(-1, NOW) == failed(Tallies(), 2)
    assert Tallies().counting(-1, NOW).wait(NOW) == 0


@given(st.floats(0, 1e9))
def test_a_clock_that_is_set_back_neither_forgets_nor_locks_for_longer(seconds):
    tally = Tally(5, NOW)
    assert tally.left(FROM_STRANGER, NOW - seconds) == 5
    assert tally.wait(FROM_STRANGER, NOW - seconds) == 60


SPELLINGS = [
    "ada@example.org",
    "ADA@EXAMPLE.ORG",
    " ada@example.org\t",
    "ada@example.org.",
    "ada@ｅｘａｍｐｌｅ.ｏｒｇ",
    "ada@example\u3002org",
    "ada+anything@example.org",
    "Ada+x+y@Example.Org",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_an_address_stands_for_one_account(spelling):
    assert account_of(spelling) == "ada@example.org"


@pytest.mark.parametrize(
    "spellings",
    [
        ("zoë@example.org", "zoe\u0308@example.org", "ZOË@example.org"),
        ("straße@example.org", "STRASSE@example.org", "strasse@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example", "a@b\u0075\u0308cher.example"),
    ],
)
def test_unicode_forms_stand_for_one_account(spellings):
    assert len({account_of(each) for each in spellings}) == 1


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@example.org", "a b@example.org", "a\0@x.org"]
)
def test_what_is_no_address_is_no_account(text):
    assert account_of(text) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
    ],
)
def test_a_client_is_an_address_or_the_network_of_one_customer(one, other, same):
    assert (Client(Face.PAGES, one).key == Client(Face.API, other).key) is same
