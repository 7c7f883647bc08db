"""What an alias or an account leaves empty is known before it goes, and is what then is empty."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services import accounts
from contactsgroups.services.groups.emptied import (
    EmptiedGroup,
    groups_emptied_by_account,
    groups_emptied_by_alias,
)
from contactsgroups.services.groups.findings import Finding
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import NIA
from tests.services.groups.conftest import listing, names

EVE, HELP = "eve@example.org", "help@example.org"


@pytest.fixture
def nested(small: Database) -> Database:
    """Eve is reached by her alias alone in one group, in that around it, and by both in another."""
    add_alias(small, HELP, EVE)
    add_group(small, "inner@example.org", HELP)
    add_group(small, "outer@example.org", "inner@example.org")
    add_group(small, "both@example.org", HELP, EVE)
    add_group(small, "more@example.org", "inner@example.org", "bob@example.org")
    add_group(small, "off@example.org", HELP, disabled=True)
    return small


def short(found: tuple[EmptiedGroup, ...]) -> list[str]:
    return [each.original.partition("@")[0] for each in found]


def test_an_alias_that_is_the_only_way_to_somebody_empties_groups(nested: Database) -> None:
    assert short(groups_emptied_by_alias(nested, OPERATOR, HELP)) == ["inner", "outer"]
    assert groups_emptied_by_alias(nested, OPERATOR, "nobody@example.org") == ()


def test_an_account_takes_all_its_addresses_along(nested: Database) -> None:
    assert short(groups_emptied_by_account(nested, OPERATOR, EVE)) == ["both", "inner", "outer"]
    assert groups_emptied_by_account(nested, OPERATOR, HELP) == ()


def test_groups_that_one_may_not_look_into_stay_unsaid(nested: Database) -> None:
    assert groups_emptied_by_account(nested, NIA, EVE) == ()


MEMBERS = st.lists(
    st.sampled_from(["eve", "help", "bob", "g0", "g1", "g2"]), min_size=1, max_size=3, unique=True
)


@settings(max_examples=12, deadline=None)
@given(st.lists(MEMBERS, min_size=1, max_size=4), st.booleans())
def test_what_is_said_before_is_what_is_empty_afterwards(
    groups: list[list[str]], by_alias: bool
) -> None:
    database = Database("sqlite://")
    try:
        fill(database, groups)
        if by_alias:
            said = groups_emptied_by_alias(database, OPERATOR, HELP)
            accounts.remove_alias(database, OPERATOR, HELP)
        else:
            said = groups_emptied_by_account(database, OPERATOR, EVE)
            add_account(database, EVE, active=False)
        empty = names(listing(database, finding=Finding.REACHES_NOBODY))
        assert sorted(short(said)) == sorted(empty)
    finally:
        database.dispose()


def fill(database: Database, groups: list[list[str]]) -> None:
    schema.upgrade(database)
    add_accounts(database, ["bob", "eve"])
    add_alias(database, HELP, EVE)
    for number, wanted in enumerate(groups):
        inside = [each for each in wanted if each[0] != "g" or int(each[1]) < number]
        members = [f"{each}@example.org" for each in inside or ["bob"]]
        add_group(database, f"g{number}@example.org", *members)
