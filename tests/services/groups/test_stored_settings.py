"""What is stored of a group's settings is what is read of them, checked on the way."""

import pytest

from contactsgroups.domain.errors import DepartmentNotFound, InvalidInput
from contactsgroups.domain.group import GroupKind, GroupSettings, PostingPolicy
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.groups.stored_settings import settings_of, store_settings
from tests.directories import add_account

GIVEN = [
    GroupSettings(display_name="Team"),
    GroupSettings(
        display_name="Sales", kind=GroupKind.DEPARTMENT, department="Sales", moderated=True
    ),
    GroupSettings(
        display_name="Bonn",
        kind=GroupKind.DYNAMIC,
        rule='location = "Bonn"',
        posting_policy=PostingPolicy.MEMBERS,
        show_members=False,
    ),
]


@pytest.mark.parametrize("settings", GIVEN)
def test_what_is_stored_is_read_again(small: Database, settings: GroupSettings) -> None:
    add_account(small, "kim@example.org", department="Sales")
    group = Group()
    with small.read() as session:
        store_settings(session, group, require_domain(session, "example.org"), settings)
        assert settings_of(group) == settings.checked()


def test_a_department_is_one_of_the_groups_own_domain(small: Database) -> None:
    add_account(small, "kim@example.org", department="Sales")
    settings = GIVEN[1]
    with small.read() as session:
        other = require_domain(session, "example.net")
        with pytest.raises(DepartmentNotFound):
            store_settings(session, Group(), other, settings)


def test_what_is_not_valid_changes_nothing(small: Database) -> None:
    group = Group(display_name="Team")
    settings = GroupSettings(display_name="Other", rule='location = "Bonn"')
    with small.read() as session:
        domain = require_domain(session, "example.org")
        with pytest.raises(InvalidInput):
            store_settings(session, group, domain, settings)
    assert group.display_name == "Team"
