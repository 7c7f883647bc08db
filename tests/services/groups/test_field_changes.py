"""Who changed a field last is known to those who may edit the group."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups.field_changes import last_changes
from tests.directories import add_group, changed_draft, group_draft

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
