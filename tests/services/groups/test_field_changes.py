"""Who changed a field last is known to those who may edit the group."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from contactsgroups.services.groups.field_changes import last_changes
from tests.directories import add_group, changed_draft, delete_for_good, group_draft

ADMIN = Principal(
    address=Address.parse("ada@example.org"), managed_domains=frozenset({"example.org"})
)


def test_each_field_has_its_own(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org", display_name="Sales")
    draft = group_draft("sales@example.org", display_name="Sales", description="A")
    group = groups.update_group(small, OPERATOR, group.uuid, group.version, draft)
    draft = changed_draft(draft, display_name="Other", owners=("bob@example.org",))
    groups.update_group(small, ADMIN, group.uuid, group.version, draft)
    changes = last_changes(small, OPERATOR, group.uuid)
    assert changes["description"].by == str(OPERATOR.address)
    assert changes["display_name"].by == changes["owners"].by == "ada@example.org"
    assert "moderators" not in changes


def test_others_are_told_nothing(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    with pytest.raises(ContactsGroupsError):
        last_changes(small, Principal(address=Address.parse("bob@example.org")), group.uuid)


def test_a_new_group_has_nothing_of_a_removed_one_with_its_address(small: Database) -> None:
    former = add_group(small, "sales@example.org", "ada@example.org")
    draft = group_draft("sales@example.org", description="Secret")
    groups.update_group(small, ADMIN, former.uuid, former.version, draft)
    delete_for_good(small, former.uuid)
    group = add_group(small, "sales@example.org", "ada@example.org")
    assert last_changes(small, OPERATOR, group.uuid) == {}


def test_a_group_keeps_its_changes_with_another_address(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    draft = group_draft("sales@example.org", description="A")
    group = groups.update_group(small, ADMIN, group.uuid, group.version, draft)
    draft = changed_draft(draft, address="market@example.org")
    groups.update_group(small, OPERATOR, group.uuid, group.version, draft)
    changes = last_changes(small, OPERATOR, group.uuid)
    assert changes["description"].by == "ada@example.org"
    assert changes["address"].by == str(OPERATOR.address)


def test_roles_that_change_together_with_members_are_told_and_members_are_not(
    database: Database,
) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org")
    draft = group_draft("sales@example.org")
    draft = changed_draft(draft, members=("bob@example.org",), moderators=("eve@example.org",))
    groups.update_group(database, ADMIN, group.uuid, group.version, draft)
    members.add_members(database, OPERATOR, group.uuid, ["zoe@example.org"])
    changes = last_changes(database, OPERATOR, group.uuid)
    assert changes["moderators"].by == "ada@example.org"
    assert not {"members", "owners"} & set(changes)
