"""From what happened to a row in a unit of work to its first and its last state."""

from typing import Any

import pytest

from contactsgroups.services.unit_of_work.audited_tables import (
    BY_NAME,
    GROUPS,
    MEMBERS,
    UNKNOWN,
    AuditedTable,
    Row,
)
from contactsgroups.services.unit_of_work.differences import Difference, Differences

SHARES = BY_NAME["contactsgroups_domain_shares"]


def row(audited: AuditedTable, **values: Any) -> Row:
    """A row with these values, and nothing known of the others."""
    return tuple(values.get(column.name, UNKNOWN) for column in audited.columns)


def group(name: Any, id_: int = 7) -> Row:
    return row(GROUPS, id=id_, display_name=name)


def only(differences: Differences) -> Difference:
    (found,) = differences
    return found


def test_the_first_state_and_the_last_one_count() -> None:
    differences = Differences()
    differences.update(GROUPS, group("one"), group("two"))
    differences.update(GROUPS, group("two"), group("three"))
    found = only(differences)
    assert (found.before, found.after) == (group("one"), group("three"))


def test_what_a_later_change_tells_of_the_first_state_is_filled_in() -> None:
    differences = Differences()
    differences.update(GROUPS, group(UNKNOWN), group(UNKNOWN))
    differences.update(GROUPS, group("one"), group("two"))
    found = only(differences)
    assert (found.before, found.after) == (group("one"), group("two"))


def test_a_row_that_came_is_its_last_state() -> None:
    differences = Differences()
    differences.insert(GROUPS, group("one"))
    differences.update(GROUPS, group("one"), group("two"))
    found = only(differences)
    assert (found.before, found.after) == (None, group("two"))


def test_a_row_that_went_is_its_first_state() -> None:
    differences = Differences()
    differences.update(GROUPS, group("one"), group("two"))
    differences.remove(GROUPS, group("two"))
    found = only(differences)
    assert (found.before, found.after) == (group("one"), None)


def test_what_came_only_meanwhile_leaves_no_trace() -> None:
    differences = Differences()
    differences.insert(GROUPS, group("one"))
    differences.remove(GROUPS, group("one"))
    assert [*differences] == []


def test_the_number_of_a_removed_row_may_be_that_of_another_one() -> None:
    differences = Differences()
    differences.remove(GROUPS, group("old"))
    differences.insert(GROUPS, group("new"))
    assert [(each.before, each.after) for each in differences] == [
        (group("old"), None),
        (None, group("new")),
    ]


def test_a_pair_that_was_removed_and_made_anew_is_the_same() -> None:
    share = row(SHARES, domain_id=1, visible_domain_id=2)
    differences = Differences()
    differences.remove(SHARES, share)
    differences.insert(SHARES, share)
    found = only(differences)
    assert (found.before, found.after) == (share, share)


def test_a_pair_that_becomes_another_one_goes_and_comes() -> None:
    one, two = (row(SHARES, domain_id=1, visible_domain_id=id_) for id_ in (2, 3))
    differences = Differences()
    differences.update(SHARES, one, two)
    assert [(each.before, each.after) for each in differences] == [(one, None), (None, two)]


@pytest.mark.parametrize("is_changed", [True, False])
def test_members_stand_with_their_group(is_changed: bool) -> None:
    member = row(MEMBERS, group_id=7, address="ada@example.org")
    differences = Differences()
    differences.insert(MEMBERS, member)
    if is_changed:
        differences.update(GROUPS, group("one"), group("two"))
    found = only(differences)
    assert (found.audited, found.key) == (GROUPS, (7,))
    assert [part.after for part in found.parts.values()] == [member]
    assert (found.before is None) is not is_changed
