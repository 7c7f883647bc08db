"""After random use cases, the log says what two readings of the whole database differ in."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, func, select

from contactsgroups.domain.errors import ContactsGroupsError, GroupNotFound
from contactsgroups.domain.group import GroupKind, PostingPolicy
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.models import AuditRow
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import administrators, sharing
from contactsgroups.services.accounts.accounts import remove_alias
from contactsgroups.services.audit_verification import verify_all
from contactsgroups.services.completion.usage import UsedAddress, record_usage
from contactsgroups.services.groups import GroupDraft, GroupSummary, members
from contactsgroups.services.groups.deleted_groups import (
    list_deleted,
    release_address,
    restore_group,
)
from contactsgroups.services.groups.leaving import remove_everywhere
from contactsgroups.services.groups.leaving_plan import Remedy
from contactsgroups.services.groups.undoing import undo_changes
from contactsgroups.services.transfer import applying
from contactsgroups.services.transfer.importing import ImportOptions, import_records
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AliasRecord,
    MemberRole,
    MembershipRecord,
)
from tests.directories import (
    add_account,
    add_accounts,
    add_alias,
    add_group,
    group_draft,
    group_record,
)
from tests.services.conftest import ADA
from tests.services.unit_of_work.audit_reference import expected_log, read_state


class UseCases:
    """Calls use cases with arguments that chance picks, from few names, so that they meet."""

    PEOPLE = ("ada", "Bob", "eve", "zoe", "new1", "new2")
    GROUPS = ("g1", "G2", "g3", "g4")
    DEPARTMENTS = ("", "Sales", "Sales/Europe", "Legal")

    def __init__(self, database: Database, chance: random.Random) -> None:
        self._database = database
        self._chance = chance

    def call_any(self) -> None:
        names = [name for name in dir(self) if name.startswith("do_")]
        do: Callable[[], None] = getattr(self, self._chance.choice(names))
        do()

    def do_ensure_account(self) -> None:
        add_account(
            self._database,
            self._person(),
            department=self._chance.choice(self.DEPARTMENTS),
            title=self._chance.choice(["", "Chief"]),
            active=self._chance.random() < 0.7,
        )

    def do_remove_account(self) -> None:
        if self._chance.random() < 0.4:
            accounts.remove_account(self._database, OPERATOR, self._person())

    def do_set_password(self) -> None:
        with_salt = self._chance.choice(["correct horse", "battery staple"])
        accounts.set_password(self._database, OPERATOR, self._person(), with_salt)

    def do_ensure_alias(self) -> None:
        add_alias(self._database, self._alias(), self._person())

    def do_remove_alias(self) -> None:
        remove_alias(self._database, OPERATOR, self._alias())

    def do_ensure_domain(self) -> None:
        accounts.ensure_domain(
            self._database, OPERATOR, self._chance.choice(["a.example", "x.example"])
        )

    def do_appoint_administrator(self) -> None:
        domain = self._chance.choice(["example.org", "example.net", None])
        administrators.appoint_administrator(
            self._database, OPERATOR, self._person(), domain=domain
        )

    def do_share(self) -> None:
        domains = self._chance.choices(["example.org", "example.net"], k=2)
        self._chance.choice([sharing.share_domain, sharing.hide_domain])(
            self._database, OPERATOR, *domains
        )

    def do_create_group(self) -> None:
        groups.create_group(self._database, OPERATOR, self._draft())

    def do_update_group(self) -> None:
        group = self._stored_group()
        draft = replace(self._draft(), address=group.address)
        groups.update_group(self._database, OPERATOR, group.uuid, group.version, draft)

    def do_rename_group(self) -> None:
        group = self._stored_group()
        draft = group_draft(self._group(), display_name="Renamed")
        groups.update_group(self._database, OPERATOR, group.uuid, group.version, draft)

    def do_remove_group(self) -> None:
        if self._chance.random() < 0.4:
            groups.remove_group(self._database, OPERATOR, self._stored_group().uuid)

    def do_restore_or_release(self) -> None:
        for deleted in list_deleted(self._database, OPERATOR).groups[:1]:
            act = self._chance.choice([restore_group, release_address])
            act(self._database, OPERATOR, deleted.uuid)

    def do_undo(self) -> None:
        with self._database.connect() as connection:
            works = connection.scalars(select(AuditRow.work_id).order_by(AuditRow.id)).all()
        undo_changes(self._database, OPERATOR, [self._chance.choice(works[-5:])])

    def do_add_members(self) -> None:
        members.add_members(self._database, OPERATOR, self._stored_group().uuid, self._some())

    def do_remove_member(self) -> None:
        group = self._stored_group()
        stored = members.list_members(self._database, OPERATOR, group.uuid)
        member = self._chance.choice(stored).address if stored else self._person()
        members.remove_member(self._database, OPERATOR, group.uuid, member)

    def do_remove_everywhere(self) -> None:
        stored = groups.list_groups(self._database, OPERATOR).groups
        remedies = {each.uuid: self._chance.choice([*Remedy]) for each in stored}
        who = self._chance.choice(self._anybody())
        remove_everywhere(self._database, OPERATOR, who, remedies=remedies)

    def do_record_usage(self) -> None:
        record_usage(self._database, ADA, [UsedAddress(self._person())])

    def do_import(self) -> None:
        group = self._group()
        records = [
            AccountRecord(address=self._person(), department=self._chance.choice(self.DEPARTMENTS)),
            AccountRecord(address=self._person(), title="Chief"),
            AliasRecord(address=self._alias(), account=self._person()),
            group_record(group, display_name=self._chance.choice(["", "Imported"])),
            *(
                MembershipRecord(group=group, role=role, address=address)
                for role in MemberRole
                for address in self._some()
            ),
        ]
        options = ImportOptions(replace_members=self._chance.random() < 0.5)
        import_records(self._database, OPERATOR, records, options)

    def _stored_group(self) -> GroupSummary:
        found = groups.list_groups(self._database, OPERATOR).groups
        if not found:
            raise GroupNotFound("there is no group yet")
        return self._chance.choice(found)

    def _person(self) -> str:
        return f"{self._chance.choice(self.PEOPLE)}@example.org"

    def _group(self) -> str:
        return f"{self._chance.choice(self.GROUPS)}@example.org"

    def _alias(self) -> str:
        return f"{self._chance.choice(['also1', 'also2'])}@example.org"

    def _anybody(self) -> list[str]:
        inside = [*self.PEOPLE, *self.GROUPS, "also1", "also2"]
        return [*(f"{name}@example.org" for name in inside), "out@x.example", "Out2@x.example"]

    def _some(self) -> list[str]:
        return self._chance.sample(self._anybody(), self._chance.randint(1, 4))

    def _accounts(self) -> list[str]:
        """Some who may be owners, as long as they have their accounts."""
        return [self._person(), "out@x.example"][: self._chance.randint(0, 2)]

    def _draft(self) -> GroupDraft:
        kind = self._chance.choice([*GroupKind, GroupKind.STATIC, GroupKind.TEAM])
        known = [name for name in ("ada", "bob", "eve") if self._chance.random() < 0.6]
        return group_draft(
            self._group(),
            display_name=self._chance.choice(["Sales", "Legal"]),
            kind=kind,
            posting_policy=self._chance.choice(list(PostingPolicy)),
            disabled=self._chance.random() < 0.2,
            department=self._chance.choice(self.DEPARTMENTS)
            if kind is GroupKind.DEPARTMENT
            else "",
            rule='title = "Chief"' if kind is GroupKind.DYNAMIC else "",
            members=None if kind.is_derived else [f"{name}@example.org" for name in known],
            owners=self._accounts(),
            moderators=self._accounts(),
            allowed_senders=self._some(),
            picture=self._chance.choice([None, b""]),
        )


def _without_undo(row: Row[Any]) -> tuple[str, str, str]:
    """An entry as if it had been done by hand."""
    detail = json.loads(row.detail)
    detail.pop("undoes", None)
    action = row.action.replace("restore", "create")
    return action, row.subject, json.dumps(detail, sort_keys=True)


def check(database: Database, chance: random.Random, steps: int) -> int:
    """Call use cases, compare the log with the database each time; return how many succeeded."""
    use_cases = UseCases(database, chance)
    succeeded = 0
    for _ in range(steps):
        with database.connect() as connection:
            before = read_state(connection)
            last = connection.scalar(select(func.max(AuditRow.id))) or 0
        try:
            use_cases.call_any()
        except ContactsGroupsError:
            continue
        finally:
            with database.connect() as connection:
                after = read_state(connection)
                rows = connection.execute(select(AuditRow.__table__).where(AuditRow.id > last))
                log = sorted(_without_undo(row) for row in rows)
                log = [each for each in log if each[0] != "release address"]
            assert log == expected_log(before, after)
        succeeded += 1
    assert verify_all(database, OPERATOR).is_unbroken
    return succeeded


def prepare(url: str) -> Database:
    database = Database(url)
    schema.upgrade(database)
    add_accounts(database, ["ada", "bob", "eve", "zoe"])
    add_accounts(database, [], domain="example.net")
    add_account(database, "eve@example.org", display_name="Eve", department="Sales")
    add_group(database, "g1@example.org", "ada@example.org", "out@x.example")
    inside = {"allowed_senders": ["g1@example.org"], "moderators": ["ada@example.org"]}
    add_group(database, "G2@example.org", "g1@example.org", "bob@example.org", **inside)
    return database


@pytest.fixture(scope="module", autouse=True)
def imports_in_one_piece() -> Iterator[None]:
    """A group that follows the directory would be a piece of its own, with entries of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(applying, "_DERIVED_ROWS", 1)
        yield


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A prepared SQLite file to copy."""
    path = tmp_path_factory.mktemp("audit") / "start.sqlite"
    database = prepare(f"sqlite:///{path}")
    database.dispose()
    return path


@given(seed=st.integers(0, 2**32))
@settings(max_examples=12)
def test_the_log_says_what_changed(start: Path, seed: int) -> None:
    copy = start.with_name("copy.sqlite")
    shutil.copy(start, copy)
    database = Database(f"sqlite:///{copy}")
    try:
        check(database, random.Random(seed), 25)
    finally:
        database.dispose()
        for path in start.parent.glob("copy.sqlite*"):
            path.unlink()


def test_the_log_says_what_changed_on_every_database(database_url: str) -> None:
    database = prepare(database_url)
    try:
        assert check(database, random.Random(7), 40) > 10
    finally:
        database.dispose()
