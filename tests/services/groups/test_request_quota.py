"""How often an account may ask, and what is kept of what was asked."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from contactsgroups.domain.errors import Conflict
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import MembershipRequest
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.services.groups.request_quota import DAYS_KEPT, REQUESTS_A_DAY
from contactsgroups.services.groups.requests import (
    decline_request,
    join_group,
    list_own_requests,
    list_requests_to_answer,
    withdraw_request,
)
from tests.directories import add_group
from tests.services.conftest import ADA, LOCAL_ADMIN


@pytest.fixture
def group(database: Database) -> str:
    return add_group(database, "lunch@example.org", "bob@example.org", join_on_request=True).uuid


def ask_and_withdraw(database: Database, group: str, times: int) -> None:
    for _ in range(times):
        join_group(database, ADA, group)
        withdraw_request(database, ADA, list_own_requests(database, ADA)[0].uuid)


def age(database: Database, days: float) -> None:
    """Let all requests be as old as this."""
    at = utc_now() - timedelta(days=days)
    with database.write() as session:
        session.execute(update(MembershipRequest).values(asked_at=at))
        decided = update(MembershipRequest).where(MembershipRequest.decided_at.is_not(None))
        session.execute(decided.values(decided_at=at))


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(MembershipRequest.id))) or 0


def test_whoever_asks_again_and_again_is_asked_to_wait(database: Database, group: str) -> None:
    ask_and_withdraw(database, group, REQUESTS_A_DAY)
    with pytest.raises(Conflict, match="tomorrow"):
        join_group(database, ADA, group)
    assert count(database) == REQUESTS_A_DAY


def test_other_groups_count_as_well(database: Database, group: str) -> None:
    ask_and_withdraw(database, group, REQUESTS_A_DAY - 1)
    other = add_group(database, "tea@example.org", "bob@example.org", join_on_request=True).uuid
    join_group(database, ADA, other)
    third = add_group(database, "cake@example.org", "bob@example.org", join_on_request=True).uuid
    with pytest.raises(Conflict, match="tomorrow"):
        join_group(database, ADA, third)


def test_the_next_day_what_was_taken_back_is_gone(database: Database, group: str) -> None:
    ask_and_withdraw(database, group, REQUESTS_A_DAY)
    age(database, 1.1)
    join_group(database, ADA, group)
    assert count(database) == 1


@pytest.mark.parametrize(("days", "kept"), [(DAYS_KEPT - 1, 2), (DAYS_KEPT + 1, 1)])
def test_decisions_are_kept_for_a_while(
    database: Database, group: str, days: int, kept: int
) -> None:
    join_group(database, ADA, group)
    (request,) = list_requests_to_answer(database, LOCAL_ADMIN).requests
    decline_request(database, LOCAL_ADMIN, request.uuid)
    age(database, days)
    join_group(database, ADA, group)
    assert count(database) == kept


def test_what_waits_is_kept_for_ever(database: Database, group: str) -> None:
    other = add_group(database, "tea@example.org", "bob@example.org", join_on_request=True).uuid
    join_group(database, ADA, group)
    age(database, 1000)
    join_group(database, ADA, other)
    assert count(database) == 2
