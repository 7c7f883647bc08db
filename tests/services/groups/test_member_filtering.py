"""Which members a search and kinds find, and what may not be told by them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.last_days import today
from contactsgroups.services.groups.member_ends import set_last_day
from contactsgroups.services.groups.member_filtering import MemberFilter, MemberKind
from contactsgroups.services.groups.member_listing import list_found_members
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.statements import statements_of

ALL = (
    "ada@example.org",
    "choir@example.org",
    "guest@side.example",
    "jo@example.org",
    "nia@example.net",
    "nickname@example.org",
)


@pytest.fixture
def uuid(database: Database) -> str:
    add_account(database, "ada@example.org", display_name="Ada Łukasiewicz")
    add_account(database, "jo@example.org", display_name="Jo Große", active=False)
    add_account(database, "nia@example.net", display_name="Nia Müller")
    add_alias(database, "nickname@example.org", "bob@example.org")
    add_group(database, "choir@example.org", "bob@example.org", display_name="Chœur Éphémère")
    return add_group(database, "all@example.org", *ALL).uuid


def test_who_is_inactive_is_counted_by_what_an_index_answers(database: Database, uuid: str) -> None:
    with statements_of(database) as asked:
        found(database, uuid)
    told = [each for each in asked if "active" in each]
    assert told
    assert not [each for each in told if "active IS" in each]


def found(database: Database, uuid: str, actor: Principal = OPERATOR, **wanted: object) -> str:
    """The local parts of the members that are found."""
    kinds = frozenset(wanted.pop("kinds", ()))  # type: ignore[call-overload]
    asked = MemberFilter(kinds=kinds, **wanted)  # type: ignore[arg-type]
    listing = list_found_members(database, actor, uuid, asked)
    assert listing.found == len(listing.members)
    return " ".join(each.address.partition("@")[0] for each in listing.members)


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("lukasi", "ada"),
        ("ŁUKASIEWICZ ada", "ada"),
        ("grosse", "jo"),
        ("muller", "nia"),
        ("choeur", "choir"),
        ("bob", "nickname"),
        ("SIDE.example", "guest"),
        ("guest ada", ""),
        ("100%", ""),
        ("_", ""),
        ("", "ada choir guest jo nia nickname"),
    ],
)
def test_words_are_found_in_names_and_addresses_without_case_and_accents(
    database: Database, uuid: str, search: str, expected: str
) -> None:
    assert found(database, uuid, search=search) == expected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({MemberKind.ACCOUNT}, "ada jo nia"),
        ({MemberKind.GROUP}, "choir"),
        ({MemberKind.ALIAS}, "nickname"),
        ({MemberKind.EXTERNAL}, "guest"),
        ({MemberKind.INACTIVE}, "jo"),
        ({MemberKind.INACTIVE, MemberKind.GROUP}, "choir jo"),
        ({MemberKind.INACTIVE, MemberKind.ACCOUNT}, "ada jo nia"),
    ],
)
def test_members_are_found_by_their_kinds(
    database: Database, uuid: str, kinds: set[MemberKind], expected: str
) -> None:
    assert found(database, uuid, kinds=kinds) == expected


def test_of_a_domain_that_one_may_not_see_nothing_but_the_address_is_found(
    database: Database, uuid: str
) -> None:
    assert found(database, uuid, LOCAL_ADMIN, search="muller") == ""
    assert found(database, uuid, LOCAL_ADMIN, search="nia@") == "nia"
    assert found(database, uuid, LOCAL_ADMIN, kinds={MemberKind.EXTERNAL}) == "guest nia"
    assert found(database, uuid, LOCAL_ADMIN, kinds={MemberKind.ACCOUNT}) == "ada jo"
    nobody = replace(NIA, managed_domains=frozenset({"example.org"}))
    assert found(database, uuid, nobody, search="muller") == "nia"


def test_an_alias_is_not_found_by_a_name_of_a_domain_that_one_may_not_see(
    database: Database,
) -> None:
    add_account(database, "nia@example.net", display_name="Nia Müller")
    add_alias(database, "press@example.org", "nia@example.net")
    uuid = add_group(database, "news@example.org", "press@example.org").uuid
    assert found(database, uuid, search="muller") == "press"
    assert found(database, uuid, LOCAL_ADMIN, search="muller") == ""
    assert found(database, uuid, LOCAL_ADMIN, search="press") == "press"


def test_each_kind_is_counted_for_the_words(database: Database, uuid: str) -> None:
    listing = list_found_members(database, LOCAL_ADMIN, uuid, MemberFilter())
    assert dict(listing.tallies) == {
        "account": 2,
        "group": 1,
        "alias": 1,
        "external": 2,
        "inactive": 1,
        "ends": 0,
    }
    narrowed = list_found_members(database, LOCAL_ADMIN, uuid, MemberFilter(search="grosse"))
    assert {kind: n for kind, n in narrowed.tallies.items() if n} == {"account": 1, "inactive": 1}


def test_members_who_end_are_found_and_counted_beside_what_they_are(
    database: Database, uuid: str
) -> None:
    until = today() + timedelta(days=3)
    set_last_day(database, OPERATOR, uuid, ["ada@example.org", "guest@side.example"], until)
    listing = list_found_members(database, LOCAL_ADMIN, uuid, MemberFilter())
    assert listing.tallies[MemberKind.ENDS] == 2
    assert [each.until for each in listing.members if each.until] == [until, until]
    assert found(database, uuid, kinds={MemberKind.ENDS}) == "ada guest"
    assert found(database, uuid, kinds={MemberKind.ENDS, MemberKind.ACCOUNT}) == "ada guest jo nia"
    assert found(database, uuid, kinds={MemberKind.ENDS}, search="lukasi") == "ada"


def test_whose_membership_ends_is_not_told_to_who_sees_members_only_as_the_group_shows_them(
    database: Database, uuid: str
) -> None:
    until = today() + timedelta(days=3)
    set_last_day(database, OPERATOR, uuid, ["ada@example.org"], until)
    other = Principal(address=ADA.address)
    listing = list_found_members(database, other, uuid, MemberFilter())
    assert listing.tallies[MemberKind.ENDS] == 0
    assert not any(each.until for each in listing.members)
    assert found(database, uuid, other, kinds={MemberKind.ENDS}) == ""
