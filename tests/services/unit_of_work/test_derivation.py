"""Members of department and dynamic groups come, move and leave with the accounts."""

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.groups import members
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work import write
from contactsgroups.services.unit_of_work.derivation import (
    derive_all,
    follow_accounts,
    selected_accounts,
)
from tests.directories import add_account, add_accounts, add_group
from tests.services.conftest import changes_since, position


def recipients(database: Database, uuid: str) -> list[str]:
    mailboxes = members.list_recipients(database, OPERATOR, uuid)
    return [each.removesuffix("@example.org") for each in mailboxes]


def test_a_department_group_follows_arrivals_moves_and_departures(database: Database) -> None:
    add_account(database, "ada@example.org", display_name="Ada", department="Sales")
    add_account(database, "bob@example.org", display_name="Bob", department="Sales/Europe")
    add_account(database, "eve@example.org", display_name="Eve", department="Salesforce")
    group = add_group(
        database, "sales@example.org", members=None, kind="department", department="Sales"
    )
    assert recipients(database, group.uuid) == ["ada", "bob"]
    add_account(database, "zoe@example.org", display_name="Zoe", department="Sales/Asia")
    assert recipients(database, group.uuid) == ["ada", "bob", "zoe"]
    add_account(database, "ada@example.org", display_name="Ada", department="Legal")
    add_account(database, "bob@example.org", display_name="Bob", department="Sales", active=False)
    assert recipients(database, group.uuid) == ["zoe"]


def test_a_dynamic_group_follows_its_rule(database: Database) -> None:
    add_account(database, "ada@example.org", title="Engineer", location="Oslo")
    rule = 'title contains "engineer" and location = "Oslo"'
    group = add_group(database, "oslo@example.org", members=None, kind="dynamic", rule=rule)
    assert recipients(database, group.uuid) == ["ada"]
    add_account(database, "bob@example.org", title="Chief engineer", location="oslo")
    assert recipients(database, group.uuid) == ["ada", "bob"]
    add_account(database, "ada@example.org", title="Engineer", location="Bergen")
    assert recipients(database, group.uuid) == ["bob"]
    assert members.where_is(database, OPERATOR, "bob@example.org") == ["oslo@example.org"]


def test_only_active_accounts_of_the_groups_own_domain_are_selected(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_account(small, "nia@example.net", title="Boss")
    add_account(small, "Kim@example.org", title="Boss")
    add_account(small, "bob@example.org", title="Boss", active=False)
    rule = 'title = "boss"'
    group = add_group(small, "bosses@example.org", members=None, kind="dynamic", rule=rule)
    with small.read() as session:
        row = require_group(session, group.uuid)
        assert selected_accounts(session, row) == {"kim@example.org": "Kim@example.org"}


def test_a_change_that_moves_nobody_does_not_touch_the_group(small: Database) -> None:
    add_account(small, "ada@example.org", department="Sales", title="Clerk")
    add_group(small, "sales@example.org", members=None, kind="department", department="Sales")
    before = position(small)
    add_account(small, "eve@example.org", title="Clerk")
    assert changes_since(small, before) == ["account eve@example.org"]


def test_accounts_that_moved_are_told_by_the_groups_that_they_moved_in(small: Database) -> None:
    add_account(small, "ada@example.org", department="Sales")
    sales = add_group(
        small, "sales@example.org", members=None, kind="department", department="Sales"
    )
    add_group(small, "static@example.org", "ada@example.org")
    with write(small, OPERATOR) as work:
        row = require_group(work.session, sales.uuid)
        (member,) = row.members
        work.session.delete(member)
        work.session.flush()
        ada = require_account(work.session, "ada@example.org")
        assert follow_accounts(work.session, [ada.id]) == {row.id}
        work.session.flush()
        assert follow_accounts(work.session, [ada.id]) == set()


def test_deriving_all_keeps_the_rows_of_those_who_stay(small: Database) -> None:
    add_account(small, "ada@example.org", title="Boss")
    add_account(small, "bob@example.org", title="Boss", location="Oslo")
    add_account(small, "zoe@example.org", location="Oslo")
    rule = 'title = "boss"'
    group = add_group(small, "bosses@example.org", members=None, kind="dynamic", rule=rule)
    with write(small, OPERATOR) as work:
        row = require_group(work.session, group.uuid)
        ids = {member.address: member.id for member in row.members}
        row.rule = 'location = "oslo"'
        derive_all(work.session, row)
        work.session.flush()
        now = {member.address: member.id for member in row.members}
    assert now.keys() == {"bob@example.org", "zoe@example.org"}
    assert now["bob@example.org"] == ids["bob@example.org"]
