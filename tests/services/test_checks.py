"""The checks find what was written past the use cases, and nothing in what these wrote."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Account,
    Alias,
    Card,
    ClaimedAddress,
    DeletedGroup,
    Group,
    GroupRole,
    KeptMember,
    Member,
    OutboxRow,
    Recipient,
)
from contactsgroups.services import groups
from contactsgroups.services.checks import Severity, check_database, largest_native_group
from contactsgroups.services.groups.lookup import require_group_by_address
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.outbox import make_old
from tests.servers.migrated import Prepare
from tests.services.conftest import add_four_accounts

TEAM, EVE = "team@example.org", "eve@example.org"
Change = Callable[[Session], object]


def _fill(small: Database) -> None:
    add_four_accounts(small)
    add_accounts(small, ["nia"], domain="example.net")
    add_account(small, "zoe@example.org", department="Sales")
    add_alias(small, "desk@example.org", "bob@example.org")
    add_group(small, TEAM, "ada@example.org", "desk@example.org", "x@side.example")
    add_group(small, "all@example.org", TEAM, "eve@example.org", show_in_contacts=False)
    add_group(small, "sales@example.org", members=None, kind="department", department="Sales")
    gone = add_group(small, "gone@example.org", "ada@example.org")
    groups.remove_group(small, OPERATOR, gone.uuid)


@pytest.fixture
def filled(prepare_small: Prepare) -> Database:
    database, _ = prepare_small(_fill)
    return database


def team(session: Session) -> Group:
    return require_group_by_address(session, TEAM)


def add_member(address: str) -> Change:
    def change(session: Session) -> None:
        session.add(Member(group_id=team(session).id, address=address, original=address))

    return change


def sales(session: Session) -> Group:
    return require_group_by_address(session, "sales@example.org")


def add_role(address: str, find: Callable[[Session], Group]) -> Change:
    return lambda session: session.add(
        GroupRole(
            group_id=find(session).id,
            address=address,
            original=address,
            role=Role.NEVER_MEMBER,
        )
    )


def keep(address: str, find: Callable[[Session], Group]) -> Change:
    return lambda session: session.add(
        KeptMember(group_id=find(session).id, address=address, original=address)
    )


CHANGES: dict[str, Change] = {
    "warning: nia@example.net is pinned in sales@example.org, but has no account": add_role(
        "nia@example.net", sales
    ),
    "warning: eve@example.org is pinned in team@example.org, which names": add_role(
        "eve@example.org", team
    ),
    "warning: no@example.org is kept for sales@example.org, but there is": keep(
        "no@example.org", sales
    ),
    "warning: eve@example.org is kept for team@example.org, which names": keep(
        "eve@example.org", team
    ),
    "error: gone@example.org cannot be restored": lambda session: session.execute(
        update(DeletedGroup).values(content=b"damaged")
    ),
    "error: groups contain each other: ": add_member("all@example.org"),
    "warning: no@example.org is in team@example.org": add_member("no@example.org"),
    "error: team@example.org lacks eve@example.org": add_member("eve@example.org"),
    "error: team@example.org has ada@example.org, which should not": lambda session: (
        session.execute(delete(Member).where(Member.address == "ada@example.org"))
    ),
    "error: sales@example.org has zoe@example.org, which should not": lambda session: (
        session.execute(update(Account).values(department_id=None))
    ),
    "error: bob@example.org is claimed by group and held by account": lambda session: (
        session.execute(
            update(ClaimedAddress)
            .where(ClaimedAddress.address == "bob@example.org")
            .values(holder="group")
        )
    ),
    "error: left@example.org is claimed by alias and held by nothing": lambda session: session.add(
        ClaimedAddress(address="left@example.org", holder="alias")
    ),
    "error: ada@example.org is an account and an alias": lambda session: session.execute(
        update(Alias).values(address="ada@example.org")
    ),
    "error: team@example.org: native is False, should be True": lambda session: session.execute(
        update(Group).where(Group.address == TEAM).values(native=False)
    ),
    "error: team@example.org: lmtp_lane is False, should be True": lambda session: session.execute(
        update(Group).where(Group.address == TEAM).values(lmtp_lane=False)
    ),
    "error: team@example.org: recipient_count is 9, should be 3": lambda session: session.execute(
        update(Group).where(Group.address == TEAM).values(recipient_count=9)
    ),
    "warning: team@example.org has no recipients": lambda session: session.execute(
        update(Group).where(Group.address == TEAM).values(recipient_count=0)
    ),
    "error: all@example.org lacks x@side.example": lambda session: session.execute(
        delete(Recipient).where(Recipient.address == "x@side.example")
    ),
    "error: team@example.org has no card": lambda session: session.execute(
        delete(Card).where(Card.address == TEAM)
    ),
    "error: the card of team@example.org is out of date": lambda session: session.execute(
        update(Card).where(Card.address == TEAM).values(text="old")
    ),
    "error: all@example.org has a card, although it is not shown": lambda session: session.execute(
        update(Card)
        .where(Card.address == TEAM)
        .values(uid=require_group_by_address(session, "all@example.org").uuid)
    ),
    "error: there is a card of team@example.org, which is no group": lambda session: (
        session.execute(update(Card).where(Card.address == TEAM).values(uid="no group"))
    ),
}


def test_nothing_is_wrong_with_what_the_use_cases_wrote(filled: Database) -> None:
    assert check_database(filled) == []


@pytest.mark.parametrize("wanted", CHANGES)
def test_a_contradiction_is_found_and_named(filled: Database, wanted: str) -> None:
    with filled.write() as session:
        CHANGES[wanted](session)
    found = [f"{each.severity}: {each.text}" for each in check_database(filled)]
    severity, _, text = wanted.partition(": ")
    assert any(each.startswith(severity) and text in each for each in found), found


def test_what_may_be_meant_so_is_a_warning(filled: Database) -> None:
    add_account(filled, "zoe@example.org", active=False)
    (finding,) = check_database(filled)
    assert finding.severity is Severity.WARNING
    assert finding.text == "sales@example.org has no recipients"


def test_a_membership_is_overdue_an_hour_after_its_last_day(filled: Database) -> None:
    def told(late: timedelta) -> bool:
        with filled.write() as session:
            until = (datetime.now(UTC) - late).date()
            session.execute(update(Member).where(Member.address == EVE).values(until=until))
        return any(each.check == "last days" for each in check_database(filled))

    assert not told(timedelta(hours=1))
    assert told(timedelta(days=1, hours=1, minutes=1))


def test_notices_that_wait_for_long_are_told_with_the_last_fault(filled: Database) -> None:
    def told() -> list[str]:
        return [each.text for each in check_database(filled) if each.check == "notices"]

    add_group(filled, "new@example.org", EVE, notify_members=True)
    assert told() == []
    make_old(filled, datetime.now(UTC) - timedelta(minutes=61))
    (text,) = told()
    assert text.startswith(
        "notices that have waited for an hour: 1; does `contactsgroups delivery`"
    )
    with filled.write_private() as session:
        session.execute(update(OutboxRow).values(last_error="451 full"))
    assert told()[0].endswith("the last try: 451 full")


def test_the_largest_group_that_postfix_expands_is_told(filled: Database) -> None:
    assert largest_native_group(filled) is None  # They all ignore automatic replies.
    with filled.write() as session:
        session.execute(update(Group).values(lmtp_lane=False))
    assert largest_native_group(filled) == ("all@example.org", 4)
    with filled.write() as session:
        session.execute(update(Group).values(native=False))
    assert largest_native_group(filled) is None
