"""What an account sees of groups, and who administers them, a page at a time."""

from typing import Any

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import GroupNotFound, InvalidInput, NotPermitted
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import sharing
from contactsgroups.services.groups.browsing import (
    browse_groups,
    browse_members,
    view_group,
)
from contactsgroups.services.groups.filtering import GroupFilter
from tests.directories import add_account, add_group
from tests.servers.migrated import Prepare
from tests.services.conftest import LOCAL_ADMIN, NIA, add_four_accounts

ZOE = Principal(address=Address.parse("zoe@example.org"))
"""Is in no group."""


def names(database: Database, principal: Principal = OPERATOR, **wanted: Any) -> list[str]:
    """The local parts of all groups that are found, read in pages of two."""
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = browse_groups(database, principal, GroupFilter(**wanted), after=after, limit=2)
        assert len(page.groups) <= 2
        found += [each.address.partition("@")[0] for each in page.groups]
        after = page.next_after
    return found


def _add_groups(database: Database) -> dict[str, str]:
    """Put in groups of two domains; return their UUIDs by name."""
    add_four_accounts(database)
    ada, bob = "ada@example.org", "bob@example.org"
    add_account(database, "nia@example.net")
    made = {
        "all": {"members": (ada, bob, "out@side.example"), "owners": (bob,)},
        "closed": {"members": (ada,), "show_members": False, "display_name": "Ältestenrat"},
        "hidden": {"members": (ada,), "show_in_contacts": False},
        "off": {"members": (bob,), "disabled": True},
        "rule": {"kind": "dynamic", "rule": 'address = "eve@example.org"', "members": None},
        "slow": {"members": (bob,), "moderated": True, "moderators": (ada,)},
    }
    found = {
        name: add_group(database, f"{name}@example.org", **values).uuid
        for name, values in made.items()
    }
    found["other"] = add_group(database, "other@example.net", members=("nia@example.net",)).uuid
    return found


@pytest.fixture
def browsed(prepare: Prepare) -> tuple[Database, dict[str, str]]:
    return prepare(_add_groups)


@pytest.fixture
def database(browsed: tuple[Database, dict[str, str]]) -> Database:
    return browsed[0]


@pytest.fixture
def groups(browsed: tuple[Database, dict[str, str]]) -> dict[str, str]:
    """Groups of two domains by name, with their UUIDs."""
    return browsed[1]


def test_an_account_sees_what_is_listed_and_an_administrator_all_of_its_domains(
    database: Database, groups: dict[str, str]
) -> None:
    assert names(database) == sorted(groups)
    assert names(database, LOCAL_ADMIN) == ["all", "closed", "hidden", "off", "rule", "slow"]
    assert names(database, ZOE) == ["all", "closed", "rule", "slow"]
    assert names(database, NIA) == ["other"]
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")
    assert names(database, ZOE) == ["all", "closed", "other", "rule", "slow"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"search": "ALTESTEN"}, ["closed"]),
        ({"search": "all org"}, ["all"]),
        ({"search": "all net"}, []),
        ({"search": "%"}, []),
        ({"kinds": frozenset({GroupKind.DYNAMIC})}, ["rule"]),
        ({"domains": frozenset({"EXAMPLE.net"})}, ["other"]),
        ({"domains": frozenset({"nowhere.example"})}, []),
        ({"shown": False}, ["hidden"]),
        ({"disabled": True}, ["off"]),
        ({"disabled": False, "moderated": True}, ["slow"]),
        ({"member": "Bob@example.org"}, ["all", "off", "slow"]),
        ({"member": "out@side.example"}, ["all"]),
        ({"owner": "bob@example.org"}, ["all"]),
        ({"owner": "ada@example.org"}, []),
    ],
)
def test_filters(
    database: Database, groups: dict[str, str], wanted: dict[str, Any], found: list[str]
) -> None:
    assert names(database, **wanted) == found


def test_a_filter_tells_nothing_that_the_groups_do_not(
    database: Database, groups: dict[str, str]
) -> None:
    assert names(database, ZOE, member="ada@example.org") == ["all"]
    assert names(database, ZOE, owner="bob@example.org") == []
    assert names(database, ZOE, disabled=True) == []
    assert names(database, ZOE, shown=False) == []


@pytest.mark.parametrize(
    "wanted", [{"member": "rubbish"}, {"owner": "@"}, {"domains": frozenset({"a b"})}]
)
def test_an_odd_filter_is_refused(small: Database, wanted: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        names(small, **wanted)


def test_settings_are_for_administrators(database: Database, groups: dict[str, str]) -> None:
    seen = view_group(database, ZOE, groups["all"])
    assert (seen.details, seen.summary.external_count) == (None, 1)
    assert view_group(database, ZOE, groups["closed"]).summary.external_count == 0
    details = view_group(database, LOCAL_ADMIN, groups["hidden"]).details
    assert details is not None
    assert details.settings.show_in_contacts is False
    for name in ("hidden", "off", "other"):
        with pytest.raises(GroupNotFound):
            view_group(database, ZOE, groups[name])


def test_members_are_shown_as_the_group_says(database: Database, groups: dict[str, str]) -> None:
    first = browse_members(database, ZOE, groups["all"], after="", limit=2)
    rest = browse_members(database, ZOE, groups["all"], after=str(first.next_after), limit=2)
    assert [each.address for each in (*first.members, *rest.members)] == [
        "ada@example.org",
        "bob@example.org",
        "out@side.example",
    ]
    assert rest.next_after is None
    with pytest.raises(NotPermitted, match="does not show its members"):
        browse_members(database, ZOE, groups["closed"], after="", limit=2)
    with pytest.raises(GroupNotFound):
        browse_members(database, ZOE, groups["hidden"], after="", limit=2)
    assert browse_members(database, LOCAL_ADMIN, groups["hidden"], after="", limit=2).members


def test_no_external_count_tells_who_is_in_a_group_that_hides_it(small: Database) -> None:
    add_group(small, "a@example.org", "ada@example.org", "x@side.example", show_members=False)
    (seen,) = browse_groups(small, ZOE, GroupFilter(), after="", limit=9).groups
    assert (seen.recipient_count, seen.external_count) == (2, 0)
