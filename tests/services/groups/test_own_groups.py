"""What an account is in, directly and through what, and what it runs."""

from datetime import date, timedelta

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right, Standing
from contactsgroups.domain.errors import GroupNotFound
from contactsgroups.domain.group import Role
from contactsgroups.domain.membership_request import Wish
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.last_days import today
from contactsgroups.services.groups.member_ends import set_last_day
from contactsgroups.services.groups.own_groups import (
    OwnCounts,
    OwnGroups,
    count_own_groups,
    list_direct_groups,
    list_indirect_groups,
    list_joinable_groups,
    list_run_groups,
    show_known_group,
)
from contactsgroups.services.groups.requests import join_group
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import ADA, NIA

BOB = Principal(address=Address.parse("bob@example.org"))


def names(page: OwnGroups) -> list[str]:
    return [own.group.address.removesuffix("@example.org") for own in page.groups]


@pytest.fixture
def nested(database: Database) -> Database:
    """Ada is in two groups, by address and alias, in a department, and above both."""
    add_alias(database, "a@example.org", "ada@example.org")
    add_account(database, "ada@example.org", display_name="Ada", department="Sales")
    add_group(database, "lunch@example.org", "ada@example.org", owners=("bob@example.org",))
    add_group(database, "ideas@example.org", "a@example.org")
    add_group(database, "sales@example.org", kind="department", department="Sales", members=None)
    add_group(database, "floor@example.org", "lunch@example.org", "bob@example.org")
    add_group(database, "house@example.org", "floor@example.org", owners=("ada@example.org",))
    add_group(database, "others@example.org", "bob@example.org", moderators=("ada@example.org",))
    return database


def test_direct_groups_are_those_that_name_the_account_or_an_alias(nested: Database) -> None:
    page = list_direct_groups(nested, ADA)
    assert names(page) == ["ideas", "lunch"]
    assert page.total == 2
    assert [own.owners for own in page.groups] == [(), ("Bob",)]
    assert all(own.is_direct and own.way == () for own in page.groups)


def test_others_come_through_a_department_or_through_groups(nested: Database) -> None:
    page = list_indirect_groups(nested, ADA)
    assert [(own.group.address, own.way) for own in page.groups] == [
        ("floor@example.org", ("Lunch",)),
        ("house@example.org", ("Lunch", "Floor")),
        ("sales@example.org", ()),
    ]
    assert not any(own.is_direct for own in page.groups)


def test_a_disabled_group_hands_nothing_on_and_is_still_listed(nested: Database) -> None:
    add_group(nested, "off@example.org", "ada@example.org", disabled=True)
    add_group(nested, "above@example.org", "off@example.org")
    assert "off" in names(list_direct_groups(nested, ADA))
    assert "above" not in names(list_indirect_groups(nested, ADA))


def test_what_one_runs_is_a_list_of_its_own(nested: Database) -> None:
    assert names(list_run_groups(nested, ADA, Role.OWNER)) == ["house"]
    assert names(list_run_groups(nested, ADA, Role.MODERATOR)) == ["others"]
    assert count_own_groups(nested, ADA) == OwnCounts(joined=5, owned=1, moderated=1)
    assert count_own_groups(nested, NIA) == OwnCounts(0, 0, 0)


def test_lists_go_on_behind_an_address(nested: Database) -> None:
    first = list_direct_groups(nested, ADA, limit=1)
    assert (names(first), first.next_after) == (["ideas"], "ideas@example.org")
    second = list_direct_groups(nested, ADA, after="ideas@example.org", limit=1)
    assert (names(second), second.next_after, second.total) == (["lunch"], None, 2)


def test_only_visible_groups_that_take_requests_can_be_joined(small: Database) -> None:
    taking = {"join_on_request": True}
    add_group(small, "open@example.org", "bob@example.org", display_name="Öffentlich", **taking)
    add_group(small, "mine@example.org", "ada@example.org", **taking)
    add_group(small, "closed@example.org", "bob@example.org")
    add_group(small, "off@example.org", "bob@example.org", disabled=True, **taking)
    add_group(small, "hidden@example.org", "bob@example.org", show_in_contacts=False, **taking)
    assert names(list_joinable_groups(small, ADA)) == ["open"]
    assert names(list_joinable_groups(small, ADA, search="offent")) == ["open"]
    assert names(list_joinable_groups(small, ADA, search="bob")) == []  # Who is in it stays unsaid.
    assert names(list_joinable_groups(small, NIA)) == []


def test_a_known_group_says_what_one_may_do_in_it(small: Database) -> None:
    approving = {"leave_needs_approval": True, "owners": ("bob@example.org",)}
    uuid = add_group(small, "g@example.org", "ada@example.org", "bob@example.org", **approving).uuid
    ada, bob = show_known_group(small, ADA, uuid), show_known_group(small, BOB, uuid)
    assert (ada.must_ask_to_leave, bob.must_ask_to_leave) == (True, False)
    assert (ada.standings, ada.is_open) == ({Standing.MEMBER}, True)
    assert Right.EDIT_MEMBERS in bob.rights - ada.rights
    assert not ada.may_ask_to_join
    with pytest.raises(GroupNotFound):
        show_known_group(small, NIA, uuid)


def test_what_was_asked_stands_with_the_group(small: Database) -> None:
    uuid = add_group(small, "g@example.org", "bob@example.org", join_on_request=True).uuid
    assert show_known_group(small, ADA, uuid).may_ask_to_join
    join_group(small, ADA, uuid)
    waiting = show_known_group(small, ADA, uuid).waiting
    assert waiting is not None
    assert waiting.wish is Wish.JOIN
    assert show_known_group(small, BOB, uuid).waiting is None


def test_the_last_day_is_that_of_the_membership_which_lasts_longest(small: Database) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    one = add_group(small, "one@example.org", "ada@example.org", "bob@example.org").uuid
    both = add_group(small, "both@example.org", "ada@example.org", "a@example.org").uuid
    day = today() + timedelta(days=3)
    for uuid in (one, both):
        set_last_day(small, OPERATOR, uuid, ["ada@example.org"], day)

    def last_days() -> list[date | None]:
        return [own.until for own in list_direct_groups(small, ADA).groups]

    assert last_days() == [None, day]
    set_last_day(small, OPERATOR, both, ["a@example.org"], day + timedelta(days=1))
    assert last_days() == [day + timedelta(days=1), day]
    assert show_known_group(small, BOB, one).until is None


def test_who_is_pinned_is_told_so_and_until_when(small: Database) -> None:
    add_account(small, "bob@example.org", department="Sales")
    values = {"kind": "department", "department": "Sales", "members": None}
    pinned = add_group(small, "pinned@example.org", always_members=[str(ADA.address)], **values)
    last = today() + timedelta(days=3)
    set_last_day(small, OPERATOR, pinned.uuid, [str(ADA.address)], last)
    (own,) = list_indirect_groups(small, ADA).groups
    assert (own.is_pinned, own.until, own.is_direct) == (True, last, False)
    (own,) = list_indirect_groups(small, BOB).groups
    assert (own.is_pinned, own.until) == (False, None)
