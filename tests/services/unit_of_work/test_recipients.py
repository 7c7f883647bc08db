"""Recipients are kept in step: after any history they are those that an expansion gives.

The reference is ``domain.expansion``, by which the checks expand every group anew.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, event, select

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member
from contactsgroups.services import accounts, groups
from contactsgroups.services.checks import check_database
from contactsgroups.services.groups import leaving, members
from contactsgroups.services.transfer.importing import import_records
from contactsgroups.services.transfer.records import AccountRecord
from contactsgroups.services.unit_of_work import Work, write
from tests.directories import add_account, add_accounts, add_alias, add_group, delete_for_good

NAMES = [f"g{number}@example.org" for number in range(6)]
PEOPLE = [f"{name}@example.org" for name in ("ada", "bob", "eve", "zoe")]
ALIASES = ["one@example.org", "two@example.org"]
OUTSIDE = ["x@later.example", "y@later.example", "z@side.example"]
ANYBODY = [*NAMES, *PEOPLE, *ALIASES, *OUTSIDE]

Change = Callable[[Database, random.Random], None]


def faults(database: Database) -> list[str]:
    """What of the stored recipients, counts and pairs of groups is not what it should be."""
    return [each.text for each in check_database(database) if each.severity == "error"]


def row_of(work: Work, address: str) -> Group | None:
    return work.session.scalar(select(Group).where(Group.address == address))


def make(database: Database, chance: random.Random) -> None:
    add_group(database, chance.choice(NAMES), *chance.sample(ANYBODY, 2))


def remove(database: Database, chance: random.Random) -> None:
    uuid = groups.find_group(database, OPERATOR, chance.choice(NAMES)).uuid
    delete_for_good(database, uuid)


def add(database: Database, chance: random.Random) -> None:
    uuid = groups.find_group(database, OPERATOR, chance.choice(NAMES)).uuid
    members.add_members(database, OPERATOR, uuid, chance.sample(ANYBODY, chance.randint(1, 3)))


def take_out(database: Database, chance: random.Random) -> None:
    uuid = groups.find_group(database, OPERATOR, chance.choice(NAMES)).uuid
    members.remove_member(database, OPERATOR, uuid, chance.choice(ANYBODY))


def take_out_everywhere(database: Database, chance: random.Random) -> None:
    leaving.remove_everywhere(database, OPERATOR, chance.choice(ANYBODY))


def switch(database: Database, chance: random.Random) -> None:
    with write(database, OPERATOR) as work:
        if (row := row_of(work, chance.choice(NAMES))) is not None:
            name = chance.choice(["disabled", "moderated"])
            setattr(row, name, not getattr(row, name))
            work.changed_group(row)


def rename(database: Database, chance: random.Random) -> None:
    former, address = chance.sample(NAMES, 2)
    found = groups.find_group(database, OPERATOR, former)
    draft = groups.GroupDraft(address=address, settings=found.settings)
    groups.update_group(database, OPERATOR, found.uuid, found.version, draft)


def hire_or_close(database: Database, chance: random.Random) -> None:
    add_account(database, chance.choice(PEOPLE), active=chance.random() < 0.6)


def dismiss(database: Database, chance: random.Random) -> None:
    accounts.remove_account(database, OPERATOR, chance.choice(PEOPLE))


def point(database: Database, chance: random.Random) -> None:
    add_alias(database, chance.choice(ALIASES), chance.choice(PEOPLE))


def drop_alias(database: Database, chance: random.Random) -> None:
    accounts.remove_alias(database, OPERATOR, chance.choice(ALIASES))


def serve(database: Database, chance: random.Random) -> None:
    if chance.random() < 0.3:
        add_accounts(database, chance.sample(["x", "w"], chance.randint(0, 1)), "later.example")


def serve_no_more(database: Database, _: random.Random) -> None:
    accounts.remove_domain(database, OPERATOR, "later.example")


def several_at_once(database: Database, chance: random.Random) -> None:
    """A unit of work that follows what it did, undoes part of it, and goes on."""
    with write(database, OPERATOR) as work:
        row = row_of(work, chance.choice(NAMES))
        if row is None:
            return
        address = chance.choice(PEOPLE)
        here = (Member.group_id == row.id) & (Member.address == address)
        if work.session.scalar(select(Member.id).where(here)) is None:
            work.session.add(Member(group_id=row.id, address=address, original=address))
            work.changed_group(row)
            work.follow()
            work.session.execute(delete(Member).where(here))
        else:
            work.session.execute(delete(Member).where(here))
            work.changed_group(row)
            work.follow()
            work.session.add(Member(group_id=row.id, address=address, original=address))
        work.changed_group(row)


CHANGES: list[Change] = [
    make,
    make,
    remove,
    add,
    add,
    add,
    take_out,
    take_out_everywhere,
    switch,
    switch,
    rename,
    hire_or_close,
    dismiss,
    point,
    drop_alias,
    serve,
    serve_no_more,
    several_at_once,
]


@pytest.mark.parametrize("seed", range(12))
def test_after_any_history_they_are_those_of_an_expansion(small: Database, seed: int) -> None:
    chance = random.Random(seed)
    for name in NAMES[:4]:
        add_group(small, name, chance.choice(PEOPLE))
    done: list[str] = []
    for _ in range(40):
        change = chance.choice(CHANGES)
        done.append(change.__name__)
        try:
            change(small, chance)
        except ContactsGroupsError:
            done[-1] += " (refused)"
        assert faults(small) == [], done


@pytest.mark.parametrize("seed", range(4))
def test_groups_in_a_circle_have_the_recipients_that_can_be_reached(
    small: Database, seed: int
) -> None:
    """No use case makes a circle, but data may have come from elsewhere."""
    chance = random.Random(seed)
    ids = {name: add_group(small, name, chance.choice(PEOPLE)).uuid for name in NAMES}
    with write(small, OPERATOR) as work:
        for outer, inner in (NAMES[:2], NAMES[1:3], (NAMES[2], NAMES[0]), NAMES[3:1:-1]):
            row = row_of(work, outer)
            assert row is not None
            row.members.append(Member(address=inner, original=inner))
            work.changed_group(row)
    assert [text for text in faults(small) if "contain each other" not in text] == []
    for _ in range(10):
        uuid = ids[chance.choice(NAMES)]
        members.add_members(small, OPERATOR, uuid, chance.sample(PEOPLE, 2))
        with write(small, OPERATOR) as work:
            row = row_of(work, chance.choice(NAMES))
            assert row is not None
            row.disabled = not row.disabled
            work.changed_group(row)
        assert [text for text in faults(small) if "contain each other" not in text] == []


@contextmanager
def instructions_of(database: Database) -> Iterator[list[int]]:
    """Count the instructions of SQLite's virtual machine."""
    count = [0]

    def add_one() -> int:
        count[0] += 1
        return 0

    def watch(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(add_one, 1)

    event.listen(database.engine, "checkout", watch)
    yield count
    event.remove(database.engine, "checkout", watch)


def test_one_member_more_or_less_costs_as_little_in_a_large_group_as_in_a_small_one(
    small: Database,
) -> None:
    people = [f"p{number}@example.org" for number in range(1000)]
    import_records(small, OPERATOR, [AccountRecord(address=each) for each in people])
    costs = []
    for size in (10, 1000):
        inner = add_group(small, f"inner{size}@example.org", *people[:size])
        add_group(small, f"outer{size}@example.org", inner.address)
        with instructions_of(small) as count:
            members.add_member(small, OPERATOR, inner.uuid, "ada@example.org")
            members.remove_member(small, OPERATOR, inner.uuid, "ada@example.org")
        costs.append(count[0])
    assert costs[1] < 1.2 * costs[0]
    assert faults(small) == []
