"""Whatever moves many members of a derived group waits, with nothing written, for confirmation."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from contactsgroups.domain.brake import Brake
from contactsgroups.domain.errors import NeedsConfirmation
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts import AccountDraft, ensure_account, remove_account
from contactsgroups.services.accounts.accounts import ensure_account_in
from contactsgroups.services.accounts.department_tree import add_department, move_department
from contactsgroups.services.groups import GroupDetails, members
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.transfer.importing import import_records
from contactsgroups.services.transfer.records import AccountRecord, Place
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_group, changed_draft
from tests.services.conftest import position
from tests.statements import statements_of

CONFIRMED = replace(OPERATOR, confirmed=True)
PEOPLE = [f"p{number:02}@example.org" for number in range(20)]


@pytest.fixture
def database(small: Database) -> Database:
    """Twenty people in a department, whom two groups follow."""
    with write(small, OPERATOR) as work:
        for each in PEOPLE:
            ensure_account_in(work, AccountDraft(address=each, department="Sales", title="Clerk"))
    add_department(small, OPERATOR, "example.org", "Legal")
    add_group(small, "sales@example.org", members=None, kind="department", department="Sales")
    add_group(small, "clerks@example.org", members=None, kind="dynamic", rule='title = "Clerk"')
    return small


def find(database: Database, name: str) -> GroupDetails:
    return groups.find_group(database, OPERATOR, f"{name}@example.org")


def change_rule(database: Database, actor: Principal) -> None:
    group = find(database, "clerks")
    draft = changed_draft(draft_like(group), rule='title = "Clerk" and address starts with "p0"')
    groups.update_group(database, actor, group.uuid, group.version, draft)


def move_the_department(database: Database, actor: Principal) -> None:
    group = find(database, "clerks")
    rule = 'department under "Sales"'
    draft = changed_draft(draft_like(group), kind="dynamic", rule=rule)
    groups.update_group(database, OPERATOR, group.uuid, group.version, draft)
    add_group(database, "legal@example.org", members=None, kind="department", department="Legal")
    add_account(database, "l@example.org", department="Legal")
    move_department(database, actor, "example.org", "Sales", "Legal/Sales")


def close_many(database: Database, actor: Principal) -> None:
    with write(database, actor) as work:
        for each in PEOPLE[:6]:
            ensure_account_in(work, AccountDraft(address=each, active=False))


def import_many(database: Database, actor: Principal) -> None:
    records = [
        AccountRecord(place=Place("people.csv", line), address=each, title="Boss")
        for line, each in enumerate(PEOPLE[:6])
    ]
    import_records(database, actor, records)


@pytest.mark.parametrize("change", [change_rule, move_the_department, close_many, import_many])
def test_a_large_move_is_held_wherever_it_comes_from(
    database: Database, change: Callable[[Database, Principal], None]
) -> None:
    with pytest.raises(NeedsConfirmation) as caught:
        change(database, OPERATOR)
    assert caught.value.moves
    counts = [find(database, name).recipient_count for name in ("sales", "clerks")]
    assert counts == [20, 20]
    if change is not move_the_department:
        change(database, CONFIRMED)
        assert find(database, "clerks").recipient_count < 20


def test_the_error_has_the_numbers_and_the_first_names(database: Database) -> None:
    before = position(database)
    with pytest.raises(NeedsConfirmation, match="would lose 10 of 20") as caught:
        change_rule(database, OPERATOR)
    (move,) = caught.value.moves
    assert (move.before, move.added, move.removed, move.after) == (20, 0, 10, 10)
    assert move.leaving == tuple(PEOPLE[10:15])
    assert position(database) == before


def test_a_seal_confirms_only_the_moves_that_were_shown(database: Database) -> None:
    def refused_with(seal: str) -> str:
        with pytest.raises(NeedsConfirmation) as caught:
            change_rule(database, replace(OPERATOR, confirmed=seal))
        return caught.value.seal

    first = refused_with("")
    add_account(database, "p99@example.org", title="Clerk")
    second = refused_with(first)
    assert second not in {"", first}
    change_rule(database, replace(OPERATOR, confirmed=second))
    assert find(database, "clerks").recipient_count == 10


def test_what_leaves_nobody_is_held_however_few_there_were(database: Database) -> None:
    add_account(database, "boss@example.org", title="Boss")
    add_group(database, "boss@example.net", "ada@example.org")
    add_group(database, "bosses@example.org", members=None, kind="dynamic", rule='title = "Boss"')
    with pytest.raises(NeedsConfirmation, match="would lose its only member"):
        remove_account(database, OPERATOR, "boss@example.org")
    remove_account(database, CONFIRMED, "boss@example.org")
    assert find(database, "bosses").recipient_count == 0


def test_small_moves_first_fillings_and_new_groups_are_not_asked_about(database: Database) -> None:
    for each in PEOPLE[:3]:
        ensure_account(database, OPERATOR, AccountDraft(address=each, active=False))
    group = add_group(
        database, "none@example.org", members=None, kind="dynamic", rule='title = "Nobody"'
    )
    draft = changed_draft(draft_like(group), rule='title = "Clerk"')
    groups.update_group(database, OPERATOR, group.uuid, group.version, draft)
    assert find(database, "none").recipient_count == 17
    groups.remove_group(database, OPERATOR, find(database, "sales").uuid)


def test_members_named_one_by_one_are_not_asked_about(database: Database) -> None:
    group = add_group(database, "named@example.org", *PEOPLE)
    draft = replace(draft_like(group), members=PEOPLE[:1])
    groups.update_group(database, OPERATOR, group.uuid, group.version, draft)
    assert len(members.list_members(database, OPERATOR, group.uuid)) == 1


def test_what_is_taken_back_within_a_unit_of_work_is_no_move(database: Database) -> None:
    with write(database, OPERATOR) as work:
        for active in (False, True):
            for each in PEOPLE:
                ensure_account_in(work, AccountDraft(address=each, active=active))
            work.follow()
    assert find(database, "sales").recipient_count == 20


def test_the_share_is_as_the_site_has_set_it(database: Database) -> None:
    database.brake = Brake(share=1.0)
    close_many(database, OPERATOR)
    assert find(database, "sales").recipient_count == 14


def test_it_takes_as_many_statements_for_many_groups(database: Database) -> None:
    def close(address: str) -> int:
        with statements_of(database) as found:
            ensure_account(database, OPERATOR, AccountDraft(address=address, active=False))
        return sum("contactsgroups_members" in each and "count(" in each for each in found)

    few = close(PEOPLE[0])
    for number in range(5):
        add_group(
            database, f"g{number}@example.org", members=None, kind="dynamic", rule="title is set"
        )
    assert close(PEOPLE[1]) == few
