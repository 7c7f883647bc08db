"""The list of a group's members: pages both ways, what is told of each, files."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups.member_filtering import MemberFilter, MemberKind
from contactsgroups.services.groups.member_listing import (
    MemberListing,
    addresses_found,
    list_found_members,
    read_found_members,
)
from tests.directories import add_account, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.statements import statements_of

PLAIN = MemberFilter()


def addresses(listing: MemberListing) -> list[str]:
    return [each.address for each in listing.members]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(size=st.integers(1, 9), limit=st.integers(1, 4))
def test_pages_lead_forth_to_all_members_and_back_over_the_same_pages(
    small: Database, size: int, limit: int
) -> None:
    everyone = [f"p{number}@side.example" for number in range(size)]
    name = f"g{size}-{limit}@example.org"
    try:
        uuid = groups.find_group(small, OPERATOR, name).uuid
    except GroupNotFound:
        uuid = add_group(small, name, *everyone).uuid
    pages = [list_found_members(small, OPERATOR, uuid, PLAIN, limit=limit)]
    while (after := pages[-1].after) is not None:
        pages.append(list_found_members(small, OPERATOR, uuid, PLAIN, after=after, limit=limit))
    assert [each for page in pages for each in addresses(page)] == everyone
    assert pages[0].before is None
    for earlier, later in pairwise(pages):
        assert later.before is not None
        back = list_found_members(small, OPERATOR, uuid, PLAIN, before=later.before, limit=limit)
        assert addresses(back) == addresses(earlier)
        assert (back.before, back.after) == (earlier.before, earlier.after)


def test_a_member_is_told_with_all_that_one_may_know(database: Database) -> None:
    add_account(database, "ada@example.org", display_name="Ada", department="Sales/Europe")
    add_account(database, "jo@example.org", active=False)
    inner = add_group(database, "inner@example.org", "ada@example.org", "bob@example.org")
    uuid = add_group(
        database, "all@example.org", "ada@example.org", "inner@example.org", "jo@example.org"
    ).uuid
    ada, group, jo = list_found_members(database, LOCAL_ADMIN, uuid, PLAIN).members
    assert (ada.name, ada.kind, ada.department) == ("Ada", "account", "Sales/Europe")
    assert (group.group_uuid, group.recipient_count) == (inner.uuid, 2)
    assert jo.is_inactive
    assert not ada.is_inactive


def test_a_colleague_is_not_told_departments_or_who_is_inactive(database: Database) -> None:
    add_account(database, "jo@example.org", department="Sales", active=False)
    uuid = add_group(database, "all@example.org", "jo@example.org").uuid
    listing = list_found_members(database, ADA, uuid, PLAIN)
    (jo,) = listing.members
    assert (jo.department, jo.is_inactive) == ("", False)
    assert listing.tallies[MemberKind.INACTIVE] == 0
    inactive = MemberFilter(kinds=frozenset({MemberKind.INACTIVE}))
    assert addresses_found(database, ADA, uuid, inactive) == []


def test_a_group_that_does_not_show_its_members_shows_none(database: Database) -> None:
    uuid = add_group(database, "all@example.org", "bob@example.org", show_members=False).uuid
    for read in (list_found_members, read_found_members, addresses_found):
        with pytest.raises(NotPermitted):
            read(database, ADA, uuid, PLAIN)  # type: ignore[operator]
        with pytest.raises(GroupNotFound):
            read(database, NIA, uuid, PLAIN)  # type: ignore[operator]


def test_a_file_has_all_that_were_found_however_many(small: Database) -> None:
    everyone = [f"p{number:04}@side.example" for number in range(1001)]
    uuid = add_group(small, "all@example.org", "ada@example.org", *everyone).uuid
    found = read_found_members(small, OPERATOR, uuid, MemberFilter(search="side"))
    assert [each.address for each in found] == everyone


@pytest.mark.parametrize("search", ["", "p"])
def test_statements_are_as_many_for_few_members_as_for_many(small: Database, search: str) -> None:
    counts = []
    for size in (2, 300):
        inside = [f"n{size}-{number}@example.org" for number in range(min(size, 40))]
        for each in inside:
            add_group(small, each, "ada@example.org")
        people = [f"p{number}@side.example" for number in range(size)]
        uuid = add_group(small, f"g{size}@example.org", *people, *inside).uuid
        with statements_of(small) as statements:
            list_found_members(small, LOCAL_ADMIN, uuid, MemberFilter(search=search))
        counts.append(len(statements))
    assert counts[0] == counts[1]
