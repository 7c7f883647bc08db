"""An export is the whole directory, in an order that depends on nothing but its content."""

from datetime import date
from pathlib import Path

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services import accounts
from contactsgroups.services.groups.member_ends import set_last_day
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
)
from tests.directories import add_account, add_accounts, add_alias, add_group


def fill(database: Database, names: list[str]) -> None:
    add_accounts(database, names)
    add_alias(database, "A@example.org", "ada@example.org")
    add_account(database, "bob@example.org", department="Sales/Europe", active=False)
    accounts.appoint_administrator(database, OPERATOR, "ada@example.org", domain=None)
    accounts.appoint_administrator(database, OPERATOR, "bob@example.org", domain="example.org")
    accounts.set_password(database, OPERATOR, "ada@example.org", "correct horse")


def test_everything_is_in_it_but_passwords_and_who_follows_from_the_accounts(
    small: Database,
) -> None:
    fill(small, ["ada", "bob"])
    team = add_group(
        small, "Team@example.org", "a@example.org", "X@Side.example", owners=["Bob@example.org"]
    )
    set_last_day(small, OPERATOR, team.uuid, ["x@side.example"], date(2999, 1, 31))
    add_group(small, "eu@example.org", members=None, kind="department", department="Sales")
    records = export_records(small)
    assert [each.name for each in records if isinstance(each, DomainRecord)] == [
        "example.net",
        "example.org",
    ]
    assert DepartmentRecord(domain="example.org", path="Sales/Europe") in records
    assert AliasRecord(address="A@example.org", account="ada@example.org") in records
    assert [each for each in records if isinstance(each, AdministratorRecord)] == [
        AdministratorRecord(address="ada@example.org"),
        AdministratorRecord(address="bob@example.org", domain="example.org"),
    ]
    assert [each.address for each in records if isinstance(each, GroupRecord)] == [
        "eu@example.org",
        "Team@example.org",
    ]
    assert [each for each in records if isinstance(each, MembershipRecord)] == [
        MembershipRecord(group=team.address, address="a@example.org", until=""),
        MembershipRecord(group=team.address, address="X@Side.example", until="2999-01-31"),
        MembershipRecord(group=team.address, address="Bob@example.org", role=MemberRole.OWNER),
    ]
    assert "correct horse" not in str(records)
    assert "scrypt" not in str(records)


def test_what_is_named_comes_before_what_names_it(small: Database) -> None:
    fill(small, ["ada", "bob"])
    add_group(small, "team@example.org", "ada@example.org")
    kinds = list(dict.fromkeys(type(each) for each in export_records(small)))
    assert kinds == [
        DomainRecord,
        DepartmentRecord,
        AccountRecord,
        AliasRecord,
        AdministratorRecord,
        GroupRecord,
        MembershipRecord,
    ]


def test_the_order_in_which_things_came_makes_no_difference(tmp_path: Path) -> None:
    exports = []
    for number, names in enumerate((["ada", "bob", "zoe"], ["zoe", "bob", "ada"])):
        database = Database(f"sqlite:///{tmp_path / str(number)}")
        schema.upgrade(database)
        fill(database, names)
        members = [f"{name}@example.org" for name in names]
        add_group(database, "team@example.org", *members, owners=members)
        exports.append(export_records(database))
        database.dispose()
    assert exports[0] == exports[1]
