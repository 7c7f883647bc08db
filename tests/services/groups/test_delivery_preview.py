"""Who gets a copy, through what, and who gets none: compared with a plain walk."""

from collections import defaultdict
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services.groups import GroupDetails
from contactsgroups.services.groups.delivery_preview import (
    DeliveryPreview,
    PreviewRow,
    Silence,
    preview_delivery,
)
from contactsgroups.services.groups.members import list_recipients
from contactsgroups.services.groups.preview_rows import Shown
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.services.conftest import ADA, NIA
from tests.statements import statements_of

HOME = "example.org"


def told(row: PreviewRow) -> str:
    """A row in short: ``bob: Inner › alias b@example.org (2)``."""
    name = row.original.removesuffix(f"@{HOME}")
    if row.silence:
        return f"{name} - {row.silence.name}"
    way = row.ways[0]
    steps = [*way.groups, *([f"alias {way.alias}"] if way.alias else [])]
    return f"{name}: {' › '.join(steps) or 'direct'} ({row.way_count})"


def rows(found: DeliveryPreview) -> list[str]:
    return [told(each) for each in found.rows]


def close(database: Database, name: str) -> None:
    add_account(database, f"{name}@{HOME}", active=False)


@pytest.fixture
def everyone(database: Database) -> GroupDetails:
    """Somebody of every kind."""
    add_alias(database, "b@example.org", "bob@example.org")
    add_group(database, "deep@example.org", "bob@example.org", "guest@side.example")
    add_group(database, "inner@example.org", "deep@example.org", "ada@example.org")
    add_group(database, "off@example.org", "ada@example.org", disabled=True)
    add_group(database, "left@example.org", "zoe@example.org")
    outer = add_group(
        database,
        "outer@example.org",
        *(f"{each}@{HOME}" for each in ("inner", "ada", "b", "eve", "zoe", "off", "left")),
    )
    close(database, "zoe")
    return outer


def test_each_recipient_has_its_shortest_way_and_each_other_member_its_reason(
    database: Database, everyone: GroupDetails
) -> None:
    found = preview_delivery(database, OPERATOR, everyone.uuid)
    assert rows(found) == [
        "ada: direct (2)",
        "bob: alias b@example.org (2)",
        "eve: direct (1)",
        "guest@side.example: Inner › Deep (1)",
        "left - EMPTY",
        "off - DISABLED",
        "zoe - CLOSED",
    ]
    assert (found.recipient_count, found.external_count) == (4, 1)
    assert (found.twice, found.left_out, found.groups_inside) == (2, 3, 2)


def test_filters_and_words_find_some_of_them(database: Database, everyone: GroupDetails) -> None:
    def some(**asked: object) -> list[str]:
        found = preview_delivery(database, OPERATOR, everyone.uuid, **asked)  # type: ignore[arg-type]
        return [each.original.partition("@")[0] for each in found.rows]

    assert some(shown=Shown.EXTERNAL) == ["guest"]
    assert some(shown=Shown.TWICE) == ["ada", "bob"]
    assert some(shown=Shown.LEFT_OUT) == ["left", "off", "zoe"]
    assert some(search="EVE") == ["eve"]
    assert some(search="zo", shown=Shown.ALL) == ["zoe"]
    assert some(search="side.example", shown=Shown.TWICE) == []


def test_pages_follow_each_other_without_a_gap(database: Database, everyone: GroupDetails) -> None:
    found, after = [], ""
    while True:
        page = preview_delivery(database, OPERATOR, everyone.uuid, after=after, limit=2)
        found += rows(page)
        if page.next_after is None:
            break
        after = page.next_after
    assert found == rows(preview_delivery(database, OPERATOR, everyone.uuid))


def test_what_is_behind_a_group_that_is_not_shown_stays_unsaid(database: Database) -> None:
    add_account(database, "nia@example.net")
    add_group(database, "secret@example.org", "bob@example.org", show_in_contacts=False)
    own = add_group(
        database,
        "own@example.net",
        "secret@example.org",
        "x@side.example",
        owners=["nia@example.net"],
    )
    found = preview_delivery(database, NIA, own.uuid)
    assert rows(found) == ["x@side.example: direct (1)"]
    assert found.closed == ("Secret",)
    assert rows(preview_delivery(database, OPERATOR, own.uuid))[0] == "bob: Secret (1)"


def test_of_a_domain_that_is_not_shown_reasons_and_accounts_stay_unsaid(small: Database) -> None:
    add_account(small, "nia@example.net")
    add_alias(small, "info@example.net", "bob@example.org")
    own = add_group(
        small,
        "own@example.net",
        *("info@example.net", "zoe@example.org", "nia@example.net"),
        owners=["nia@example.net"],
    )
    close(small, "zoe")
    found = {each.original: each for each in preview_delivery(small, NIA, own.uuid).rows}
    assert found.keys() == {"info@example.net", "nia@example.net", "zoe@example.org"}
    assert found["zoe@example.org"].silence is Silence.UNSEEN
    assert found["info@example.net"].name == ""


def test_the_account_behind_an_alias_that_is_not_shown_is_in_no_answer(small: Database) -> None:
    add_account(small, "nia@example.net")
    for alias in ("info", "zero"):
        add_alias(small, f"{alias}@example.net", "bob@example.org")
    add_group(small, "inner@example.net", "info@example.net")
    members = ("info", "inner", "nia", "zero")
    own = add_group(
        small,
        "own@example.net",
        *(f"{each}@example.net" for each in members),
        owners=["nia@example.net"],
    )
    found, after = [], ""
    while True:
        page = preview_delivery(small, NIA, own.uuid, after=after, limit=1)
        assert "bob" not in repr(page).lower()
        found += [(each.original, each.way_count) for each in page.rows]
        if page.next_after is None:
            break
        after = page.next_after
    assert found == [("info@example.net", 2), ("nia@example.net", 1), ("zero@example.net", 1)]
    assert page.twice == 1
    for asked in ({"search": "bob"}, {"search": "example.org"}, {"shown": Shown.EXTERNAL}):
        assert preview_delivery(small, NIA, own.uuid, **asked).rows == ()  # type: ignore[arg-type]
    assert preview_delivery(small, OPERATOR, own.uuid).twice == 1


def test_an_alias_and_its_account_that_is_not_shown_are_two_rows(small: Database) -> None:
    add_account(small, "nia@example.net")
    add_alias(small, "info@example.net", "bob@example.org")
    members = ("info@example.net", "bob@example.org")
    own = add_group(small, "own@example.net", *members, owners=["nia@example.net"])
    assert [
        (each.original, each.way_count) for each in preview_delivery(small, NIA, own.uuid).rows
    ] == [
        ("bob@example.org", 1),
        ("info@example.net", 1),
    ]
    assert len(preview_delivery(small, OPERATOR, own.uuid).rows) == 1


def test_a_disabled_group_reaches_nobody(small: Database) -> None:
    group = add_group(small, "off@example.org", "bob@example.org", disabled=True)
    found = preview_delivery(small, OPERATOR, group.uuid)
    assert (found.rows, found.recipient_count, found.left_out) == ((), 0, 0)


def test_whoever_may_not_see_the_members_sees_no_preview(small: Database) -> None:
    add_account(small, "nia@example.net")
    group = add_group(small, "team@example.org", "bob@example.org")
    with pytest.raises(NotPermitted):
        preview_delivery(small, ADA, group.uuid)
    with pytest.raises(GroupNotFound):
        preview_delivery(small, NIA, group.uuid)


def test_a_pinned_account_is_told_from_those_that_the_department_names(database: Database) -> None:
    add_account(database, "ada@example.org", department="Sales")
    add_group(
        database,
        "sales@example.org",
        kind="department",
        department="Sales",
        members=None,
        always_members=("bob@example.org",),
    )
    outer = add_group(database, "outer@example.org", "sales@example.org")
    found = preview_delivery(database, OPERATOR, outer.uuid)
    pinned = {each.address: [way.is_pinned for way in each.ways] for each in found.rows}
    assert pinned == {"ada@example.org": [False], "bob@example.org": [True]}


def test_statements_are_as_many_for_many_as_for_few(small: Database) -> None:
    def count(prefix: str, number: int) -> int:
        names = [f"{prefix}{each}@side.example" for each in range(number)]
        for each in range(number):
            add_group(small, f"{prefix}{each}@{HOME}", *names)
        inside = [f"{prefix}{each}@{HOME}" for each in range(number)]
        group = add_group(small, f"{prefix}@{HOME}", *inside, *names)
        with statements_of(small) as found:
            preview_delivery(small, OPERATOR, group.uuid)
        return len(found)

    assert count("many", 12) == count("few", 2)


@dataclass(frozen=True)
class Net:
    """Groups by their numbers, with accounts, aliases and later groups in them."""

    groups: list[list[str]]
    closed: set[str]
    disabled: set[int]


PEOPLE = ["ada", "bob", "eve", "zoe"]
ALIASES = {"a": "ada", "b": "bob"}


@st.composite
def nets(draw: st.DrawFn) -> Net:
    size = draw(st.integers(1, 5))
    groups = []
    for number in range(size):
        inside = [f"g{each}" for each in range(number + 1, size)]
        choice = st.sampled_from([*PEOPLE, *ALIASES, "x@side.example", *inside])
        groups.append(draw(st.lists(choice, min_size=1, max_size=6, unique=True)))
    return Net(
        groups,
        draw(st.sets(st.sampled_from(PEOPLE), max_size=2)),
        draw(st.sets(st.integers(1, 4), max_size=2)),
    )


def walk(net: Net) -> dict[str, set[tuple[int, str]]]:
    """The memberships that lead to each mailbox, by a plain walk through everything."""
    found: dict[str, set[tuple[int, str]]] = defaultdict(set)

    def enter(number: int) -> None:
        for member in net.groups[number]:
            inner = int(member[1:]) if member[0] == "g" and member[1:].isdigit() else None
            mailbox = ALIASES.get(member, member)
            if inner is not None and inner not in net.disabled:
                enter(inner)
            elif inner is None and mailbox not in net.closed:
                found[mailbox].add((number, member))

    enter(0)
    return found


def distance(net: Net, target: int) -> int:
    """How many groups a message passes to one, by trying all ways."""

    def ways(number: int) -> list[int]:
        inside = [int(each[1:]) for each in net.groups[number] if each[1:].isdigit()]
        below = [1 + way for each in inside if each not in net.disabled for way in ways(each)]
        return [0, *below] if number == target else below

    return min(ways(0))


@settings(max_examples=15, deadline=None)
@given(nets())
def test_ways_are_those_of_a_walk_through_everything(net: Net) -> None:
    database = Database("sqlite://")
    try:
        compare(database, net)
    finally:
        database.dispose()


def compare(database: Database, net: Net) -> None:
    schema.upgrade(database)
    add_accounts(database, PEOPLE)
    for alias, account in ALIASES.items():
        add_alias(database, f"{alias}@{HOME}", f"{account}@{HOME}")
    made = {}
    for number in reversed(range(len(net.groups))):
        members = [each if "@" in each else f"{each}@{HOME}" for each in net.groups[number]]
        is_off = number in net.disabled
        made[number] = add_group(database, f"g{number}@{HOME}", *members, disabled=is_off)
    for each in net.closed:
        close(database, each)
    found = preview_delivery(database, OPERATOR, made[0].uuid, limit=200)
    reached = {row.original.removesuffix(f"@{HOME}"): row for row in found.rows if not row.silence}
    due = walk(net)
    assert reached.keys() == due.keys()
    assert {row.address for row in reached.values()} == {
        *list_recipients(database, OPERATOR, made[0].uuid)
    }
    for mailbox, memberships in due.items():
        row = reached[mailbox]
        assert row.way_count == len(memberships)
        assert len(row.ways[0].groups) == min(distance(net, each) for each, _ in memberships)
    assert found.twice == sum(len(each) > 1 for each in due.values())
