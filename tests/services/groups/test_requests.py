"""Requests to join and leave: who asks, who decides, and what becomes of them."""

from collections.abc import Callable

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    AlreadyDecided,
    Conflict,
    GroupNotFound,
    InvalidText,
    MemberNotFound,
    MembersAreDerived,
    NoMembers,
    NotPermitted,
    RequestNotFound,
)
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.members import add_member, list_members
from contactsgroups.services.groups.request_views import RequestView
from contactsgroups.services.groups.requests import (
    approve_request,
    count_requests_to_answer,
    decline_request,
    join_group,
    leave_group,
    list_own_requests,
    list_requests_to_answer,
    withdraw_request,
)
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.services.unit_of_work.audit_log import read_log

BOB, EVE, ZOE = (
    Principal(address=Address.parse(f"{name}@example.org")) for name in ("bob", "eve", "zoe")
)
Make = Callable[..., str]


@pytest.fixture
def group(database: Database) -> str:
    """Bob owns it; Ada and Bob are in it; leaving and joining take his consent."""
    return add_group(
        database,
        "lunch@example.org",
        "ada@example.org",
        "bob@example.org",
        owners=("bob@example.org",),
        leave_needs_approval=True,
        join_on_request=True,
    ).uuid


def members(database: Database, uuid: str) -> list[str]:
    views = list_members(database, OPERATOR, uuid)
    return [view.address.removesuffix("@example.org") for view in views]


def only(database: Database, principal: Principal) -> RequestView:
    (request,) = list_requests_to_answer(database, principal).requests
    return request


def test_where_nobody_need_approve_one_leaves_at_once(small: Database) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    uuid = add_group(small, "g@example.org", "ada@example.org", "a@example.org", "bob@example.org")
    assert leave_group(small, ADA, uuid.uuid) is RequestState.APPROVED
    assert members(small, uuid.uuid) == ["bob"]


def test_an_owner_needs_nobodys_consent(database: Database, group: str) -> None:
    assert leave_group(database, BOB, group) is RequestState.APPROVED
    assert members(database, group) == ["ada"]


def test_leaving_with_approval_waits_until_an_owner_approves(
    database: Database, group: str
) -> None:
    assert leave_group(database, ADA, group, " I moved. ") is RequestState.WAITING
    assert members(database, group) == ["ada", "bob"]
    request = only(database, BOB)
    assert (request.wish, request.note, request.applicant) == (
        Wish.LEAVE,
        "I moved.",
        "ada@example.org",
    )
    approve_request(database, BOB, request.uuid, "Farewell.")
    assert members(database, group) == ["bob"]
    (mine,) = list_own_requests(database, ADA)
    assert (mine.state, mine.answer, mine.decided_by) == (
        RequestState.APPROVED,
        "Farewell.",
        "Bob",
    )
    assert count_requests_to_answer(database, BOB) == 0


def test_joining_waits_and_a_refusal_says_why(database: Database, group: str) -> None:
    assert join_group(database, EVE, group, "Please.") is RequestState.WAITING
    decline_request(database, BOB, only(database, BOB).uuid, "No room.")
    assert members(database, group) == ["ada", "bob"]
    (mine,) = list_own_requests(database, EVE)
    assert (mine.wish, mine.state, mine.answer) == (Wish.JOIN, RequestState.DECLINED, "No room.")
    assert join_group(database, EVE, group) is RequestState.WAITING
    approve_request(database, BOB, only(database, BOB).uuid)
    assert members(database, group) == ["ada", "bob", "eve"]


def test_administrators_of_the_domain_decide_too_and_nobody_else(
    database: Database, group: str
) -> None:
    join_group(database, EVE, group)
    uuid = only(database, LOCAL_ADMIN).uuid
    for stranger in (ADA, EVE, ZOE, NIA):
        assert list_requests_to_answer(database, stranger).requests == ()
        for decide in (approve_request, decline_request):
            with pytest.raises(RequestNotFound):
                decide(database, stranger, uuid)
    approve_request(database, LOCAL_ADMIN, uuid)
    assert "eve" in members(database, group)


def test_a_request_is_decided_once(small: Database) -> None:
    uuid = add_group(small, "g@example.org", "bob@example.org", join_on_request=True).uuid
    join_group(small, ADA, uuid)
    with pytest.raises(Conflict, match="asked already"):
        join_group(small, ADA, uuid)
    request = only(small, LOCAL_ADMIN).uuid
    withdraw_request(small, ADA, request)
    for call in (approve_request, decline_request):
        with pytest.raises(AlreadyDecided, match="withdrawn"):
            call(small, LOCAL_ADMIN, request)
    with pytest.raises(AlreadyDecided):
        withdraw_request(small, ADA, request)
    with pytest.raises(RequestNotFound):
        withdraw_request(small, BOB, request)
    assert members(small, uuid) == ["bob"]


def test_who_is_put_in_meanwhile_is_approved_without_harm(small: Database) -> None:
    uuid = add_group(small, "g@example.org", "bob@example.org", join_on_request=True).uuid
    join_group(small, ADA, uuid)
    request = only(small, OPERATOR).uuid
    with pytest.raises(Conflict):
        join_group(small, BOB, uuid)
    approve_request(small, OPERATOR, request)
    assert members(small, uuid) == ["ada", "bob"]


def test_the_last_member_stays_until_the_group_is_deleted(small: Database) -> None:
    group = add_group(small, "g@example.org", "ada@example.org")
    with pytest.raises(NoMembers):
        leave_group(small, ADA, group.uuid)
    asked = add_group(small, "h@example.org", "ada@example.org", leave_needs_approval=True)
    leave_group(small, ADA, asked.uuid)
    request = only(small, OPERATOR).uuid
    with pytest.raises(NoMembers):
        approve_request(small, OPERATOR, request)
    assert only(small, OPERATOR).state is RequestState.WAITING


def test_what_cannot_be_left_or_joined_says_why(small: Database) -> None:
    add_account(small, "ada@example.org", display_name="Ada", department="Sales")
    inner = add_group(small, "inner@example.org", "ada@example.org")
    outer = add_group(small, "outer@example.org", inner.address)
    sales = add_group(small, "s@example.org", kind="department", department="Sales", members=None)
    hidden = add_group(small, "hidden@example.org", "bob@example.org", show_in_contacts=False)
    with pytest.raises(MemberNotFound):
        leave_group(small, ADA, outer.uuid)
    with pytest.raises(MembersAreDerived):
        leave_group(small, ADA, sales.uuid)
    with pytest.raises(MembersAreDerived):
        join_group(small, BOB, sales.uuid)
    with pytest.raises(NotPermitted):
        join_group(small, ADA, outer.uuid)
    for call in (join_group, leave_group):
        with pytest.raises(GroupNotFound):
            call(small, ADA, hidden.uuid)


def test_a_note_is_clean_text(small: Database) -> None:
    uuid = add_group(small, "g@example.org", "bob@example.org", join_on_request=True).uuid
    with pytest.raises(InvalidText):
        join_group(small, ADA, uuid, "a\x00b")
    assert list_own_requests(small, ADA) == []


def test_requests_are_in_the_audit_log(small: Database) -> None:
    uuid = add_group(small, "g@example.org", "bob@example.org", join_on_request=True).uuid
    join_group(small, ADA, uuid, "Please.")
    decline_request(small, OPERATOR, only(small, OPERATOR).uuid, "No.")
    asked, declined = read_log(small)[-2:]
    assert asked[:2] == ("create request", "g@example.org (ada@example.org)")
    assert declined[2]["fields"] == {"state": ["waiting", "declined"], "answer": ["", "No."]}


def test_lists_go_on_a_page_at_a_time(small: Database) -> None:
    for number in range(3):
        address = f"g{number}@example.org"
        uuid = add_group(small, address, "bob@example.org", join_on_request=True).uuid
        join_group(small, ADA, uuid)
    first = list_requests_to_answer(small, OPERATOR, limit=2)
    assert (len(first.requests), first.total) == (2, 3)
    second = list_requests_to_answer(small, OPERATOR, after=first.next_after or 0, limit=2)
    assert [each.group.address for each in second.requests] == ["g2@example.org"]
    assert second.next_after is None


def test_a_closed_account_is_not_let_in(database: Database, group: str) -> None:
    join_group(database, EVE, group)
    add_account(database, "eve@example.org", display_name="Eve", active=False)
    with pytest.raises(Conflict, match="closed"):
        approve_request(database, BOB, only(database, BOB).uuid)
    assert members(database, group) == ["ada", "bob"]
    decline_request(database, BOB, only(database, BOB).uuid)


def test_a_closed_account_may_be_let_go(database: Database, group: str) -> None:
    leave_group(database, ADA, group)
    add_account(database, "ada@example.org", display_name="Ada", active=False)
    approve_request(database, BOB, only(database, BOB).uuid)
    assert members(database, group) == ["bob"]


def test_who_was_added_by_an_alias_meanwhile_is_in_once(database: Database, group: str) -> None:
    join_group(database, EVE, group)
    add_alias(database, "e@example.org", "eve@example.org")
    add_member(database, BOB, group, "e@example.org")
    assert list_requests_to_answer(database, BOB).requests == ()
    assert members(database, group) == ["ada", "bob", "e"]
