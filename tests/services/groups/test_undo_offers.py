"""An undo is offered where it is possible: to those who may, and not twice."""

from datetime import UTC, datetime, time, timedelta

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts import remove_account
from contactsgroups.services.audit_log import AuditFilter, list_entries
from contactsgroups.services.groups import bulk, member_ends, members
from contactsgroups.services.groups.last_days import today
from contactsgroups.services.groups.undo_offers import find_offers, may_undo
from tests.directories import CONFIRMED, add_group, group_draft
from tests.services.groups.changing import changing, save, undo

READER = Principal(address=Address.parse("ada@example.org"), managed_domains=None, read_only=True)


def offered(database: Database, actor: Principal = OPERATOR) -> list[tuple[str, int]]:
    """The offers that are made, the newest first: action and address, and for how many groups."""
    entries = list_entries(database, OPERATOR, AuditFilter(), before=None, limit=99).entries
    offers = find_offers(database, actor, entries)
    return [(f"{e.action} {e.subject}", offers[e.id]) for e in entries if e.id in offers]


def principal(name: str) -> Principal:
    return Principal(address=Address.parse(f"{name}@example.org"))


@pytest.fixture
def team(small: Database) -> str:
    return add_group(
        small, "team@example.org", "ada@example.org", "bob@example.org", owners=["ada@example.org"]
    ).uuid


def test_it_is_offered_until_it_is_undone_and_again_when_that_is_undone(
    small: Database, team: str
) -> None:
    works = save(small, team, display_name="Crew")
    assert offered(small) == [("change group team@example.org", 1)]
    redo = changing(undo, small, works)
    assert offered(small) == [("change group team@example.org", 1)]
    assert may_undo(small, OPERATOR, redo)
    assert not may_undo(small, OPERATOR, works)
    undo(small, redo)
    assert may_undo(small, OPERATOR, works)
    assert not may_undo(small, OPERATOR, redo)


def test_it_is_offered_to_those_who_may(small: Database, team: str) -> None:
    works = changing(members.remove_member, small, OPERATOR, team, "bob@example.org")
    assert offered(small, principal("ada")) == [("change group team@example.org", 1)]
    assert offered(small, principal("eve")) == offered(small, READER) == []
    assert may_undo(small, principal("ada"), works)
    assert not may_undo(small, principal("eve"), works)
    assert not may_undo(small, READER, works)


def test_a_membership_that_ended_by_itself_is_not_offered(small: Database, team: str) -> None:
    """Nobody is brought back whose last day has passed."""
    member_ends.set_last_day(small, OPERATOR, team, ["bob@example.org"], today())
    before = offered(small)
    tomorrow = datetime.combine(today() + timedelta(days=1), time(), UTC)
    assert member_ends.end_memberships(small, tomorrow) == 1
    assert offered(small) == before


def test_what_several_groups_lost_is_one_offer_to_whoever_runs_them_all(
    small: Database, team: str
) -> None:
    other = add_group(small, "other@example.org", "bob@example.org").uuid
    works = changing(bulk.switch_groups, small, OPERATOR, [team, other], {"disabled": True})
    assert [count for _, count in offered(small)] == [2, 2]
    assert may_undo(small, OPERATOR, works)
    assert offered(small, principal("ada")) == [("change group team@example.org", 2)]
    assert not may_undo(small, principal("ada"), works)


def test_a_deletion_is_offered_once_and_not_by_the_groups_around(
    small: Database, team: str
) -> None:
    add_group(small, "all@example.org", "team@example.org", "zoe@example.org")
    works = changing(groups.remove_group, small, OPERATOR, team)
    assert [text for text, _ in offered(small)] == ["remove group team@example.org"]
    assert may_undo(small, OPERATOR, works)
    undo(small, works)
    assert offered(small) == []


def test_what_follows_the_directory_or_concerns_accounts_is_not_offered(
    small: Database, team: str
) -> None:
    draft = group_draft("it@example.org", display_name="IT", kind="dynamic", rule='name = "Bob"')
    groups.create_group(small, OPERATOR, draft)
    works = changing(remove_account, small, CONFIRMED, "bob@example.org")
    assert offered(small) == []
    assert not may_undo(small, OPERATOR, works)
    assert not may_undo(small, OPERATOR, [])


def test_every_database_says_the_same(database: Database) -> None:
    uuid = add_group(database, "team@example.org", "ada@example.org").uuid
    works = save(database, uuid, display_name='"undoes": ["x"]}')
    assert offered(database) == [("change group team@example.org", 1)]
    redo = changing(undo, database, works)
    assert may_undo(database, OPERATOR, redo)
    assert not may_undo(database, OPERATOR, works)
