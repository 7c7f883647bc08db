"""The groups inside a group are found with their ways, as far as one may look."""

from sqlalchemy import select

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.groups.groups_inside import read_groups_inside
from tests.directories import add_account, add_group
from tests.services.conftest import NIA


def inside(database: Database, principal: Principal, address: str) -> tuple[list[str], list[str]]:
    """The open groups with their ways, and the closed ones."""
    with database.read() as session:
        group = session.scalars(select(Group).where(Group.address == address)).one()
        found = read_groups_inside(session, principal, group)
        ways = [" › ".join(each.display_name for each in way) for way in found.ways.values()]
        return ways, [each.display_name for each in found.closed]


def test_ways_are_short_and_go_through_groups_that_hand_mail_on(small: Database) -> None:
    add_group(small, "d@example.org", "bob@example.org")
    add_group(small, "c@example.org", "d@example.org")
    add_group(small, "b@example.org", "d@example.org", disabled=True)
    add_group(small, "a@example.org", "c@example.org", "b@example.org", "d@example.org")
    assert inside(small, OPERATOR, "a@example.org") == (["", "C", "D"], [])


def test_nothing_is_said_of_what_is_behind_a_closed_group(small: Database) -> None:
    add_account(small, "nia@example.net")
    add_group(small, "deep@example.org", "bob@example.org")
    add_group(small, "shut@example.org", "deep@example.org")
    add_group(small, "own@example.net", "shut@example.org", owners=["nia@example.net"])
    assert inside(small, NIA, "own@example.net") == ([""], ["Shut"])
