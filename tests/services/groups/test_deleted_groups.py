"""A deleted group can be restored for 30 days, while its address is nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AddressInUse, Conflict, GroupNotFound
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Card, DeletedGroup
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import AccountDraft, addresses
from contactsgroups.services.accounts.department_tree import add_department, remove_department
from contactsgroups.services.accounts.domains import remove_domain
from contactsgroups.services.audit_log import AuditFilter, list_entries
from contactsgroups.services.checks import Severity, check_database
from contactsgroups.services.groups import deleted_groups, members, undoing
from contactsgroups.services.transfer.importing import import_records
from contactsgroups.services.transfer.records import AccountRecord, Place
from tests.directories import add_account, add_group
from tests.services.groups.changing import changing, save, state_of
from tests.statements import statements_of

LOCAL = Principal(
    address=Address.parse("eve@example.org"), managed_domains=frozenset({"example.org"})
)
AWAY = Principal(
    address=Address.parse("eve@example.org"), managed_domains=frozenset({"example.net"})
)


def principal(name: str) -> Principal:
    return Principal(address=Address.parse(f"{name}@example.org"))


def make(database: Database, **values: object) -> str:
    people = ["ada@example.org", "bob@example.org", "x@partner.example"]
    wanted = {"owners": ["ada@example.org"], "description": "Sells", **values}
    return add_group(database, "sales@example.org", *people, **wanted).uuid


def delete(database: Database, uuid: str) -> None:
    groups.remove_group(database, OPERATOR, uuid)


def restore(database: Database, uuid: str) -> list[str]:
    return deleted_groups.restore_group(database, OPERATOR, uuid).notes


def let_pass(database: Database, days: int) -> None:
    moved = datetime.now(UTC) + timedelta(days=30 - days, seconds=-1)
    with database.write() as session:
        session.execute(update(DeletedGroup).values(expires_at=moved))


def is_sound(database: Database) -> bool:
    return not [each for each in check_database(database) if each.severity is Severity.ERROR]


def test_it_comes_back_as_it_was_and_where_it_was(database: Database) -> None:
    uuid = make(database, moderated=True, allowed_senders=["eve@example.org"])
    around = add_group(
        database,
        "all@example.org",
        "sales@example.org",
        "zoe@example.org",
        allowed_senders=["sales@example.org"],
    ).uuid
    before = state_of(database, uuid), state_of(database, around)
    delete(database, uuid)
    assert is_sound(database)
    assert state_of(database, around)[-1] == ["zoe@example.org"]
    assert restore(database, uuid) == []
    assert (state_of(database, uuid), state_of(database, around)) == before
    assert is_sound(database)
    with database.read() as session:
        assert not session.get_one(Card, uuid).deleted


def test_meanwhile_nobody_else_can_have_its_address(small: Database) -> None:
    delete(small, make(small))
    wanted = r"sales@example\.org is reserved until \d+ \w+ \d{4} for a group that was deleted"
    with pytest.raises(AddressInUse, match=wanted):
        add_group(small, "sales@example.org", "ada@example.org")
    with pytest.raises(AddressInUse, match=wanted):
        add_account(small, "Sales@example.org")
    with pytest.raises(AddressInUse, match=wanted):
        accounts.ensure_alias(small, OPERATOR, "sales@example.org", "ada@example.org")
    other = add_group(small, "other@example.org", "ada@example.org").uuid
    with pytest.raises(AddressInUse, match=wanted):
        save(small, other, address="sales@example.org")
    record = AccountRecord(place=Place("people.csv", 2), address="sales@example.org")
    (fault,) = import_records(small, OPERATOR, [record]).faults
    assert "is reserved until" in str(fault)


def test_it_is_no_member_of_anything_meanwhile(small: Database) -> None:
    delete(small, make(small))
    other = add_group(small, "other@example.org", "ada@example.org").uuid
    (refused,) = members.add_members(small, OPERATOR, other, ["sales@example.org"]).refused
    assert "there is no such account, alias or group" in refused.reason


def test_who_has_gone_meanwhile_is_named(small: Database) -> None:
    uuid = make(small)
    delete(small, uuid)
    accounts.remove_account(small, OPERATOR, "ada@example.org")
    assert restore(small, uuid) == [
        "ada@example.org is not a member again",
        "ada@example.org has no role in it again",
    ]
    assert state_of(small, uuid)[-1] == ["bob@example.org", "x@partner.example"]
    assert is_sound(small)


def test_a_team_whose_owner_has_gone_gets_another(small: Database) -> None:
    uuid = make(small, kind="team")
    delete(small, uuid)
    accounts.remove_account(small, OPERATOR, "ada@example.org")
    assert restore(small, uuid)[-1] == "its owner is bob@example.org"


def test_where_it_was_a_member_it_may_not_be_again(small: Database) -> None:
    uuid = make(small)
    for name in ("gone", "inside", "ruled"):
        add_group(small, f"{name}@example.org", "sales@example.org", "zoe@example.org")
    members.remove_member(small, OPERATOR, uuid, "bob@example.org")
    delete(small, uuid)
    delete(small, groups.find_group(small, OPERATOR, "gone@example.org").uuid)
    ruled = groups.find_group(small, OPERATOR, "ruled@example.org").uuid
    save(small, ruled, kind="dynamic", rule='name = "Eve"')
    assert restore(small, uuid) == [
        "it is not in gone@example.org again, which does not exist any more",
        "it is not in ruled@example.org again, whose members follow the directory now",
    ]


def test_groups_deleted_together_are_in_each_other_again(small: Database) -> None:
    uuid = make(small)
    around = add_group(small, "all@example.org", "sales@example.org", "zoe@example.org").uuid
    before = state_of(small, around)
    works = [*changing(delete, small, uuid), *changing(delete, small, around)]
    undoing.undo_changes(small, OPERATOR, works)
    assert state_of(small, around) == before


def test_a_department_group_needs_its_department(small: Database) -> None:
    add_department(small, OPERATOR, "example.org", "Sales")
    ensured = AccountDraft(address="nia@example.org", department="Sales")
    accounts.ensure_account(small, OPERATOR, ensured)
    uuid = add_group(
        small, "dept@example.org", members=None, kind="department", department="Sales"
    ).uuid
    delete(small, uuid)
    accounts.remove_account(small, OPERATOR, "nia@example.org")
    remove_department(small, OPERATOR, "example.org", "Sales")
    with pytest.raises(Conflict, match="cannot be restored without its department Sales"):
        restore(small, uuid)
    add_department(small, OPERATOR, "example.org", "Sales")
    ensured = AccountDraft(address="nina@example.org", department="Sales")
    accounts.ensure_account(small, OPERATOR, ensured)
    restore(small, uuid)
    assert state_of(small, uuid)[-1] == ["nina@example.org"]


def test_members_that_were_kept_are_kept_still(small: Database) -> None:
    uuid = make(small)
    before = state_of(small, uuid)
    save(small, uuid, kind="dynamic", rule='name = "Eve"')
    delete(small, uuid)
    restore(small, uuid)
    save(small, uuid, kind="static", rule="")
    assert state_of(small, uuid) == before


def test_released_it_is_anybodys(small: Database) -> None:
    uuid = make(small)
    delete(small, uuid)
    assert deleted_groups.release_address(small, OPERATOR, uuid) == "sales@example.org"
    assert is_sound(small)
    with pytest.raises(GroupNotFound):
        restore(small, uuid)
    add_account(small, "sales@example.org")


def test_after_thirty_days_it_is_forgotten(database: Database) -> None:
    uuid = make(database)
    delete(database, uuid)
    let_pass(database, days=29)
    assert deleted_groups.purge_expired(database) == 0
    let_pass(database, days=30)
    assert deleted_groups.purge_expired(database) == 1
    assert deleted_groups.list_deleted(database, OPERATOR).groups == ()
    assert is_sound(database)
    add_account(database, "sales@example.org")


def test_an_address_whose_time_has_run_out_waits_for_no_upkeep(small: Database) -> None:
    delete(small, make(small))
    let_pass(small, days=30)
    add_group(small, "sales@example.org", "ada@example.org")
    record = AccountRecord(place=Place("people.csv", 2), address="new@example.org")
    delete(small, groups.find_group(small, OPERATOR, "sales@example.org").uuid)
    let_pass(small, days=30)
    record = AccountRecord(place=Place("people.csv", 2), address="sales@example.org")
    assert import_records(small, OPERATOR, [record]).faults == ()
    assert is_sound(small)


def test_whose_time_has_run_out_waits_for_no_upkeep_either(small: Database) -> None:
    uuid = make(small, kind="team")
    works = changing(delete, small, uuid)
    let_pass(small, days=30)
    for actor in (OPERATOR, principal("ada")):
        assert deleted_groups.list_deleted(small, actor).groups == ()
        assert deleted_groups.count_deleted(small, actor) == 0
        with pytest.raises(GroupNotFound):
            deleted_groups.restore_group(small, actor, uuid)
    with pytest.raises(GroupNotFound):
        undoing.undo_changes(small, OPERATOR, works)


def test_a_claim_of_many_takes_no_address_that_is_reserved(small: Database) -> None:
    uuid = make(small)
    delete(small, uuid)
    with pytest.raises(IntegrityError), small.write() as session:
        addresses.claim_all(session, ["new@example.org", "sales@example.org"], "account")
    restore(small, uuid)


def test_it_goes_with_its_domain(small: Database) -> None:
    uuid = add_group(small, "sales@example.net", "ada@example.org").uuid
    delete(small, uuid)
    remove_domain(small, OPERATOR, "example.net")
    assert deleted_groups.list_deleted(small, OPERATOR).groups == ()
    assert is_sound(small)


def test_whoever_may_delete_it_may_restore_it(small: Database) -> None:
    uuid = make(small, kind="team")
    groups.remove_group(small, principal("ada"), uuid)
    static = add_group(small, "plain@example.org", "ada@example.org", owners=["ada@example.org"])
    delete(small, static.uuid)

    def listed(actor: Principal) -> list[str]:
        return [each.address for each in deleted_groups.list_deleted(small, actor).groups]

    assert listed(OPERATOR) == listed(LOCAL) == ["plain@example.org", "sales@example.org"]
    assert listed(principal("ada")) == ["sales@example.org"]
    assert listed(principal("bob")) == listed(AWAY) == []
    for actor in (principal("bob"), AWAY):
        with pytest.raises(GroupNotFound):
            deleted_groups.restore_group(small, actor, uuid)
        with pytest.raises(GroupNotFound):
            deleted_groups.release_address(small, actor, uuid)
        with pytest.raises(GroupNotFound):
            deleted_groups.show_deleted(small, actor, uuid)
    with pytest.raises(GroupNotFound):
        deleted_groups.restore_group(small, principal("ada"), static.uuid)
    deleted_groups.restore_group(small, principal("ada"), uuid)


def test_the_list_comes_in_pages(small: Database) -> None:
    for name in "abc":
        delete(small, add_group(small, f"{name}@example.org", "ada@example.org").uuid)
    first = deleted_groups.list_deleted(small, OPERATOR, limit=2)
    assert [each.address for each in first.groups] == ["a@example.org", "b@example.org"]
    rest = deleted_groups.list_deleted(small, OPERATOR, after=first.next_after or "", limit=2)
    assert [each.address for each in rest.groups] == ["c@example.org"]
    assert rest.next_after is None
    assert deleted_groups.count_deleted(small, OPERATOR) == 3


def test_it_is_found_by_its_address(small: Database) -> None:
    uuid = make(small)
    with pytest.raises(GroupNotFound):
        deleted_groups.find_deleted(small, OPERATOR, "sales@example.org")
    delete(small, uuid)
    assert deleted_groups.find_deleted(small, OPERATOR, "Sales@Example.org").uuid == uuid


def test_the_audit_log_says_deleted_restored_and_released(small: Database) -> None:
    uuid = make(small)
    delete(small, uuid)
    restore(small, uuid)
    delete(small, uuid)
    deleted_groups.release_address(small, OPERATOR, uuid)
    entries = list_entries(small, OPERATOR, AuditFilter(group_uuid=uuid), before=None, limit=9)
    assert [each.action for each in entries.entries] == [
        "release address",
        "remove group",
        "restore group",
        "remove group",
        "create group",
    ]
    assert {each.subject for each in entries.entries} == {"sales@example.org"}


def test_a_deletion_takes_as_many_statements_for_many_members_as_for_few(
    database: Database,
) -> None:
    counts = set()
    for name, number in (("few", 2), ("many", 1200)):
        people = [f"guest{each}@partner.example" for each in range(number)]
        uuid = add_group(database, f"{name}@example.org", *people).uuid
        with statements_of(database) as statements:
            delete(database, uuid)
        counts.add(len(statements))
    assert len(counts) == 1
