"""Who is inside a group, at a glance."""

import pytest

from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.groups.first_recipients import list_first_recipients
from tests.directories import add_accounts, add_alias, add_group
from tests.services.conftest import ADA, NIA
from tests.statements import statements_of


def test_the_first_ones_are_listed_and_all_are_counted(small: Database) -> None:
    inner = add_group(small, "inner@example.org", "zoe@example.org", "x@side.example")
    group = add_group(small, "team@example.org", "bob@example.org", inner.address)
    found = list_first_recipients(small, ADA, group.uuid, 2)
    assert [(each.address, each.name) for each in found.views] == [
        ("bob@example.org", "Bob"),
        ("x@side.example", ""),
    ]
    assert found.total == 3


def test_a_group_inside_that_hides_its_members_stands_for_them(small: Database) -> None:
    inner = add_group(small, "inner@example.org", "zoe@example.org", show_members=False)
    middle = add_group(small, "middle@example.org", inner.address)
    group = add_group(small, "team@example.org", "bob@example.org", middle.address)
    found = list_first_recipients(small, ADA, group.uuid, 9)
    assert [(each.address, each.kind) for each in found.views] == [
        ("bob@example.org", "account"),
        ("inner@example.org", "group"),
    ]
    assert found.total == 2


def test_an_alias_of_an_account_that_is_not_shown_stands_for_it(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_alias(small, "desk@example.org", "nia@example.net")
    group = add_group(small, "team@example.org", "bob@example.org", "desk@example.org")
    found = list_first_recipients(small, ADA, group.uuid, 9)
    assert [each.address for each in found.views] == ["bob@example.org", "desk@example.org"]
    assert [
        each.address for each in list_first_recipients(small, OPERATOR, group.uuid, 9).views
    ] == [
        "bob@example.org",
        "nia@example.net",
    ]


def test_only_where_the_group_may_be_known_and_shows_them(small: Database) -> None:
    shown = add_group(small, "team@example.org", "bob@example.org")
    closed = add_group(small, "closed@example.org", "bob@example.org", show_members=False)
    hidden = add_group(small, "hidden@example.org", "bob@example.org", show_in_contacts=False)
    with pytest.raises(GroupNotFound):
        list_first_recipients(small, NIA, shown.uuid, 9)
    with pytest.raises(GroupNotFound):
        list_first_recipients(small, ADA, hidden.uuid, 9)
    with pytest.raises(GroupNotFound):
        list_first_recipients(small, ADA, "no such group", 9)
    with pytest.raises(NotPermitted):
        list_first_recipients(small, ADA, closed.uuid, 9)


def test_the_statements_do_not_grow_with_the_members(small: Database) -> None:
    add_accounts(small, [f"a{number}" for number in range(40)])
    few = add_group(small, "few@example.org", "bob@example.org", "eve@example.org")
    many = add_group(small, "many@example.org", *(f"a{each}@example.org" for each in range(40)))
    counts = []
    for group in (few, many):
        with statements_of(small) as found:
            list_first_recipients(small, ADA, group.uuid, 50)
        counts.append(len(found))
    assert counts[0] == counts[1]
