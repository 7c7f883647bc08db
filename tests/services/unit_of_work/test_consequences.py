"""After any change, every group has the recipients that its members give now."""

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import Conflict
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group, Member, Recipient
from contactsgroups.services import accounts, groups
from contactsgroups.services.groups import members
from contactsgroups.services.groups.lookup import require_group_by_address
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_accounts, add_alias, add_group, group_draft
from tests.services.conftest import changes_since, position
from tests.statements import statements_of


def recipients(database: Database, uuid: str) -> list[str]:
    mailboxes = members.list_recipients(database, OPERATOR, uuid)
    return [each.removesuffix("@example.org") for each in mailboxes]


def test_recipients_follow_nested_groups_aliases_and_closed_accounts(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    inner = add_group(database, "inner@example.org", "a@example.org", "bob@example.org")
    outer = add_group(database, "outer@example.org", "inner@example.org", "ada@example.org")
    top = add_group(database, "top@example.org", "outer@example.org")
    assert recipients(database, top.uuid) == ["ada", "bob"]
    members.add_member(database, OPERATOR, inner.uuid, "zoe@example.org")
    assert recipients(database, top.uuid) == ["ada", "bob", "zoe"]
    add_account(database, "bob@example.org", display_name="Bob", active=False)
    assert recipients(database, top.uuid) == ["ada", "zoe"]
    accounts.remove_account(database, OPERATOR, "ada@example.org")
    assert recipients(database, outer.uuid) == ["zoe"]
    assert groups.show_group(database, OPERATOR, top.uuid).recipient_count == 1


def about_recipients(statements: list[str]) -> list[str]:
    return [each for each in statements if "contactsgroups_recipients" in each]


def test_a_member_with_another_name_costs_no_expansion(database: Database) -> None:
    """The groups are in the journal all the same; one that is closed counts at once."""
    inner = add_group(database, "inner@example.org", "ada@example.org", "bob@example.org")
    outer = add_group(database, "outer@example.org", "inner@example.org")
    before = position(database)
    with statements_of(database) as statements:
        add_account(database, "bob@example.org", display_name="Robert")
    assert about_recipients(statements) == []
    assert changes_since(database, before) == [
        "account bob@example.org",
        "group inner@example.org",
        "group outer@example.org",
    ]
    with statements_of(database) as statements:
        add_account(database, "bob@example.org", display_name="Robert", active=False)
    assert about_recipients(statements)
    assert recipients(database, outer.uuid) == recipients(database, inner.uuid) == ["ada"]
    add_account(database, "bob@example.org", display_name="Robert", active=True)
    assert recipients(database, outer.uuid) == ["ada", "bob"]


def test_a_group_of_1200_members_nested_twice_is_expanded_whole(database: Database) -> None:
    names = [f"person{number:04}" for number in range(1200)]
    add_accounts(database, names)
    inner = add_group(database, "inner@example.org", *(f"{name}@example.org" for name in names))
    outer = add_group(database, "outer@example.org", "inner@example.org", "ada@example.org")
    assert inner.recipient_count == 1200
    assert recipients(database, outer.uuid) == ["ada", *names]


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ({}, {}, (True, True)),
        ({"moderated": True}, {}, (False, True)),
        ({"disabled": True}, {}, (False, True)),
        ({}, {"moderated": True}, (False, False)),
        ({}, {"disabled": True}, (True, False)),
        ({}, {"disabled": True, "moderated": True}, (True, False)),
    ],
)
def test_postfix_expands_by_itself_what_no_moderator_has_to_see(
    small: Database,
    outer: dict[str, bool],
    inner: dict[str, bool],
    expected: tuple[bool, bool],
) -> None:
    owners = ["eve@example.org"]
    add_group(small, "inner@example.org", "ada@example.org", owners=owners, **inner)
    members = ("inner@example.org", "bob@example.org")
    add_group(small, "outer@example.org", *members, owners=owners, **outer)
    with small.read() as session:
        rows = [
            require_group_by_address(session, f"{name}@example.org") for name in ("outer", "inner")
        ]
        assert tuple(row.native for row in rows) == expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ({}, {}, (True, True)),
        ({"ignore_auto_replies": False}, {"ignore_auto_replies": False}, (False, False)),
        ({}, {"ignore_auto_replies": False}, (True, False)),
        ({"ignore_auto_replies": False}, {}, (True, True)),
        ({"ignore_auto_replies": False}, {"disabled": True}, (False, False)),
        ({"disabled": True}, {"ignore_auto_replies": False}, (False, False)),
    ],
)
def test_the_lmtp_server_looks_at_what_goes_to_a_group_that_ignores_automatic_replies(
    small: Database, outer: dict[str, bool], inner: dict[str, bool], expected: tuple[bool, bool]
) -> None:
    add_group(small, "inner@example.org", "ada@example.org", **inner)
    add_group(small, "outer@example.org", "inner@example.org", "bob@example.org", **outer)
    assert lmtp_lanes(small) == expected


def test_a_switch_inside_changes_the_lane_of_the_groups_around(small: Database) -> None:
    inner = add_group(
        small,
        "inner@example.org",
        "ada@example.org",
        posting_policy="anyone",
        ignore_auto_replies=False,
    )
    add_group(small, "outer@example.org", "inner@example.org", ignore_auto_replies=False)
    assert lmtp_lanes(small) == (False, False)
    for ignoring in (True, False):
        draft = group_draft(inner.address, ignore_auto_replies=ignoring)
        current = groups.show_group(small, OPERATOR, inner.uuid)
        groups.update_group(small, OPERATOR, inner.uuid, current.version, draft)
        assert lmtp_lanes(small) == (ignoring, ignoring)


def lmtp_lanes(database: Database) -> tuple[bool, ...]:
    """Whether the LMTP server looks at what goes to outer@ and to inner@."""
    with database.read() as session:
        return tuple(
            require_group_by_address(session, f"{name}@example.org").lmtp_lane
            for name in ("outer", "inner")
        )


def test_a_group_that_reaches_nobody_is_not_expanded(small: Database) -> None:
    group = add_group(small, "team@example.org", "ada@example.org")
    add_account(small, "ada@example.org", active=False)
    found = groups.show_group(small, OPERATOR, group.uuid)
    assert (found.recipient_count, found.external_count) == (0, 0)
    with small.read() as session:
        assert not require_group_by_address(session, "team@example.org").native


NAMES = [f"g{number}@example.org" for number in range(5)]
MAILBOXES = [
    "ada@example.org",
    "bob@example.org",
    "eve@example.org",
    "out@side.example",
    "alias@example.org",
]


def mailboxes_of(database: Database, name: str) -> set[str]:
    """The recipients, worked out anew in the most simple way: follow every path."""
    with database.read() as session:
        rows = session.execute(select(Group.address, Group.disabled, Member.address).join(Member))
        inside: dict[str, set[str]] = {}
        for group, disabled, member in rows:
            inside.setdefault(group, set()).update(() if disabled else {member})
        closed = set(session.scalars(select(Account.address).where(Account.active.is_(False))))

    def walk(address: str) -> Iterator[str]:
        address = "bob@example.org" if address == "alias@example.org" else address
        if address not in inside:
            yield from () if address in closed else (address,)
        for each in inside.get(address, ()):
            yield from walk(each)

    return set(walk(name))


def change_something(database: Database, chance: random.Random) -> None:
    """One of the changes that reach recipients; refused ones change nothing."""
    name = chance.choice(NAMES)
    uuid = groups.find_group(database, OPERATOR, name).uuid
    someone = chance.choice(MAILBOXES + NAMES)
    match chance.randrange(4):
        case 0 | 1:
            members.add_members(database, OPERATOR, uuid, [someone])
        case 2:
            kept = [each.address for each in members.list_members(database, OPERATOR, uuid)]
            try:
                members.remove_member(database, OPERATOR, uuid, chance.choice(kept))
            except Conflict:
                assert len(kept) == 1
        case _:
            with write(database, OPERATOR) as work:
                row = require_group_by_address(work.session, name)
                row.disabled = not row.disabled
                work.changed_group(row)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_the_stored_recipients_are_those_of_the_members(
    small: Database, seed: int
) -> None:
    chance = random.Random(seed)
    add_alias(small, "alias@example.org", "bob@example.org")
    for name in NAMES:
        add_group(small, name, chance.choice(MAILBOXES))
    for _ in range(25):
        change_something(small, chance)
        if chance.random() < 0.1:
            add_account(small, "eve@example.org", active=chance.random() < 0.5)
    statement = select(Group.address, Recipient.address).join_from(Group, Recipient)
    with small.read() as session:
        stored = {tuple(row) for row in session.execute(statement)}
    assert stored == {(name, each) for name in NAMES for each in mailboxes_of(small, name)}
