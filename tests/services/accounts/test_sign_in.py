"""Signing in within the limits: who is stopped, who never is, and what one line of the log says."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contactsgroups.domain.attempts import (
    FROM_FAMILIAR,
    FROM_STRANGER,
    GUARDED,
    OF_ACCOUNT,
    OF_CLIENT,
    Client,
    Face,
)
from contactsgroups.domain.errors import NotAuthenticated, SignInBusy, TooManyAttempts
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.proxies import read_trusted
from contactsgroups.persistence import Database
from contactsgroups.persistence.attempts import Attempts
from contactsgroups.services import accounts
from contactsgroups.services.accounts import passwords
from contactsgroups.services.accounts.sign_in import SignIn
from tests.directories import add_account

ADA, RIGHT = "ada@example.org", "correct horse"
HOME = Client(Face.PAGES, "192.0.2.1")


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash that takes no time; the slow one has tests of its own."""
    monkeypatch.setattr(passwords, "hash_password", lambda password: f"hash of {password}")
    monkeypatch.setattr(passwords, "check_password_hash", lambda h, p: h == f"hash of {p}")
    for name in ("_right", "_wrong"):
        monkeypatch.setattr(passwords, name, passwords._Passwords())
    passwords._hash_of_nothing.cache_clear()


@pytest.fixture
def database(database: Database, fast: None, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(
        "contactsgroups.services.accounts.accounts.hash_password", lambda p: f"hash of {p}"
    )
    for address in (ADA, "bob@example.org"):
        accounts.set_password(database, OPERATOR, address, RIGHT)
    return database


@pytest.fixture
def make(database: Database, tmp_path: Path, clock: Clock) -> Iterator["Makes"]:
    made = []

    def make() -> SignIn:
        attempts = Attempts(tmp_path / "attempts.sqlite")
        made.append(SignIn(database, attempts, read_trusted("10.0.0.1"), clock))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def sign_in(make: "Makes") -> SignIn:
    return make()


Makes = type(lambda: None)


def outcome(sign_in: SignIn, password: str, client: Client = HOME, address: str = ADA) -> str:
    try:
        return str(sign_in.authenticate(address, password, client).address)
    except (NotAuthenticated, TooManyAttempts) as error:
        return type(error).__name__


def guess(sign_in: SignIn, times: int, client: Client = HOME, address: str = ADA) -> set[str]:
    return {outcome(sign_in, f"guess {client} {each}", client, address) for each in range(times)}


def test_guesses_are_stopped_and_the_right_one_among_them_too(sign_in: SignIn) -> None:
    assert guess(sign_in, FROM_STRANGER.most) == {"NotAuthenticated"}
    assert outcome(sign_in, RIGHT) == "TooManyAttempts"


def test_after_a_minute_there_is_another_try(sign_in: SignIn, clock: Clock) -> None:
    guess(sign_in, FROM_STRANGER.most)
    clock.now += FROM_STRANGER.seconds
    assert outcome(sign_in, "another guess") == "NotAuthenticated"
    assert outcome(sign_in, RIGHT) == "TooManyAttempts"
    clock.now += FROM_STRANGER.seconds
    assert outcome(sign_in, RIGHT) == ADA


@pytest.mark.parametrize("face", Face)
def test_all_faces_and_spellings_count_together(sign_in: SignIn, face: Face) -> None:
    spellings = ("ADA@example.org", "ada+x@example.org", "ada@example.org.", " ada@EXAMPLE.org")
    for number, spelling in enumerate([ADA, *spellings]):
        other = Client(list(Face)[number % 3], HOME.address)
        assert outcome(sign_in, f"guess {number}", other, spelling) == "NotAuthenticated"
    assert outcome(sign_in, RIGHT, Client(face, HOME.address)) == "TooManyAttempts"


def test_processes_count_together(make: "Makes") -> None:
    guess(make(), FROM_STRANGER.most)
    assert outcome(make(), RIGHT) == "TooManyAttempts"


def test_who_guesses_stops_neither_other_accounts_nor_other_clients(sign_in: SignIn) -> None:
    guess(sign_in, 100)
    assert outcome(sign_in, RIGHT, HOME, "bob@example.org") == "bob@example.org"
    assert outcome(sign_in, RIGHT, Client(Face.PAGES, "192.0.2.2")) == ADA


def test_a_client_that_tries_many_accounts_is_stopped_but_not_where_it_has_signed_in(
    sign_in: SignIn,
) -> None:
    assert outcome(sign_in, RIGHT) == ADA
    for number in range(OF_CLIENT.most):
        guess(sign_in, 1, HOME, f"a{number}@example.org")
    assert outcome(sign_in, RIGHT, HOME, "bob@example.org") == "TooManyAttempts"
    assert outcome(sign_in, RIGHT) == ADA


def test_texts_that_are_no_address_count_against_the_client(sign_in: SignIn) -> None:
    assert guess(sign_in, OF_CLIENT.most, HOME, "ada") == {"NotAuthenticated"}
    assert outcome(sign_in, RIGHT) == "TooManyAttempts"


def test_many_clients_cannot_guess_one_account_faster_and_cannot_close_it(
    sign_in: SignIn, clock: Clock
) -> None:
    assert outcome(sign_in, RIGHT) == ADA
    outcomes = [
        outcome(sign_in, f"guess {number}", Client(Face.CARDDAV, f"198.51.{number}.1"))
        for number in range(2 * OF_ACCOUNT.most)
    ]
    assert outcomes.count("NotAuthenticated") == OF_ACCOUNT.most
    assert outcome(sign_in, RIGHT) == ADA
    stranger = Client(Face.PAGES, "203.0.113.1")
    assert outcome(sign_in, RIGHT, stranger) == "TooManyAttempts"
    clock.now += OF_ACCOUNT.seconds
    assert outcome(sign_in, RIGHT, stranger) == ADA


def test_at_an_account_that_is_guessed_a_stranger_has_one_wrong_password(sign_in: SignIn) -> None:
    for number in range(GUARDED):
        outcome(sign_in, f"guess {number}", Client(Face.CARDDAV, f"198.51.{number}.1"))
    stranger = Client(Face.PAGES, "203.0.113.1")
    assert outcome(sign_in, "a slip", stranger) == "NotAuthenticated"
    assert outcome(sign_in, RIGHT, stranger) == "TooManyAttempts"
    assert outcome(sign_in, RIGHT, Client(Face.PAGES, "203.0.113.2")) == ADA


def test_where_an_account_has_signed_in_a_few_slips_do_no_harm(sign_in: SignIn) -> None:
    outcome(sign_in, RIGHT)
    assert guess(sign_in, FROM_FAMILIAR.most - 1) == {"NotAuthenticated"}
    assert outcome(sign_in, RIGHT) == ADA
    assert guess(sign_in, 1, Client(Face.API, HOME.address)) == {"NotAuthenticated"}
    assert outcome(sign_in, RIGHT) == "TooManyAttempts"


def test_a_client_that_is_signed_in_goes_on_while_others_guess_behind_its_address(
    sign_in: SignIn,
) -> None:
    synchronising = Client(Face.CARDDAV, HOME.address, "50123 a program")
    outcome(sign_in, RIGHT, synchronising)
    guess(sign_in, 100)
    assert outcome(sign_in, RIGHT) == "TooManyAttempts"
    assert outcome(sign_in, RIGHT, synchronising) == ADA


def test_nobody_guesses_through_a_connection_that_was_signed_in(sign_in: SignIn) -> None:
    taken_over = Client(Face.CARDDAV, HOME.address, "50123 a program")
    outcome(sign_in, RIGHT, taken_over)
    guess(sign_in, FROM_FAMILIAR.most)
    assert outcome(sign_in, "a guess", taken_over) == "TooManyAttempts"
    assert outcome(sign_in, RIGHT, taken_over) == "TooManyAttempts"


@pytest.mark.parametrize("change", ["password", "closed", "removed"])
def test_what_was_proven_ends_with_the_password_and_the_account(
    sign_in: SignIn, database: Database, change: str
) -> None:
    connected = Client(Face.CARDDAV, HOME.address, "50123 a program")
    outcome(sign_in, RIGHT, connected)
    if change == "password":
        accounts.set_password(database, OPERATOR, ADA, "another one")
    elif change == "closed":
        add_account(database, ADA, active=False)
    else:
        accounts.remove_account(database, OPERATOR, ADA)
    assert outcome(sign_in, RIGHT, connected) == "NotAuthenticated"


def test_a_device_with_an_old_password_does_not_stop_the_others(
    sign_in: SignIn, clock: Clock
) -> None:
    for _ in range(100):
        outcome(sign_in, "the old one")
        clock.now += 20
    assert outcome(sign_in, RIGHT) == ADA


def test_guesses_of_one_client_count_for_the_next_one_as_well(sign_in: SignIn) -> None:
    for address in ("192.0.2.1", "192.0.2.2"):
        client = Client(Face.PAGES, address)
        for number in range(FROM_STRANGER.most):
            assert outcome(sign_in, f"the same {number}", client) == "NotAuthenticated"
        assert outcome(sign_in, RIGHT, client) == "TooManyAttempts"


def test_the_same_wrong_password_over_and_over_is_stopped(sign_in: SignIn) -> None:
    outcomes = [outcome(sign_in, "the old one") for _ in range(20)]
    assert outcomes.count("NotAuthenticated") == FROM_STRANGER.most
    assert outcomes[-1] == "TooManyAttempts"


def test_attempts_at_the_same_time_do_not_slip_through(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked, all_there = [], threading.Barrier(12)
    monkeypatch.setattr(passwords, "check_password_hash", lambda _h, p: checked.append(p) or False)

    def attempt(number: int) -> None:
        all_there.wait(60)
        for each in range(5):
            try:
                outcome(sign_in, f"guess {number} {each}")
            except SignInBusy:
                return

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(attempt, range(12)))
    assert len(checked) <= FROM_STRANGER.most


def test_a_program_that_has_just_started_sends_several_requests_at_once(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked, all_there = [], threading.Barrier(5)

    def check(_hashed: str, password: str) -> bool:
        checked.append(password)
        time.sleep(0.2)
        return True

    monkeypatch.setattr(passwords, "check_password_hash", check)

    def request(_number: int) -> str:
        all_there.wait(60)
        return outcome(sign_in, RIGHT)

    with ThreadPoolExecutor(5) as threads:
        assert list(threads.map(request, range(5))) == [ADA] * 5
    assert checked == [RIGHT]


def test_a_host_with_a_check_of_its_own_has_the_same_limits(sign_in: SignIn) -> None:
    sign_in.confirm(ADA, HOME, lambda: True)
    for _ in range(FROM_STRANGER.most):
        with pytest.raises(NotAuthenticated):
            sign_in.confirm(ADA, HOME, lambda: False)
    with pytest.raises(TooManyAttempts):
        sign_in.confirm(ADA, HOME, lambda: True)


def test_a_check_that_fails_for_another_reason_does_not_count(sign_in: SignIn) -> None:
    for _ in range(2 * FROM_STRANGER.most):
        with pytest.raises(ZeroDivisionError):
            sign_in.confirm(ADA, HOME, lambda: bool(1 / 0))
    assert outcome(sign_in, RIGHT) == ADA


def test_forged_tokens_count_against_the_client(sign_in: SignIn) -> None:
    for _ in range(OF_CLIENT.most):
        sign_in.count_forged_token(HOME)
    with pytest.raises(TooManyAttempts):
        sign_in.count_forged_token(HOME)
    assert outcome(sign_in, RIGHT) == "TooManyAttempts"


def test_the_wait_is_told_in_seconds_and_words(sign_in: SignIn) -> None:
    guess(sign_in, FROM_STRANGER.most)
    with pytest.raises(TooManyAttempts, match="try again in a minute") as caught:
        sign_in.authenticate(ADA, RIGHT, HOME)
    assert 0 < caught.value.retry_after <= FROM_STRANGER.seconds


def test_a_client_is_known_by_its_address_and_where_it_can_be_by_its_connection(
    sign_in: SignIn,
) -> None:
    direct = {"REMOTE_ADDR": "192.0.2.9", "REMOTE_PORT": "4711", "HTTP_USER_AGENT": "x/1"}
    assert sign_in.client_of(direct, Face.API) == Client(Face.API, "192.0.2.9", "4711 x/1")
    by_proxy = {**direct, "REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.9"}
    assert sign_in.client_of(by_proxy, Face.API) == Client(Face.API, "192.0.2.9", " x/1")


def test_each_failure_is_one_line_with_client_and_account(
    sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    outcome(sign_in, "a secret guess", Client(Face.CARDDAV, "2001:db8::1"), "Ada@Example.org")
    outcome(sign_in, RIGHT)
    [record] = caplog.records
    assert (record.name, record.levelname) == ("contactsgroups.sign_in", "WARNING")
    expected = 'sign-in failed: client=2001:db8::1 account="Ada@Example.org" face=carddav'
    assert record.getMessage() == expected
