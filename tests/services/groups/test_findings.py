"""The list of groups is filtered by what may be amiss with them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupMail
from contactsgroups.services.groups.findings import QUIET, Finding, is_noted_long_enough
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import LOCAL_ADMIN
from tests.services.groups.conftest import listing, names

TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


@pytest.fixture
def amiss(database: Database) -> Database:
    """Groups with one thing amiss each; Zoe's account is closed."""
    add_alias(database, "e@example.org", "eve@example.org")
    bob, eve, zoe = (f"{each}@example.org" for each in ("bob", "e", "zoe"))
    add_group(database, "good@example.org", bob, owners=[eve], moderated=True)
    add_group(database, "left@example.org", bob, owners=[zoe])
    add_group(database, "waits@example.org", bob, owners=[eve])
    add_group(database, "open@example.org", bob, "x@side.example", owners=[eve])
    add_group(database, "empty@example.org", zoe, owners=[eve])
    add_group(database, "outer@example.org", "empty@example.org", owners=[eve])
    add_group(database, "off@example.org", zoe, owners=[eve], disabled=True)
    add_group(database, "alone@example.net", "x@side.example")
    add_account(database, zoe, active=False)
    with database.write() as session:  # No page leaves it so, but accounts go.
        session.execute(
            update(Group).where(Group.address == "left@example.org").values(moderated=True)
        )
    return database


FOUND = {
    Finding.NO_OWNER: ["alone", "left"],
    Finding.EXTERNAL: ["alone", "open"],
    Finding.REACHES_NOBODY: ["empty", "outer"],
    Finding.UNMODERATED: ["left"],
    Finding.NO_MAIL: [],
}


def test_each_finding_finds_its_groups_and_no_others(amiss: Database) -> None:
    for finding, due in FOUND.items():
        page = listing(amiss, finding=finding)
        assert (sorted(names(page)), page.found, page.managed) == (due, len(due), 8), finding


def test_a_finding_goes_with_other_filters_and_rights(amiss: Database) -> None:
    assert names(listing(amiss, finding=Finding.NO_OWNER, search="al")) == ["alone"]
    assert names(listing(amiss, LOCAL_ADMIN, finding=Finding.NO_OWNER)) == ["left"]


def note(database: Database, **days: int) -> None:
    """When each group was mailed first and last: so many days ago; all were made long before."""
    with database.write() as session:
        session.execute(update(Group).values(created_at=datetime.now(UTC) - 3 * QUIET))
        for row in session.query(Group):
            name = row.address.partition("@")[0]
            if name in days:
                day = TODAY - days[name] * DAY
                session.add(GroupMail(group_id=row.id, first_on=day, last_on=day))


def test_no_mail_for_a_year_is_told_as_soon_as_it_was_noted_for_a_year(amiss: Database) -> None:
    note(amiss, good=300)
    assert names(listing(amiss, finding=Finding.NO_MAIL)) == []
    note(amiss, left=366, outer=10)
    found = sorted(names(listing(amiss, finding=Finding.NO_MAIL)))
    assert found == ["alone", "empty", "left", "off", "open", "waits"]


def test_a_new_group_is_not_quiet_yet(amiss: Database) -> None:
    note(amiss, good=700)
    add_group(amiss, "new@example.org", "bob@example.org")
    assert "new" not in names(listing(amiss, finding=Finding.NO_MAIL))


def test_a_year_of_notes_is_long_enough() -> None:
    assert not is_noted_long_enough(None)
    assert not is_noted_long_enough(TODAY - QUIET + DAY)
    assert is_noted_long_enough(TODAY - QUIET)
