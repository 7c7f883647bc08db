"""A department's group with pinned accounts, and the days until which they are members."""

from datetime import date, timedelta

from sqlalchemy import select

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupRole, Member
from contactsgroups.services.groups.last_days import today
from tests.directories import add_account, add_group

BOB, EVE = "bob@example.org", "eve@example.org"
LAST = today() + timedelta(days=30)


def add_sales(database: Database) -> str:
    """Add a group of a department, in which Bob is pinned, and Eve by both ways; its UUID."""
    add_account(database, EVE, department="Sales")
    pins = {"always_members": (BOB, EVE), "owners": ("ada@example.org",)}
    group = add_group(
        database, "sales@example.org", kind="department", department="Sales", members=None, **pins
    )
    return group.uuid


def days(database: Database) -> dict[str, date | None]:
    """The last days of the members of the group."""
    with database.read() as session:
        of_group = select(Member.address, Member.until).join(Group)
        rows = session.execute(of_group.where(Group.address == "sales@example.org")).all()
    return {row.address.partition("@")[0]: row.until for row in rows}


def pin_days(database: Database) -> dict[str, date | None]:
    """The last days of the pins."""
    with database.read() as session:
        rows = session.scalars(select(GroupRole).where(GroupRole.role == "always_member")).all()
    return {row.address.partition("@")[0]: row.until for row in rows}
