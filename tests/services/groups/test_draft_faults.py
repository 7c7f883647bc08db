"""What is wrong with a draft is said whole, and only to those who may create groups."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    AddressInUse,
    ContactsGroupsError,
    InvalidInput,
    NotPermitted,
    SeveralFaults,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups, pictures
from contactsgroups.services.groups import draft_faults, drafts
from contactsgroups.services.groups.editing import draft_like
from tests.directories import add_account, add_group, changed_draft, group_draft
from tests.services.conftest import LOCAL_ADMIN
from tests.statements import statements_of

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


@pytest.mark.parametrize("role", ["owners", "moderators", "allowed_senders"])
def test_a_wrong_file_in_a_role_is_refused_before_anything_is_asked(
    small: Database, role: str
) -> None:
    many = tuple(f"p{number}@example.org" for number in range(20_000))
    stored = add_group(small, "sales@example.org", "ada@example.org")
    draft = group_draft("new@example.org", members=("ada@example.org",), **{role: many})
    with statements_of(small) as creating, pytest.raises(InvalidInput, match="1,000") as caught:
        groups.create_group(small, OPERATOR, draft)
    assert (caught.value.field, creating) == (role, [])
    draft = changed_draft(draft, members=None, address=stored.original)
    with statements_of(small) as changing, pytest.raises(InvalidInput, match="1,000") as caught:
        groups.update_group(small, OPERATOR, stored.uuid, stored.version, draft)
    assert caught.value.field == role
    assert len(changing) < 10


def test_of_many_strangers_some_are_named_and_the_rest_counted(small: Database) -> None:
    many = tuple(f"p{number:03}@example.org" for number in range(1000))
    draft = group_draft(
        "new@example.org", members=("ada@example.org",), owners=many, moderators=many
    )
    with statements_of(small) as statements, pytest.raises(SeveralFaults) as caught:
        groups.create_group(small, OPERATOR, draft)
    for role in ("owners", "moderators"):
        texts = [text for field, text in caught.value.faults if field == role]
        assert len(texts) == draft_faults.FAULTS_OF_A_FIELD + 1
        assert texts[-1] == "980 more cannot be named"
    assert sum(each.startswith("SELECT") for each in statements) < 40


def test_of_many_unfit_members_some_are_named_and_the_rest_counted(small: Database) -> None:
    many = tuple(f"p{number:05}@example.org" for number in range(20_000))
    with pytest.raises(SeveralFaults) as caught:
        groups.create_group(small, OPERATOR, group_draft("new@example.org", members=many))
    assert len(caught.value.faults) == draft_faults.FAULTS_OF_A_FIELD + 1
    assert caught.value.faults[-1] == ("members", "19980 more cannot be members")


@pytest.mark.parametrize("wrong", [{"picture": b"none"}, {"description": "\x07"}, {"members": ()}])
def test_an_administrator_learns_nothing_of_addresses_in_another_domain(
    small: Database, wrong: dict[str, object]
) -> None:
    add_account(small, "secret@example.net")
    said = []
    for address in ("secret@example.net", "nobody@example.net", "nobody@nowhere.example"):
        draft = group_draft(address, **{"members": ("ada@example.org",), **wrong})
        with pytest.raises(NotPermitted) as caught:
            groups.create_group(small, LOCAL_ADMIN, draft)
        said.append(str(caught.value).replace("nowhere.example", "example.net"))
    assert len(set(said)) == 1


def test_an_administrator_with_a_broken_address_is_told_the_rest(small: Database) -> None:
    draft = group_draft("broken", members=["x@example.org"])
    with pytest.raises(SeveralFaults) as caught:
        groups.create_group(small, LOCAL_ADMIN, draft)
    assert [field for field, _ in faults_of(caught.value)] == ["address", "members"]


def test_no_picture_is_read_for_who_may_not_save_it(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    monkeypatch.setattr(pictures, "normalise", read.append)
    stored = add_group(small, "sales@example.org", "ada@example.org")
    draft = group_draft("new@example.org", members=("ada@example.org",), picture=b"large")
    with pytest.raises(NotPermitted):
        groups.create_group(small, BOB, draft)
    with pytest.raises(NotPermitted):
        groups.update_group(small, BOB, stored.uuid, stored.version, draft)
    with pytest.raises(SeveralFaults):
        groups.create_group(small, BOB, changed_draft(draft, address="broken", owners=("none",)))
    assert read == []


def test_who_got_a_role_by_import_does_not_count_as_typed(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tuple(f"a{number}@side.example" for number in range(4))
    stored = add_group(small, "sales@example.org", "ada@example.org", allowed_senders=named)
    monkeypatch.setattr(drafts, "ROLE_LIMIT", 2)
    draft = changed_draft(draft_like(stored), description="Still to be saved")
    saved = groups.update_group(small, OPERATOR, stored.uuid, stored.version, draft)
    more = changed_draft(draft, allowed_senders=(*named, "b@side.example", "c@side.example"))
    saved = groups.update_group(small, OPERATOR, saved.uuid, saved.version, more)
    assert len(saved.allowed_senders) == 6
    many = (*saved.allowed_senders, "d@side.example", "e@side.example", "f@side.example")
    more = changed_draft(more, allowed_senders=many)
    with pytest.raises(InvalidInput, match="more than 2"):
        groups.update_group(small, OPERATOR, saved.uuid, saved.version, more)
