"""The limit on wrong passwords."""

from contextlib import suppress

import pytest
from werkzeug.exceptions import TooManyRequests

from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.web.attempts import PER_ADDRESS_AND_CLIENT, PER_CLIENT, WINDOW, Attempts


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def attempts(clock):
    return Attempts(clock)


def fail(attempts, address, client="192.0.2.1"):
    with pytest.raises(NotAuthenticated), attempts.limit(address, client):
        raise NotAuthenticated("wrong")


def is_stopped(attempts, address, client="192.0.2.1"):
    try:
        with attempts.limit(address, client):
            return False
    except TooManyRequests:
        return True


def test_the_spelling_of_the_address_makes_no_difference(attempts):
    for spelling in ("a@x.org", "A@x.org", " a@x.org", "a@X.ORG", "a@x.org "):
        fail(attempts, spelling)
    assert is_stopped(attempts, "a@x.org")


def test_a_success_forgets_the_failures(attempts):
    for _ in range(PER_ADDRESS_AND_CLIENT - 1):
        fail(attempts, "a@x.org")
    assert not is_stopped(attempts, "a@x.org")
    fail(attempts, "a@x.org")
    assert not is_stopped(attempts, "a@x.org")


def test_failures_are_forgotten_with_time(attempts, clock):
    for _ in range(PER_ADDRESS_AND_CLIENT):
        fail(attempts, "a@x.org")
    assert is_stopped(attempts, "a@x.org")
    clock.now += WINDOW
    assert not is_stopped(attempts, "a@x.org")


def test_trying_many_addresses_is_stopped_too(attempts):
    for number in range(PER_CLIENT):
        fail(attempts, f"a{number}@x.org")
    assert is_stopped(attempts, "fresh@x.org")
    assert not is_stopped(attempts, "fresh@x.org", client="192.0.2.2")


def test_other_errors_do_not_count(attempts):
    for _ in range(PER_ADDRESS_AND_CLIENT + 1):
        with pytest.raises(ValueError, match="broken"), attempts.limit("a@x.org", "192.0.2.1"):
            raise ValueError("broken")
    assert not is_stopped(attempts, "a@x.org")


def test_a_flood_of_addresses_does_not_fill_the_memory(attempts):
    for number in range(10_500):
        with suppress(NotAuthenticated), attempts.limit(f"a{number}@x.org", f"client {number}"):
            raise NotAuthenticated("wrong")
    assert len(attempts._failures) <= 20_000
