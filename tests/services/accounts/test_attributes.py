"""Attributes of accounts move members in the same transaction, and are in the audit log."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from contactsgroups.domain.attributes import ATTRIBUTES_LIMIT
from contactsgroups.domain.errors import (
    AccountNotFound,
    InvalidText,
    NeedsConfirmation,
    NotPermitted,
    SeveralFaults,
)
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, AccountAttribute, Group, Member
from contactsgroups.services.accounts import AccountDraft, ensure_account, remove_account
from contactsgroups.services.accounts.accounts import set_attributes
from contactsgroups.services.accounts.attributes import list_attribute_names, read_attributes
from tests.directories import add_account, add_accounts, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, changes_since, position
from tests.services.unit_of_work.audit_log import clear_log, read_log
from tests.statements import statements_of

ADDRESS = "ada@example.org"
CONFIRMED = replace(OPERATOR, confirmed=True)
RULE = 'attribute.cost_center = "KOLN 4711" and domain = "example.org"'


def attributes_of(database: Database, address: str = ADDRESS) -> dict[str, str]:
    with database.read() as session:
        account_id = session.scalars(select(Account.id).where(Account.address == address)).one()
        return read_attributes(session, [account_id]).get(account_id, {})


def members_of(database: Database, name: str) -> list[str]:
    statement = select(Member.address).join(Group).where(Group.address == f"{name}@example.org")
    with database.read() as session:
        return sorted(session.scalars(statement))


def give(database: Database, name: str, **attributes: str) -> None:
    set_attributes(database, CONFIRMED, f"{name}@example.org", attributes)


def test_a_group_follows_an_attribute_in_the_same_transaction(database: Database) -> None:
    add_group(database, "koeln@example.org", members=None, kind="dynamic", rule=RULE)
    before = position(database)
    give(database, "ada", Cost_Center=" Köln  4711 ", badge="7")

    assert attributes_of(database) == {"badge": "7", "cost_center": "Köln 4711"}
    assert members_of(database, "koeln") == [ADDRESS]
    assert {"account ada@example.org", "group koeln@example.org"} <= {
        *changes_since(database, before)
    }
    give(database, "ada", cost_center="4712")
    assert members_of(database, "koeln") == []
    assert attributes_of(database) == {"badge": "7", "cost_center": "4712"}


def test_an_account_is_made_and_changed_with_attributes(database: Database) -> None:
    add_group(database, "koeln@example.org", members=None, kind="dynamic", rule=RULE)
    draft = AccountDraft(address="new@example.org", attributes={"cost_center": "köln 4711"})
    ensure_account(database, OPERATOR, draft)
    assert members_of(database, "koeln") == ["new@example.org"]

    ensure_account(database, OPERATOR, AccountDraft(address="new@example.org", title="Boss"))
    assert attributes_of(database, "new@example.org") == {"cost_center": "köln 4711"}
    ensure_account(database, CONFIRMED, replace(draft, attributes={"cost_center": ""}))
    assert attributes_of(database, "new@example.org") == {}
    assert members_of(database, "koeln") == []


def test_what_is_as_it_was_changes_nothing(small: Database) -> None:
    give(small, "ada", cost_center="4711")
    before = position(small)
    give(small, "ada", cost_center="4711", badge="")
    draft = AccountDraft(address=ADDRESS, attributes={"COST_CENTER": "4711"})
    ensure_account(small, OPERATOR, draft)
    assert position(small) == before


def test_the_audit_log_has_attributes_as_fields_of_the_account(database: Database) -> None:
    clear_log(database)
    give(database, "ada", cost_center="4711", badge="7")
    give(database, "ada", cost_center="4712", badge="")
    add_account(database, ADDRESS, title="Boss", attributes={"floor": "3"})
    remove_account(database, OPERATOR, ADDRESS)

    log = [(action, detail["fields"]) for action, _, detail in read_log(database)]
    added = {"attribute.badge": [None, "7"], "attribute.cost_center": [None, "4711"]}
    changed = {"attribute.badge": ["7", None], "attribute.cost_center": ["4711", "4712"]}
    assert log[:3] == [
        ("change account", added),
        ("change account", changed),
        ("change account", {"title": ["", "Boss"], "attribute.floor": [None, "3"]}),
    ]
    (gone,) = [fields for action, fields in log if action == "remove account"]
    assert gone["attribute.cost_center"] == ["4712", None]
    with database.read() as session:
        assert session.scalars(select(AccountAttribute)).all() == []


def test_an_attribute_that_moves_many_waits_for_confirmation(small: Database) -> None:
    give(small, "ada", floor="3")
    add_group(
        small, "third@example.org", members=None, kind="dynamic", rule='attribute.floor = "3"'
    )
    with pytest.raises(NeedsConfirmation, match="third"):
        set_attributes(small, OPERATOR, ADDRESS, {"floor": "4"})
    assert attributes_of(small) == {"floor": "3"}
    assert members_of(small, "third") == [ADDRESS]

    set_attributes(small, CONFIRMED, ADDRESS, {"floor": "4"})
    assert members_of(small, "third") == []


def test_what_somebody_else_changed_since_is_refused_where_it_is_written(small: Database) -> None:
    """Within the transaction: between a look before it and the write, others write."""
    seen = {"badge": "1", "floor": "2", "room": "3"}
    set_attributes(small, OPERATOR, ADDRESS, seen)
    set_attributes(small, OPERATOR, ADDRESS, {"badge": "9", "floor": "", "room": "8"})

    changes = {"badge": "5", "floor": "4", "room": "8", "new": "1"}
    with pytest.raises(SeveralFaults) as raised:
        set_attributes(small, OPERATOR, ADDRESS, changes, seen=seen)
    assert [each.field for each in raised.value.errors] == ["attribute.badge", "attribute.floor"]
    assert attributes_of(small) == {"badge": "9", "room": "8"}

    set_attributes(small, OPERATOR, ADDRESS, {"room": "8", "new": "1"}, seen=seen)
    assert attributes_of(small) == {"badge": "9", "new": "1", "room": "8"}


def test_only_who_manages_accounts_sets_and_lists_them(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    set_attributes(small, OPERATOR, "nia@example.net", {"badge": "1"})
    set_attributes(small, LOCAL_ADMIN, ADDRESS, {"floor": "3"})

    assert list_attribute_names(small, OPERATOR) == ["badge", "floor"]
    assert list_attribute_names(small, LOCAL_ADMIN) == ["floor"]
    assert list_attribute_names(small, ADA) == []
    for actor, address in ((ADA, ADDRESS), (LOCAL_ADMIN, "nia@example.net")):
        with pytest.raises(NotPermitted):
            set_attributes(small, actor, address, {"floor": "4"})
    with pytest.raises(AccountNotFound):
        set_attributes(small, OPERATOR, "nobody@example.org", {"floor": "4"})


def test_too_many_attributes_are_refused_and_nothing_is_saved(small: Database) -> None:
    many = {f"a{number}": "1" for number in range(ATTRIBUTES_LIMIT)}
    give(small, "ada", **many)
    with pytest.raises(InvalidText, match="at most"):
        give(small, "ada", title="x", one_more="1")
    assert attributes_of(small) == many


def test_reading_the_members_of_a_rule_takes_as_many_statements_for_many(small: Database) -> None:
    def made(name: str) -> int:
        with statements_of(small) as found:
            add_group(small, f"{name}@example.org", members=None, kind="dynamic", rule=RULE)
        return len(found)

    give(small, "ada", cost_center="Köln 4711")
    few = made("few")
    for name in ("bob", "eve", "zoe"):
        give(small, name, cost_center="Köln 4711", badge="7")
    assert made("many") == few
