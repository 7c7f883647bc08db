"""Where an address is: directly, by an alias, through groups and rules, and in which roles."""

import pytest

from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.whereabouts import HeldRole, Whereabouts, find_whereabouts
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import LOCAL_ADMIN, NIA

Seen = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]


def members_and_ways(found: Whereabouts) -> Seen:
    return {each.group.address.split("@")[0]: (each.members, each.way) for each in found.groups}


@pytest.fixture
def nested(database: Database) -> Database:
    """Ada by address and alias, in a department, by a rule, above all these, and in roles."""
    add_alias(database, "a@example.org", "ada@example.org")
    add_account(
        database, "ada@example.org", display_name="Ada", department="Sales", location="Delft"
    )
    add_group(database, "lunch@example.org", "ada@example.org", "a@example.org")
    add_group(database, "ideas@example.org", "A@example.org", "bob@example.org")
    add_group(database, "sales@example.org", kind="department", department="Sales", members=None)
    add_group(
        database, "delft@example.org", kind="dynamic", rule='location = "Delft"', members=None
    )
    add_group(database, "floor@example.org", "ideas@example.org", "bob@example.org")
    add_group(database, "house@example.org", "floor@example.org", owners=("a@example.org",))
    add_group(
        database,
        "others@example.org",
        "bob@example.org",
        moderators=("ada@example.org",),
        allowed_senders=("a@example.org",),
    )
    add_group(database, "apart@example.org", "bob@example.org")
    return database


def test_all_ways_into_a_group_are_found(nested: Database) -> None:
    found = find_whereabouts(nested, OPERATOR, "ADA@example.org")
    assert members_and_ways(found) == {
        "delft": (("ada@example.org",), ()),
        "floor": ((), ("Ideas",)),
        "house": ((), ("Ideas", "Floor")),
        "ideas": (("A@example.org",), ()),
        "lunch": (("a@example.org", "ada@example.org"), ()),
        "others": ((), ()),
        "sales": (("ada@example.org",), ()),
    }
    names = {each.group.address.split("@")[0] for each in found.named}
    assert names == {"ideas", "lunch"}
    assert {each.group.address.split("@")[0] for each in found.reached} == {
        "delft",
        "sales",
        "floor",
        "house",
    }
    assert all(each.since for each in found.named)


def test_roles_are_found_by_every_address(nested: Database) -> None:
    found = find_whereabouts(nested, OPERATOR, "ada@example.org")
    assert {each.group.address: each.roles for each in found.groups if each.roles} == {
        "house@example.org": (HeldRole(Role.OWNER, "a@example.org"),),
        "others@example.org": (
            HeldRole(Role.MODERATOR, "ada@example.org"),
            HeldRole(Role.ALLOWED_SENDER, "a@example.org"),
        ),
    }
    assert [each.group.address for each in found.with_role(Role.OWNER)] == ["house@example.org"]


def test_a_pinned_account_is_told_from_those_that_a_rule_names(nested: Database) -> None:
    pins = {"members": None, "always_members": ("ada@example.org",)}
    add_group(nested, "pinned@example.org", kind="dynamic", rule='location = "Rome"', **pins)
    found = find_whereabouts(nested, OPERATOR, "ada@example.org")
    assert [each.group.address for each in found.groups if each.is_pinned] == ["pinned@example.org"]
    assert "delft@example.org" in {each.group.address for each in found.reached}


def test_an_alias_is_asked_for_as_its_account(nested: Database) -> None:
    by_alias = find_whereabouts(nested, OPERATOR, "a@example.org")
    assert by_alias.groups == find_whereabouts(nested, OPERATOR, "ada@example.org").groups


def test_disabled_groups_are_there_too(small: Database) -> None:
    """They pass nothing on only until they are enabled."""
    add_group(small, "inner@example.org", "ada@example.org", disabled=True)
    add_group(small, "middle@example.org", "inner@example.org", disabled=True)
    add_group(small, "outer@example.org", "middle@example.org")
    found = find_whereabouts(small, OPERATOR, "ada@example.org")
    assert members_and_ways(found)["outer"] == ((), ("Inner", "Middle"))


def test_a_closed_account_is_found(small: Database) -> None:
    add_group(small, "inner@example.org", "ada@example.org")
    add_group(small, "outer@example.org", "inner@example.org")
    add_account(small, "ada@example.org", active=False)
    assert len(find_whereabouts(small, OPERATOR, "ada@example.org").groups) == 2


def test_external_addresses_and_groups_are_found(small: Database) -> None:
    add_group(small, "inner@example.org", "out@side.example")
    add_group(small, "outer@example.org", "inner@example.org")
    assert members_and_ways(find_whereabouts(small, OPERATOR, "OUT@side.example")) == {
        "inner": (("out@side.example",), ()),
        "outer": ((), ("Inner",)),
    }
    assert members_and_ways(find_whereabouts(small, OPERATOR, "inner@example.org")) == {
        "outer": (("inner@example.org",), ())
    }
    with pytest.raises(InvalidAddress):
        find_whereabouts(small, OPERATOR, "broken")


class TestWhatAnAdministratorMaySee:
    """Groups of its domains and those that it owns; no way leads through others."""

    @pytest.fixture
    def both(self, small: Database) -> Database:
        add_account(small, "nia@example.net")
        add_group(small, "own@example.org", "ada@example.org")
        add_group(small, "theirs@example.net", "ada@example.org", moderators=("ada@example.org",))
        add_group(small, "above@example.org", "theirs@example.net")
        return small

    def test_other_domains_stay_closed(self, both: Database) -> None:
        found = find_whereabouts(both, LOCAL_ADMIN, "ada@example.org")
        assert members_and_ways(found) == {"own": (("ada@example.org",), ())}

    def test_whoever_owns_a_group_sees_it(self, both: Database) -> None:
        add_group(both, "given@example.net", "ada@example.org", owners=("ada@example.org",))
        add_group(both, "over@example.org", "given@example.net")
        found = find_whereabouts(both, LOCAL_ADMIN, "ada@example.org")
        assert members_and_ways(found)["over"] == ((), ("Given",))

    @pytest.mark.parametrize("actor", [NIA, Principal(address=LOCAL_ADMIN.address)])
    def test_whoever_administers_nothing_sees_nothing(
        self, both: Database, actor: Principal
    ) -> None:
        assert find_whereabouts(both, actor, "ada@example.org").groups == ()
