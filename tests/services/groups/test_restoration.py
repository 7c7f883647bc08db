"""What comes back with a deleted group, although much may have changed meanwhile."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.membership_request import RequestState
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Base, Group, GroupMail, KeptMember, Member
from contactsgroups.services import accounts, groups
from contactsgroups.services.checks import Severity, check_database
from contactsgroups.services.groups import deleted_groups, members, restoration
from contactsgroups.services.groups.requests import (
    decline_request,
    join_group,
    list_own_requests,
    list_requests_to_answer,
)
from tests.directories import add_account, add_alias, add_group
from tests.services.groups.changing import changing, save, state_of, undo

SALES, ADA, BOB = "sales@example.org", "ada@example.org", "bob@example.org"


def principal(name: str) -> Principal:
    return Principal(address=Address.parse(f"{name}@example.org"))


def make(database: Database, **values: object) -> str:
    return add_group(database, SALES, ADA, BOB, **{"owners": [ADA], **values}).uuid


def delete(database: Database, uuid: str) -> list[str]:
    return changing(groups.remove_group, database, OPERATOR, uuid)


def restore(database: Database, uuid: str, actor: Principal = OPERATOR) -> list[str]:
    return deleted_groups.restore_group(database, actor, uuid).notes


def is_sound(database: Database) -> bool:
    return not [each for each in check_database(database) if each.severity is Severity.ERROR]


def put_into(database: Database, entity: type[Base], uuid: str) -> None:
    """Store the address of sales in another group, past the rules."""
    with database.write() as session:
        group = session.scalars(select(Group).where(Group.uuid == uuid)).one()
        session.add(entity(group_id=group.id, address=SALES, original=SALES))


def members_of(database: Database, uuid: str) -> list[str]:
    return [each.address for each in members.list_members(database, OPERATOR, uuid)]


def test_a_role_that_was_given_again_meanwhile_is_there_once(database: Database) -> None:
    uuid = make(database)
    other = add_group(database, "all@example.org", ADA, allowed_senders=[SALES]).uuid
    delete(database, uuid)
    save(database, other, allowed_senders=[SALES])
    assert restore(database, uuid) == []
    works = delete(database, uuid)
    save(database, other, allowed_senders=[SALES])
    undo(database, works)
    assert state_of(database, other)[2][2] == (SALES,)
    assert is_sound(database)


def test_a_member_and_a_kept_member_who_are_there_again_are_there_once(small: Database) -> None:
    uuid = make(small)
    around = add_group(small, "all@example.org", SALES, ADA).uuid
    ruled = add_group(small, "ruled@example.org", SALES, ADA).uuid
    save(small, ruled, kind="dynamic", rule='name = "Eve"')
    delete(small, uuid)
    put_into(small, Member, around)
    put_into(small, KeptMember, ruled)
    assert restore(small, uuid) == []
    assert members_of(small, around) == [ADA, SALES]


def test_a_team_comes_back_into_no_group_that_its_owner_may_not_edit(small: Database) -> None:
    uuid = add_group(small, SALES, ADA, kind="team", owners=[ADA]).uuid
    everyone = add_group(
        small, "all@example.org", SALES, BOB, allowed_senders=[SALES], owners=[BOB]
    ).uuid
    own = add_group(small, "own@example.org", SALES, BOB, owners=[ADA]).uuid
    groups.remove_group(small, principal("ada"), uuid)
    assert restore(small, uuid, principal("ada")) == [
        "it is not in all@example.org again, whose members you may not edit",
        "it has no role again in 1 group that you may not edit",
    ]
    assert members_of(small, everyone) == [BOB]
    assert groups.show_group(small, OPERATOR, everyone).allowed_senders == ()
    assert members_of(small, own) == [BOB, SALES]


def test_nor_is_it_kept_where_its_owner_may_not_edit_and_a_note_says_so(small: Database) -> None:
    uuid = add_group(small, SALES, ADA, kind="team", owners=[ADA]).uuid
    foreign = add_group(small, "all@example.org", SALES, BOB, owners=[BOB]).uuid
    own = add_group(small, "own@example.org", SALES, BOB, owners=[ADA]).uuid
    for each in (foreign, own):
        save(small, each, kind="dynamic", rule='name = "Eve"')
    groups.remove_group(small, principal("ada"), uuid)
    assert restore(small, uuid, principal("ada")) == [
        "it is no kept member again of 1 group that you may not edit"
    ]
    for each in (foreign, own):
        save(small, each, kind="static", rule="")
    assert members_of(small, foreign) == [BOB]
    assert members_of(small, own) == [BOB, SALES]


def test_who_may_not_edit_a_group_does_not_have_it_searched_for_circles(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    find_cycles = restoration.find_cycles

    def note(session: Session, address: str, added: list[str]) -> object:
        searched.append(address)
        return find_cycles(session, address, added)

    uuid = add_group(small, SALES, ADA, kind="team", owners=[ADA]).uuid
    add_group(small, "all@example.org", SALES, BOB, owners=[BOB])
    add_group(small, "own@example.org", SALES, BOB, owners=[ADA])
    groups.remove_group(small, principal("ada"), uuid)
    monkeypatch.setattr(restoration, "find_cycles", note)
    restore(small, uuid, principal("ada"))
    assert searched == ["own@example.org"]


def test_a_new_account_at_an_old_address_inherits_nothing(database: Database) -> None:
    uuid = add_group(
        database, SALES, ADA, "zoe@example.org", kind="team", owners=["zoe@example.org"]
    ).uuid
    delete(database, uuid)
    zoe = principal("zoe")
    assert deleted_groups.count_deleted(database, zoe) == 1
    accounts.remove_account(database, OPERATOR, "zoe@example.org")
    add_account(database, "zoe@example.org")
    assert deleted_groups.list_deleted(database, zoe).groups == ()
    assert restore(database, uuid) == [
        "zoe@example.org is not a member again",
        "zoe@example.org has no role in it again",
        "its owner is ada@example.org",
    ]
    assert members_of(database, uuid) == [ADA]


def test_nor_does_a_new_alias_or_a_new_group(small: Database) -> None:
    add_alias(small, "z@example.org", "zoe@example.org")
    inner = add_group(small, "inner@example.org", ADA).uuid
    uuid = add_group(
        small, SALES, ADA, "inner@example.org", kind="team", owners=["z@example.org"]
    ).uuid
    delete(small, uuid)
    accounts.remove_alias(small, OPERATOR, "z@example.org")
    add_alias(small, "z@example.org", "eve@example.org")
    delete(small, inner)
    deleted_groups.release_address(small, OPERATOR, inner)
    add_group(small, "inner@example.org", "eve@example.org")
    assert deleted_groups.count_deleted(small, principal("eve")) == 0
    assert restore(small, uuid)[:2] == [
        "inner@example.org is not a member again",
        "z@example.org has no role in it again",
    ]


def test_a_group_that_was_restored_itself_is_a_member_again(small: Database) -> None:
    inner = add_group(small, "inner@example.org", ADA).uuid
    uuid = add_group(small, SALES, ADA, "inner@example.org").uuid
    delete(small, uuid)
    delete(small, inner)
    restore(small, inner)
    assert restore(small, uuid) == []
    assert members_of(small, uuid) == [ADA, "inner@example.org"]


def test_groups_that_the_actor_may_not_know_of_are_counted(small: Database) -> None:
    uuid = make(small, kind="team")
    seen, gone = (
        add_group(small, f"{name}@example.org", SALES, "zoe@example.org").uuid
        for name in ("seen", "gone")
    )
    hidden = add_group(
        small, "layoffs@example.org", SALES, "zoe@example.org", show_in_contacts=False
    ).uuid
    delete(small, uuid)
    for each in (seen, hidden):
        save(small, each, kind="dynamic", rule='name = "Eve"')
    delete(small, gone)
    assert restore(small, uuid, principal("ada")) == [
        "it is not in seen@example.org again, whose members you may not edit",
        "it is not in 2 other groups again",
    ]


def test_pinned_accounts_approve_nothing(small: Database) -> None:
    uuid = make(
        small, members=None, kind="dynamic", rule='name = "Nobody"', owners=[ADA], moderated=True,
        always_members=[BOB],
    )  # fmt: skip
    delete(small, uuid)
    accounts.remove_account(small, OPERATOR, ADA)
    notes = restore(small, uuid)
    assert notes[-1] == "nobody can approve messages to it; name a moderator"


def test_pinned_accounts_are_in_it_again(small: Database) -> None:
    uuid = add_group(
        small,
        SALES,
        members=None,
        kind="dynamic",
        rule='name = "Nobody" or name = "Eve"',
        owners=[ADA],
        always_members=[BOB],
        never_members=["eve@example.org"],
    ).uuid
    delete(small, uuid)
    assert restore(small, uuid) == []
    assert members_of(small, uuid) == [BOB]


def test_where_members_are_named_again_a_kept_one_is_a_member(small: Database) -> None:
    uuid = make(small)
    around = add_group(small, "all@example.org", SALES, ADA).uuid
    ruled = add_group(small, "ruled@example.org", SALES, ADA).uuid
    for each in (around, ruled):
        save(small, each, kind="dynamic", rule='name = "Eve"')
    delete(small, uuid)
    save(small, around, kind="static", rule="")
    assert restore(small, uuid) == []
    assert members_of(small, around) == [ADA, SALES]
    save(small, ruled, kind="static", rule="")
    assert members_of(small, ruled) == [ADA, SALES]
    assert is_sound(small)


def test_a_kept_one_that_contains_the_group_by_now_is_not(small: Database) -> None:
    uuid = make(small)
    around = add_group(small, "all@example.org", SALES, ADA).uuid
    save(small, around, kind="dynamic", rule='name = "Eve"')
    inner = add_group(small, "inner@example.org", ADA).uuid
    members.add_member(small, OPERATOR, uuid, "inner@example.org")
    delete(small, uuid)
    save(small, around, kind="static", rule="")
    members.add_member(small, OPERATOR, inner, "all@example.org")
    assert restore(small, uuid) == ["it is not in all@example.org again, which it contains now"]
    assert is_sound(small)


def test_requests_wait_again_where_the_account_is_still_there(database: Database) -> None:
    uuid = make(database, join_on_request=True)
    for name in ("eve", "zoe"):
        join_group(database, principal(name), uuid, "Please")
    before = list_requests_to_answer(database, OPERATOR).requests
    add_account(database, "kim@example.org")
    join_group(database, principal("kim"), uuid)
    decided = list_own_requests(database, principal("kim"))[0].uuid
    decline_request(database, OPERATOR, decided, "No room.")
    delete(database, uuid)
    accounts.remove_account(database, OPERATOR, "zoe@example.org")
    assert restore(database, uuid) == ["1 request that waited is gone with its account"]
    (back,) = list_requests_to_answer(database, OPERATOR).requests
    assert (back.uuid, back.applicant, back.note, back.asked_at) == (
        before[0].uuid,
        "eve@example.org",
        "Please",
        before[0].asked_at,
    )
    (answered,) = list_own_requests(database, principal("kim"))
    assert (answered.state, answered.answer) == (RequestState.DECLINED, "No room.")


def test_the_days_of_its_mail_come_back(database: Database) -> None:
    uuid = make(database)
    days = date(2025, 1, 2), date(2026, 3, 4)
    with database.write() as session:
        group = session.scalars(select(Group)).one()
        session.add(GroupMail(group_id=group.id, first_on=days[0], last_on=days[1]))
    delete(database, uuid)
    restore(database, uuid)
    with database.read() as session:
        mail = session.scalars(select(GroupMail)).one()
        assert (mail.first_on, mail.last_on) == days
