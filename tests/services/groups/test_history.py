"""What was changed in one group."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from contactsgroups.services.groups.history import list_history
from contactsgroups.services.groups.requests import join_group
from tests.directories import add_accounts, add_group, delete_for_good, group_draft


def told(database: Database, uuid: str, actor: Principal = OPERATOR) -> list[str]:
    page = list_history(database, actor, uuid, before=None, limit=50)
    return [f"{each.action} {each.subject}" for each in page.entries]


def principal(address: str) -> Principal:
    return Principal(address=Address.parse(address))


def test_a_group_keeps_its_history_under_another_address(small: Database) -> None:
    old = add_group(small, "old@example.org", "ada@example.org", join_on_request=True)
    join_group(small, principal("bob@example.org"), old.uuid)
    stored = groups.find_group(small, OPERATOR, "old@example.org")
    draft = groups.GroupDraft(address="new@example.org", settings=stored.settings)
    groups.update_group(small, OPERATOR, stored.uuid, stored.version, draft)
    members.add_members(small, OPERATOR, stored.uuid, ["bob@example.org"])
    assert told(small, stored.uuid) == [
        "change request new@example.org (bob@example.org)",
        "change group new@example.org",
        "change group new@example.org",
        "create request old@example.org (bob@example.org)",
        "create group old@example.org",
    ]


def test_a_new_group_has_no_past_of_one_with_its_address(small: Database) -> None:
    gone = add_group(small, "team@example.org", "ada@example.org")
    delete_for_good(small, gone.uuid)
    again = add_group(small, "team@example.org", "bob@example.org")
    assert told(small, again.uuid) == ["create group team@example.org"]


def test_what_follows_from_the_directory_is_part_of_it(small: Database) -> None:
    draft = group_draft("it@example.org", display_name="IT", kind="dynamic", rule='name = "Nina"')
    uuid = groups.create_group(small, OPERATOR, draft).uuid
    add_accounts(small, ["nina"])
    assert told(small, uuid) == ["change group it@example.org", "create group it@example.org"]


def test_owners_read_it_and_others_do_not(small: Database) -> None:
    group = add_group(small, "team@example.org", "bob@example.org", owners=["ada@example.org"])
    assert told(small, group.uuid, principal("ada@example.org"))
    with pytest.raises(NotPermitted):
        told(small, group.uuid, principal("bob@example.org"))
    with pytest.raises(GroupNotFound):
        told(small, "00000000-0000-0000-0000-000000000000")


def test_pages_follow_each_other(small: Database) -> None:
    group = add_group(small, "team@example.org", "ada@example.org")
    for name in ("bob", "eve"):
        members.add_members(small, OPERATOR, group.uuid, [f"{name}@example.org"])
    found, before = [], None
    while True:
        page = list_history(small, OPERATOR, group.uuid, before=before, limit=1)
        found += [each.id for each in page.entries]
        before = page.next_before
        if before is None:
            break
    assert len(found) == 3
    assert found == sorted(found, reverse=True)
