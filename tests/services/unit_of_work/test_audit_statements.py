"""The audit log sees statements that change many rows, and no use case has a way around it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import mysql, sqlite

from contactsgroups import services
from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group, GroupRole, Member
from contactsgroups.services.groups import members
from contactsgroups.services.unit_of_work import write
from tests.directories import add_accounts, add_group
from tests.services.unit_of_work.audit_log import read_log
from tests.statements import statements_of

WAYS_AROUND = {
    *("bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"),
    *("exec_driver_sql", "sqlalchemy.text", "sqlalchemy.TextClause"),
}
"""What reaches a database past the events that the log listens to."""


def test_statements_for_many_rows_are_seen(database: Database, sales: str) -> None:
    """On entities and on their tables alike."""
    with write(database, OPERATOR) as work:
        (id_,) = work.session.scalars(select(Group.id))
        rows = [{"group_id": id_, "address": f"{n}@x.example", "original": "X"} for n in "abc"]
        work.session.execute(insert(Member), rows)
        work.session.execute(
            insert(GroupRole.__table__),
            {"group_id": id_, "role": Role.MODERATOR, "address": "z@x.example", "original": "z"},
        )
        work.session.execute(delete(Member).where(Member.address.like("%ada%")))
        work.session.execute(
            update(Member.__table__)
            .where(Member.address == "b@x.example")
            .values(address="y@x.example")
        )
        work.session.execute(update(Account).where(Account.address < "b").values(title="Chief"))
    assert read_log(database) == [
        (
            "change group",
            "sales@example.org",
            {
                "members": {
                    "added": ["a@x.example", "c@x.example", "y@x.example"],
                    "removed": ["ada@example.org"],
                },
                "roles": {"moderator": {"added": ["z@x.example"]}},
            },
        ),
        ("change account", "ada@example.org", {"fields": {"title": ["", "Chief"]}}),
    ]


def test_deleting_groups_with_one_statement_takes_their_members_into_the_log(
    database: Database, sales: str
) -> None:
    with write(database, OPERATOR) as work:
        work.session.execute(delete(Group).where(Group.uuid == sales))
    ((action, subject, detail),) = read_log(database)
    assert (action, subject) == ("remove group", "sales@example.org")
    assert detail["members"] == {"removed": ["ada@example.org", "bob@example.org"]}


def test_statements_whose_effect_cannot_be_seen_are_refused(database: Database) -> None:
    for statement, parameters in [
        (insert(Member).values(group_id=1, address="a", original="a"), None),
        (insert(Member).from_select(["group_id"], select(Group.id)), None),
        (insert(Member).prefix_with("OR IGNORE"), [{"group_id": 1, "address": "a"}]),
        (sqlite.insert(Member).on_conflict_do_nothing(), [{"group_id": 1, "address": "a"}]),
        (mysql.insert(Member), [{"group_id": 1, "address": "a"}]),
        (update(Account), [{"id": 1, "title": "Chief"}]),
    ]:
        with (
            pytest.raises(TypeError, match="rows"),
            write(database, OPERATOR) as work,
        ):
            work.session.execute(statement, parameters)


def names_in(path: Path) -> Iterator[str]:
    """The attributes that a module uses, and what it imports from SQLAlchemy."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield node.attr
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from (f"sqlalchemy.{each.name}" for each in node.names)


def test_no_use_case_goes_around_the_log() -> None:
    modules = list(Path(services.__file__).parent.rglob("*.py"))
    assert any("sqlalchemy.insert" in names_in(path) for path in modules)
    assert [path for path in modules if WAYS_AROUND & {*names_in(path)}] == []


def test_the_cost_of_a_change_does_not_grow_with_the_group(database: Database) -> None:
    counts = []
    for size in (3, 300):
        names = [f"{size}-{number}" for number in range(size)]
        add_accounts(database, names)
        texts = [f"{name}@example.org" for name in names]
        uuid = add_group(database, f"g{size}@example.org", *texts).uuid
        with statements_of(database) as statements:
            members.remove_member(database, OPERATOR, uuid, texts[0])
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_statement_for_derived_columns_is_not_preceded_by_another(
    database: Database, sales: str
) -> None:
    with statements_of(database) as statements, write(database, OPERATOR) as work:
        work.session.execute(update(Group).values(native=False))
        work.session.execute(update(Group.__table__).values(recipient_count=7))
    assert sum("contactsgroups_groups" in each for each in statements) == 2
