"""Sessions are known by a random token, last a limited time, and end at once when they are to."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from contactsgroups.domain.errors import AccountNotFound, NotAuthenticated, NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import WebSession
from contactsgroups.services import accounts
from contactsgroups.services.accounts import identity, sessions
from contactsgroups.services.accounts.sessions import SessionLimits
from contactsgroups.services.unit_of_work import write
from tests.services.accounts.revocations import ADDRESS, LASTING, PASSING, change_password
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.statements import statements_of

LIMITS = SessionLimits(lifetime=timedelta(hours=12), idle=timedelta(hours=2))


class Clock:
    """The time as sessions see it, which a test moves on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return real_now() + self.ahead


real_now = sessions.utc_now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sessions, "utc_now", clock.now)
    return clock


def signed_in(database: Database, address: str = ADDRESS) -> Principal:
    principal = identity.find_principal(database, address)
    assert principal is not None
    return principal


def begin(database: Database, address: str = ADDRESS) -> str:
    principal = signed_in(database, address)
    return sessions.begin_session(database, principal, client="Firefox", limits=LIMITS)


def is_open(database: Database, token: str) -> bool:
    return sessions.resume_session(database, token, LIMITS) is not None


def stored(database: Database) -> list[WebSession]:
    with database.read() as session:
        return list(session.scalars(select(WebSession).order_by(WebSession.created_at)))


def test_a_session_leads_to_its_principal_as_it_is_now(database: Database) -> None:
    token = begin(database)
    accounts.appoint_administrator(database, OPERATOR, ADDRESS, domain="example.org")
    principal = sessions.resume_session(database, token, LIMITS)
    assert principal == signed_in(database)
    assert principal.managed_domains == {"example.org"}


def test_tokens_are_long_differ_and_are_not_stored(small: Database) -> None:
    tokens = {begin(small) for _ in range(5)}
    assert len(tokens) == 5
    assert min(map(len, tokens)) >= 43  # 256 bits
    assert not tokens & {row.digest for row in stored(small)}


@pytest.mark.parametrize("token", ["", "x", "ä\0" * 500])
def test_another_token_is_nobody(small: Database, token: str) -> None:
    begin(small)
    assert not is_open(small, token)
    assert not is_open(small, stored(small)[0].digest)


def test_a_session_ends_when_it_is_old_however_often_it_is_used(
    small: Database, clock: Clock
) -> None:
    token = begin(small)
    for _ in range(7):
        assert is_open(small, token)
        clock.ahead += timedelta(minutes=100)
    assert is_open(small, token)
    clock.ahead += timedelta(minutes=21)
    assert not is_open(small, token)


def test_a_session_ends_when_it_is_not_used(database: Database, clock: Clock) -> None:
    token = begin(database)
    clock.ahead = timedelta(minutes=119)
    assert is_open(database, token)
    clock.ahead = timedelta(minutes=119 + 119)
    assert is_open(database, token)
    clock.ahead += timedelta(minutes=121)
    assert not is_open(database, token)


def test_shorter_limits_hold_for_sessions_that_are_open_already(
    small: Database, clock: Clock
) -> None:
    token = begin(small)
    clock.ahead = timedelta(minutes=30)
    for limits in (
        SessionLimits(lifetime=timedelta(minutes=20), idle=timedelta(hours=2)),
        SessionLimits(lifetime=timedelta(hours=12), idle=timedelta(minutes=20)),
    ):
        assert sessions.resume_session(small, token, limits) is None
    assert is_open(small, token)


@pytest.mark.parametrize("end", [*LASTING, *PASSING])
def test_what_ends_all_sessions_does_so_at_once_and_for_good(
    database: Database, end: Callable[[Database], None]
) -> None:
    token, other = begin(database), begin(database, "bob@example.org")
    end(database)
    assert not is_open(database, token)
    assert is_open(database, other)


@pytest.mark.parametrize("end", PASSING)
def test_afterwards_one_can_sign_in_again(small: Database, end: Callable[[Database], None]) -> None:
    end(small)
    assert is_open(small, begin(small))


@pytest.mark.parametrize("end", [*LASTING, change_password])
def test_a_password_that_was_right_a_moment_ago_begins_no_session(
    database: Database, end: Callable[[Database], None]
) -> None:
    principal = signed_in(database)
    end(database)
    with pytest.raises(NotAuthenticated):
        sessions.begin_session(database, principal, client="", limits=LIMITS)


def test_one_session_ends_and_the_others_go_on(database: Database) -> None:
    first, second = begin(database), begin(database)
    sessions.end_session(database, first)
    sessions.end_session(database, first)
    assert (is_open(database, first), is_open(database, second)) == (False, True)


def test_sessions_are_listed_with_their_last_use(small: Database, clock: Clock) -> None:
    first = begin(small)
    clock.ahead = timedelta(minutes=1)
    second = begin(small)
    begin(small, "bob@example.org")
    clock.ahead = timedelta(minutes=50)
    is_open(small, first)
    listed = sessions.list_sessions(small, signed_in(small), token=second, limits=LIMITS)
    assert [each.is_current for each in listed] == [False, True]
    assert listed[0].seen_at - listed[0].created_at >= timedelta(minutes=50)
    change_password(small)
    assert sessions.list_sessions(small, signed_in(small), token=second, limits=LIMITS) == []


def test_a_listed_session_is_ended_by_its_own_account_only(small: Database) -> None:
    token = begin(small)
    digest = stored(small)[0].digest
    sessions.end_listed_session(small, signed_in(small, "bob@example.org"), digest)
    assert is_open(small, token)
    sessions.end_listed_session(small, signed_in(small), digest)
    assert not is_open(small, token)


def test_the_kept_session_goes_on_when_all_others_end(database: Database, clock: Clock) -> None:
    others = [begin(database) for _ in range(3)]
    kept = begin(database)
    clock.ahead = timedelta(minutes=3)
    sessions.sign_out_everywhere(database, signed_in(database), ADDRESS, keep=kept)
    assert [is_open(database, each) for each in (*others, kept)] == [False, False, False, True]
    clock.ahead = timedelta(minutes=30)
    assert is_open(database, kept)


def test_a_use_found_open_before_all_was_ended_opens_nothing_again(small: Database) -> None:
    """Its time of use is written after the others have ended."""
    token, now = begin(small), real_now()
    (row,) = stored(small)
    with write(small, OPERATOR) as work:
        accounts.accounts.require_account(work.session, ADDRESS).revoked_at = real_now()
    sessions._note_use(small, row.digest, row.seen_at, now)
    assert not is_open(small, token)


def test_others_are_signed_out_by_administrators_of_their_domain_only(small: Database) -> None:
    token = begin(small, "bob@example.org")
    with pytest.raises(NotPermitted):
        sessions.sign_out_everywhere(small, ADA, "bob@example.org")
    with pytest.raises(AccountNotFound):
        sessions.sign_out_everywhere(small, OPERATOR, "no@example.org")
    assert is_open(small, token)
    sessions.sign_out_everywhere(small, LOCAL_ADMIN, "bob@example.org")
    assert not is_open(small, token)


def test_an_account_has_so_many_sessions_and_the_least_used_one_ends(
    database: Database, clock: Clock
) -> None:
    first, second = begin(database), begin(database)
    clock.ahead = timedelta(minutes=10)
    is_open(database, first)
    for _ in range(sessions.SESSIONS_LIMIT - 1):
        clock.ahead += timedelta(seconds=1)
        begin(database)
    assert len(stored(database)) == sessions.SESSIONS_LIMIT
    assert (is_open(database, first), is_open(database, second)) == (True, False)


def test_a_sign_in_removes_sessions_that_are_over(database: Database, clock: Clock) -> None:
    for address in (ADDRESS, "bob@example.org"):
        begin(database, address)
    clock.ahead = timedelta(hours=13)
    begin(database, "eve@example.org")
    assert len(stored(database)) == 1


def test_the_last_use_is_written_every_few_minutes_only(small: Database, clock: Clock) -> None:
    token = begin(small)
    with statements_of(small) as statements:
        for _ in range(30):
            clock.ahead += timedelta(minutes=1)
            assert is_open(small, token)
    written = [each for each in statements if not each.startswith(("SELECT", "BEGIN", "PRAGMA"))]
    assert 5 <= len(written) <= 6
    assert all(each.startswith("UPDATE contactsgroups_sessions") for each in written)


def test_reading_a_session_does_not_wait_for_a_writer(database: Database, clock: Clock) -> None:
    """Not even when its last use is to be written: that is given up."""
    token = begin(database)
    clock.ahead = timedelta(minutes=10)
    with write(database, OPERATOR) as work:
        work.session.execute(
            select(WebSession).with_for_update()
        ).all()  # As a removal of the account would hold it.
        before = real_now()
        assert is_open(database, token)
        assert real_now() - before < timedelta(seconds=10)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 1
