"""Who answers for a group is told of requests, and who asked of the answer."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.administrators import appoint_administrator
from contactsgroups.services.groups.members import add_member, remove_member
from contactsgroups.services.groups.requests import (
    approve_request,
    decline_request,
    join_group,
    leave_group,
    list_own_requests,
    withdraw_request,
)
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.outbox import clear_outbox, told, waiting
from tests.services.conftest import ADA, LOCAL_ADMIN

ZOE = Principal(address=Address.parse("zoe@example.org"))
ZOE_AS_ADMIN = Principal(address=ZOE.address, managed_domains=frozenset({"example.org"}))


@pytest.fixture
def group(small: Database) -> str:
    """Bob and Eve own it, Eve by an alias; Ada and Bob are in it."""
    add_alias(small, "evelyn@example.org", "eve@example.org")
    return add_group(
        small,
        "lunch@example.org",
        "ada@example.org",
        "bob@example.org",
        owners=("bob@example.org", "evelyn@example.org"),
        leave_needs_approval=True,
        join_on_request=True,
    ).uuid


def request_of(database: Database, principal: Principal) -> str:
    return list_own_requests(database, principal)[0].uuid


def test_owners_are_told_of_requests_to_join_and_to_leave(small: Database, group: str) -> None:
    join_group(small, ZOE, group)
    leave_group(small, ADA, group)
    assert waiting(small) == [("asked", "bob@example.org"), ("asked", "eve@example.org")] * 2
    assert len(told(small)) == 4


def test_where_no_owner_has_an_active_account_administrators_are_told(
    small: Database, group: str
) -> None:
    for name in ("bob", "eve"):
        add_account(small, f"{name}@example.org", active=False)
    add_accounts(small, ["boss"], domain="example.net")
    appoint_administrator(small, OPERATOR, "boss@example.net", domain=None)
    join_group(small, ZOE, group)
    assert told(small) == ["boss@example.net"]
    withdraw_request(small, ZOE, request_of(small, ZOE))
    clear_outbox(small)

    appoint_administrator(small, OPERATOR, "ada@example.org", domain="example.org")
    join_group(small, ZOE, group)
    assert told(small) == ["ada@example.org"]


def test_a_request_that_does_not_wait_any_more_is_not_told(small: Database, group: str) -> None:
    join_group(small, ZOE, group)
    withdraw_request(small, ZOE, request_of(small, ZOE))
    assert told(small) == []


@pytest.mark.parametrize("decide", [approve_request, decline_request])
def test_who_asked_is_told_of_the_decision_and_owners_no_more(
    small: Database, group: str, decide: object
) -> None:
    join_group(small, ZOE, group)
    decide(small, OPERATOR, request_of(small, ZOE), "a note")  # type: ignore[operator]
    assert told(small) == ["zoe@example.org"]


def test_who_is_added_or_removed_meanwhile_gets_the_answer(small: Database, group: str) -> None:
    join_group(small, ZOE, group)
    leave_group(small, ADA, group)
    clear_outbox(small)
    add_member(small, OPERATOR, group, "zoe@example.org")
    remove_member(small, OPERATOR, group, "ada@example.org")
    assert waiting(small) == [("decided", "zoe@example.org"), ("decided", "ada@example.org")]


def test_who_does_it_without_asking_is_told_nothing(small: Database, group: str) -> None:
    join_group(small, ZOE_AS_ADMIN, group)
    leave_group(small, LOCAL_ADMIN, group)
    assert waiting(small) == []
