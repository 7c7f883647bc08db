"""Who is in which group, as a copy of a message goes."""

import pytest

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Member
from contactsgroups.services.groups.lookup import require_group_by_address
from contactsgroups.services.unit_of_work.member_graph import MemberGraph
from tests.directories import add_account, add_alias, add_group


def graph_of(database: Database, *names: str) -> MemberGraph:
    with database.read() as session:
        rows = [require_group_by_address(session, f"{name}@example.org") for name in names]
        return MemberGraph.load(session, rows)


def test_everything_inside_is_loaded_however_deep(small: Database) -> None:
    previous = "ada@example.org"
    for number in range(6):
        add_group(small, f"g{number}@example.org", previous, "x@side.example")
        previous = f"g{number}@example.org"
    graph = graph_of(small, "g5")
    assert graph.enabled_groups() == {f"g{number}@example.org" for number in range(6)}
    assert sorted(graph.members_of("g0@example.org") or ()) == ["ada@example.org", "x@side.example"]
    assert graph.members_of("ada@example.org") is None


def test_an_alias_stands_for_its_account_and_a_closed_account_for_nothing(small: Database) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    add_alias(small, "b@example.org", "bob@example.org")
    add_account(small, "bob@example.org", active=False)
    add_account(small, "eve@example.org", active=False)
    add_group(
        small,
        "team@example.org",
        *("a@example.org", "b@example.org", "eve@example.org", "zoe@example.org"),
    )
    members = graph_of(small, "team").members_of("team@example.org")
    assert sorted(members or ()) == ["ada@example.org", "zoe@example.org"]


def test_a_disabled_group_passes_nothing_on_but_is_still_in_the_way_of_a_cycle(
    small: Database,
) -> None:
    add_group(small, "inner@example.org", "ada@example.org", disabled=True)
    add_group(small, "outer@example.org", "inner@example.org")
    graph = graph_of(small, "outer")
    assert graph.members_of("inner@example.org") == ()
    assert graph.all_members_of("inner@example.org") == ["ada@example.org"]
    assert graph.enabled_groups() == {"outer@example.org"}


@pytest.mark.parametrize(
    ("values", "moderated"),
    [({}, False), ({"moderated": True}, True), ({"moderated": True, "disabled": True}, False)],
)
def test_a_moderator_is_needed_where_something_is_passed_on(
    small: Database, values: dict[str, bool], moderated: bool
) -> None:
    add_group(small, "team@example.org", "ada@example.org", owners=["bob@example.org"], **values)
    assert graph_of(small, "team").is_moderated("team@example.org") is moderated
    add_account(small, "ada@example.org", active=False)
    assert not graph_of(small, "team").is_moderated("team@example.org")


def test_groups_that_contain_each_other_are_loaded_all_the_same(small: Database) -> None:
    """They cannot be saved, but a database may have been written to by hand."""
    inner = add_group(small, "inner@example.org", "ada@example.org")
    add_group(small, "outer@example.org", "inner@example.org")
    with small.write() as session:
        row = require_group_by_address(session, inner.address)
        outer = "outer@example.org"
        session.add(Member(group_id=row.id, address=outer, original=outer))
    graph = graph_of(small, "outer")
    assert graph.enabled_groups() == {"inner@example.org", "outer@example.org"}


def test_groups_of_several_roots_are_loaded_once(small: Database) -> None:
    add_group(small, "inner@example.org", "ada@example.org")
    for name in ("one", "two"):
        add_group(small, f"{name}@example.org", "inner@example.org")
    graph = graph_of(small, "one", "two", "inner")
    assert graph.members_of("inner@example.org") == ["ada@example.org"]
