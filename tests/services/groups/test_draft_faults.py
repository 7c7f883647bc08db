"""What is wrong with a draft is said whole, and only to those who may create groups."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AddressInUse, ContactsGroupsError, SeveralFaults
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups import draft_faults
from tests.directories import add_group, changed_draft, group_draft

BOB = Principal(address=Address.parse("bob@example.org"))
WRONG = {
    "description": "\x07",
    "kind": "department",
    "department": "Nowhere",
    "owners": ("nobody@example.org", "broken"),
    "moderated": True,
    "picture": b"none",
}
FIELDS = ["address", "department", "description", "moderators", "owners", "owners", "picture"]


def faults_of(error: ContactsGroupsError) -> list[tuple[str, str]]:
    assert isinstance(error, SeveralFaults)
    return sorted(error.faults)


def test_every_fault_is_said_with_its_field(small: Database) -> None:
    draft = group_draft("bob@example.org", **WRONG)
    with pytest.raises(SeveralFaults) as caught:
        groups.create_group(small, OPERATOR, draft)
    assert [field for field, _ in faults_of(caught.value)] == FIELDS
    assert str(caught.value).count("control character") == 1


def test_so_it_is_when_a_group_is_changed(small: Database) -> None:
    stored = add_group(small, "sales@example.org", "ada@example.org", owners=("ada@example.org",))
    draft = changed_draft(group_draft("bob@example.org"), **WRONG)
    with pytest.raises(SeveralFaults) as caught:
        groups.update_group(small, OPERATOR, stored.uuid, stored.version, draft)
    assert [field for field, _ in faults_of(caught.value)] == FIELDS
    assert groups.show_group(small, OPERATOR, stored.uuid) == stored


def test_each_faulty_member_is_named_up_to_a_number(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_faults, "FAULTS_OF_A_FIELD", 2)
    people = ["a", "b", "c", "d", "x@example.org", "ada@example.org"]
    with pytest.raises(SeveralFaults) as caught:
        groups.create_group(small, OPERATOR, group_draft("new@example.org", members=people))
    assert [text.partition(":")[0] for _, text in caught.value.faults] == [
        "a",
        "b",
        "2 more are no addresses",
        "x@example.org",
    ]


def test_a_single_fault_stays_the_error_that_it_is(small: Database) -> None:
    draft = group_draft("bob@example.org", members=("ada@example.org",))
    with pytest.raises(AddressInUse) as caught:
        groups.create_group(small, OPERATOR, draft)
    assert caught.value.field == "address"


def test_who_may_not_create_groups_learns_nothing_of_others(small: Database) -> None:
    """What it typed is judged, who has an account is not told."""
    draft = group_draft("broken", members=["x@example.org"], owners=("y@example.org", "z"))
    with pytest.raises(SeveralFaults) as caught:
        groups.create_group(small, BOB, draft)
    assert [text.partition(":")[0] for _, text in faults_of(caught.value)] == ["broken", "z"]
