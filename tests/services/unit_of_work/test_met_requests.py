"""Requests that come true without having been decided are closed with the change."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.membership_request import RequestState
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.members import add_member, remove_member
from contactsgroups.services.groups.requests import (
    approve_request,
    count_requests_to_answer,
    join_group,
    leave_group,
    list_own_requests,
)
from tests.directories import add_alias, add_group
from tests.services.conftest import ADA
from tests.statements import statements_of

BOB = Principal(address=Address.parse("bob@example.org"))


@pytest.fixture
def lunch(database: Database) -> str:
    """Ada and Zoe are in it, Bob is not; leaving and joining take an administrator's consent."""
    return add_group(
        database,
        "lunch@example.org",
        "ada@example.org",
        "zoe@example.org",
        leave_needs_approval=True,
        join_on_request=True,
    ).uuid


def what_became(database: Database, actor: Principal) -> list[tuple[RequestState, str]]:
    return [(each.state, each.decided_by) for each in list_own_requests(database, actor)]


@pytest.mark.parametrize("address", ["bob@example.org", "robert@example.org"])
def test_who_is_added_meanwhile_waits_no_more(database: Database, lunch: str, address: str) -> None:
    add_alias(database, "robert@example.org", "bob@example.org")
    join_group(database, BOB, lunch)
    add_member(database, OPERATOR, lunch, "eve@example.org")
    assert count_requests_to_answer(database, OPERATOR) == 1
    add_member(database, OPERATOR, lunch, address)
    assert what_became(database, BOB) == [(RequestState.APPROVED, "Operator")]
    assert count_requests_to_answer(database, OPERATOR) == 0
    assert leave_group(database, BOB, lunch) is RequestState.WAITING


def test_who_is_removed_meanwhile_waits_no_more_and_may_ask_again(
    database: Database, lunch: str
) -> None:
    leave_group(database, ADA, lunch)
    remove_member(database, OPERATOR, lunch, "ada@example.org")
    assert what_became(database, ADA) == [(RequestState.APPROVED, "Operator")]
    assert join_group(database, ADA, lunch) is RequestState.WAITING


def test_who_is_in_by_another_address_still_wants_to_leave(database: Database, lunch: str) -> None:
    add_alias(database, "lovelace@example.org", "ada@example.org")
    add_member(database, OPERATOR, lunch, "lovelace@example.org")
    leave_group(database, ADA, lunch)
    remove_member(database, OPERATOR, lunch, "ada@example.org")
    assert [each.state for each in list_own_requests(database, ADA)] == [RequestState.WAITING]
    remove_member(database, OPERATOR, lunch, "lovelace@example.org")
    assert [each.state for each in list_own_requests(database, ADA)] == [RequestState.APPROVED]


def test_what_is_decided_keeps_who_decided_it(database: Database, lunch: str) -> None:
    join_group(database, BOB, lunch)
    (request,) = list_own_requests(database, BOB)
    approve_request(database, OPERATOR, request.uuid, "Welcome.")
    (request,) = list_own_requests(database, BOB)
    assert (request.state, request.answer) == (RequestState.APPROVED, "Welcome.")


def test_many_members_cost_one_question_where_nobody_waits(small: Database) -> None:
    group = add_group(small, "lunch@example.org", "ada@example.org").uuid
    with statements_of(small) as statements:
        add_member(small, OPERATOR, group, "bob@example.org")
    asked = [each for each in statements if "FROM contactsgroups_membership_requests" in each]
    assert len(asked) == 1
