"""What is kept of a deleted group is all that was stored of it."""

from sqlalchemy import select

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DeletedGroup, Group, GroupRole, Member
from contactsgroups.services import groups
from contactsgroups.services.groups.deleted_groups import restore_group
from contactsgroups.services.groups.group_snapshots import columns_of, read_snapshot
from tests.directories import add_group

OF_THE_MOMENT = {"updated_at", "updated_by", "version"}


def rows(database: Database, entity: type[Group | Member | GroupRole]) -> list[dict[str, object]]:
    names = sorted(columns_of(entity) - OF_THE_MOMENT)
    with database.read() as session:
        found = session.scalars(select(entity).order_by(entity.address))
        return [{name: getattr(row, name) for name in names} for row in found]


def test_every_column_that_is_not_derived_comes_back(database: Database) -> None:
    uuid = add_group(
        database,
        "sales@example.org",
        "ada@example.org",
        "Pager@Partner.example",
        owners=["ada@example.org"],
        allowed_senders=["Boss@Partner.example"],
        description="Sells",
    ).uuid
    before = [rows(database, each) for each in (Group, Member, GroupRole)]
    groups.remove_group(database, OPERATOR, uuid)
    restore_group(database, OPERATOR, uuid)
    assert [rows(database, each) for each in (Group, Member, GroupRole)] == before


def test_a_snapshot_says_where_the_group_was(small: Database) -> None:
    uuid = add_group(small, "sales@example.org", "ada@example.org").uuid
    around = add_group(small, "all@example.org", "sales@example.org", "bob@example.org").uuid
    groups.remove_group(small, OPERATOR, uuid)
    with small.read() as session:
        snapshot = read_snapshot(session.scalars(select(DeletedGroup)).one())
    assert [each["address"] for each in snapshot.members] == ["ada@example.org"]
    assert [(each.uuid, each.address) for each in snapshot.memberships] == [
        (around, "all@example.org")
    ]


def test_a_large_group_takes_little_room(small: Database) -> None:
    people = [f"person{number}@partner.example" for number in range(5000)]
    uuid = add_group(small, "large@example.org", *people).uuid
    groups.remove_group(small, OPERATOR, uuid)
    with small.read() as session:
        deleted = session.scalars(select(DeletedGroup)).one()
        assert len(deleted.content) < 200_000
