"""The audit log says exactly what a use case changed, whether or not the use case thinks of it."""

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import (
    Base,
    Group,
    Member,
)
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import AccountDraft, administrators, sharing
from contactsgroups.services.accounts.accounts import ensure_account_in, remove_alias
from contactsgroups.services.accounts.addresses import release_reservations
from contactsgroups.services.completion import usage
from contactsgroups.services.groups.deleted_groups import release_address
from contactsgroups.services.groups.editing import create_group_in
from contactsgroups.services.transfer.importing import import_records
from contactsgroups.services.transfer.records import AccountRecord
from contactsgroups.services.unit_of_work import audit_entries, write
from contactsgroups.services.unit_of_work.audited_tables import AUDITED
from tests.directories import (
    add_account,
    add_alias,
    add_group,
    changed_draft,
)
from tests.services.conftest import ADA
from tests.services.unit_of_work.audit_log import SALES, clear_log, read_log


def save(database: Database, uuid: str, **changes: object) -> None:
    version = groups.show_group(database, OPERATOR, uuid).version
    draft = replace(SALES, members=None)
    groups.update_group(database, OPERATOR, uuid, version, changed_draft(draft, **changes))


def test_a_member_removed_and_the_owner_replaced_in_one_save_are_what_the_log_says(
    database: Database, sales: str
) -> None:
    save(database, sales, members=["ada@example.org"], owners=["eve@example.org"])
    assert read_log(database) == [
        (
            "change group",
            "sales@example.org",
            {
                "members": {"removed": ["bob@example.org"]},
                "roles": {"owner": {"added": ["eve@example.org"], "removed": ["ada@example.org"]}},
            },
        )
    ]


def test_fields_stand_there_as_they_were_and_as_they_are(database: Database, sales: str) -> None:
    save(
        database,
        sales,
        display_name="Sales Team",
        posting_policy="anyone",
        show_members=False,
    )
    assert read_log(database) == [
        (
            "change group",
            "sales@example.org",
            {
                "fields": {
                    "display_name": ["Sales", "Sales Team"],
                    "posting_policy": ["same_domain", "anyone"],
                    "show_members": [True, False],
                }
            },
        )
    ]


def test_a_save_that_changes_nothing_is_no_change(database: Database, sales: str) -> None:
    save(database, sales)
    save(database, sales, members=["Bob@example.org", "ada@example.org"])
    assert read_log(database) == []


def test_a_new_group_and_a_removed_one_stand_there_whole(database: Database, sales: str) -> None:
    groups.remove_group(database, OPERATOR, sales)
    ((action, subject, detail),) = read_log(database)
    assert (action, subject) == ("remove group", "sales@example.org")
    assert detail["fields"]["display_name"] == ["Sales", None]
    assert detail["fields"]["domain"] == ["example.org", None]
    assert detail["members"] == {"removed": ["ada@example.org", "bob@example.org"]}
    assert detail["roles"] == {"owner": {"removed": ["ada@example.org"]}}
    release_address(database, OPERATOR, sales)
    clear_log(database)
    groups.create_group(database, OPERATOR, SALES)
    ((action, subject, detail),) = read_log(database)
    assert (action, subject) == ("create group", "sales@example.org")
    assert detail["fields"]["display_name"] == [None, "Sales"]
    assert detail["members"] == {"added": ["ada@example.org", "bob@example.org"]}
    assert detail["roles"] == {"owner": {"added": ["ada@example.org"]}}


def test_a_rename_reaches_the_groups_around(database: Database, sales: str) -> None:
    add_group(
        database, "all@example.org", "sales@example.org", allowed_senders=["sales@example.org"]
    )
    clear_log(database)
    save(database, sales, address="Selling@example.org")
    before, after = ["sales@example.org"], ["selling@example.org"]
    assert read_log(database) == [
        (
            "change group",
            "selling@example.org",
            {
                "fields": {
                    "address": ["sales@example.org", "selling@example.org"],
                    "original": ["sales@example.org", "Selling@example.org"],
                }
            },
        ),
        (
            "change group",
            "all@example.org",
            {
                "members": {"added": after, "removed": before},
                "roles": {"allowed_sender": {"added": after, "removed": before}},
            },
        ),
    ]


def test_removing_an_account_takes_it_out_of_everything(database: Database, sales: str) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    administrators.appoint_administrator(database, OPERATOR, "ada@example.org", domain=None)
    add_account(database, "ada@example.org", display_name="Ada", department="Sales/Europe")
    clear_log(database)
    accounts.remove_account(database, OPERATOR, "ada@example.org")
    log = {(action, subject): detail for action, subject, detail in read_log(database)}
    assert log.keys() == {
        ("remove account", "ada@example.org"),
        ("remove alias", "a@example.org"),
        ("remove administrator", "ada@example.org"),
        ("change group", "sales@example.org"),
    }
    assert log["change group", "sales@example.org"] == {
        "members": {"removed": ["ada@example.org"]},
        "roles": {"owner": {"removed": ["ada@example.org"]}},
    }
    fields = log["remove account", "ada@example.org"]["fields"]
    assert fields["department"] == ["Sales/Europe", None]
    assert log["remove administrator", "ada@example.org"] == {
        "fields": {"account": ["ada@example.org", None], "domain": ["*", None]}
    }


def test_members_that_follow_the_directory_are_audited_as_well(database: Database) -> None:
    add_account(database, "ada@example.org", display_name="Ada", department="Sales")
    add_group(database, "s@example.org", members=None, kind="department", department="Sales")
    clear_log(database)
    add_account(database, "ada@example.org", display_name="Ada", department="Legal")
    assert [each for each in read_log(database) if each[0].startswith("change")] == [
        (
            "change account",
            "ada@example.org",
            {"fields": {"department": ["Sales", "Legal"]}},
        ),
        ("change group", "s@example.org", {"members": {"removed": ["ada@example.org"]}}),
    ]


def test_domains_departments_aliases_administrators_and_shares(database: Database) -> None:
    clear_log(database)
    accounts.ensure_domain(database, OPERATOR, "new.example")
    add_alias(database, "a@example.org", "ada@example.org")
    add_alias(database, "a@example.org", "bob@example.org")
    remove_alias(database, OPERATOR, "a@example.org")
    administrators.appoint_administrator(
        database, OPERATOR, "ada@example.org", domain="example.org"
    )
    sharing.share_domain(database, OPERATOR, "example.org", "example.net")
    sharing.hide_domain(database, OPERATOR, "example.org", "example.net")
    sharing.hide_domain(database, OPERATOR, "example.org", "example.net")
    domain = {"name": "new.example", "team_creators": "administrators", "group_defaults": ""}
    shown = {"domain": "example.net", "visible_domain": "example.org"}
    alias = {"address": "a@example.org", "original": "a@example.org", "domain": "example.org"}
    assert read_log(database) == [
        ("create domain", "new.example", {"fields": _created(domain)}),
        (
            "create alias",
            "a@example.org",
            {"fields": _created(alias | {"account": "ada@example.org"})},
        ),
        (
            "change alias",
            "a@example.org",
            {"fields": {"account": ["ada@example.org", "bob@example.org"]}},
        ),
        (
            "remove alias",
            "a@example.org",
            {"fields": _removed(alias | {"account": "bob@example.org"})},
        ),
        (
            "create administrator",
            "ada@example.org",
            {"fields": _created({"account": "ada@example.org", "domain": "example.org"})},
        ),
        ("create share", "example.org", {"fields": _created(shown)}),
        ("remove share", "example.org", {"fields": _removed(shown)}),
    ]


def _created(values: dict[str, str]) -> dict[str, list[str | None]]:
    return {name: [None, value] for name, value in values.items()}


def _removed(values: dict[str, str]) -> dict[str, list[str | None]]:
    return {name: [value, None] for name, value in values.items()}


def test_a_department_has_its_domain_beside_it_and_a_long_one_is_cut(database: Database) -> None:
    clear_log(database)
    path = "/".join(["Department of rather long names"] * 9)
    add_account(database, "ada@example.org", display_name="Ada", department=path)
    log = [(subject, detail) for action, subject, detail in read_log(database) if "dep" in action]
    assert log[0][0] == "Department of rather long names (example.org)"
    assert len(log[-1][0]) == 254
    assert log[-1][1]["fields"]["path"] == [None, path]


def test_passwords_and_pictures_are_said_to_have_changed_and_no_more(
    database: Database, sales: str
) -> None:
    for password in ("correct horse", "battery staple"):
        accounts.set_password(database, OPERATOR, "ada@example.org", password)
    with write(database, OPERATOR) as work:
        work.session.execute(update(Group).values(picture=b"a picture"))
    with write(database, OPERATOR) as work:
        group = work.session.scalars(select(Group)).one()
        group.picture = b"another one"  # What it was is not read before.
    first, second = (
        f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:16]}"
        for data in (b"a picture", b"another one")
    )
    log = [detail["fields"] for _, _, detail in read_log(database)]
    for fields in log[:2]:
        assert fields.pop("revoked_at")  # What the account was let in with before ends then.
    assert log == [
        {"password_hash": [None, "(hidden)"]},
        {"password_hash": ["(hidden)", "(hidden)"]},
        {"picture": [None, first]},
        {"picture": [first, second]},
    ]


def test_what_is_undone_in_the_same_unit_of_work_is_nothing(database: Database, sales: str) -> None:
    with write(database, OPERATOR) as work:
        group = work.session.scalars(select(Group)).one()
        bob = group.members[1]
        work.session.delete(bob)
        work.session.flush()
        work.session.add(Member(group_id=group.id, address=bob.address, original=bob.original))
        for name in ("Selling", "Sales"):
            group.display_name = name
            work.session.flush()
        draft = AccountDraft(address="new@example.org")
        work.session.delete(ensure_account_in(work, draft))
    assert read_log(database) == []


def test_of_several_changes_the_first_state_and_the_last_count(
    database: Database, sales: str
) -> None:
    with write(database, OPERATOR) as work:
        group = work.session.scalars(select(Group)).one()
        for name in ("One", "Two", "Three"):
            group.display_name = name
            work.session.flush()
    assert read_log(database) == [
        ("change group", "sales@example.org", {"fields": {"display_name": ["Sales", "Three"]}})
    ]


def test_the_number_of_a_removed_group_may_be_given_to_a_new_one(
    database: Database, sales: str
) -> None:
    """SQLite does so."""
    with write(database, OPERATOR) as work:
        groups.editing.remove_group_in(work, work.session.scalars(select(Group)).one())
        release_reservations(work.session, ["sales@example.org"])
        create_group_in(work, replace(SALES, members=["bob@example.org"], owners=[]))
    (first, second) = read_log(database)
    assert first[:2] == ("remove group", "sales@example.org")
    assert first[2]["members"] == {"removed": ["ada@example.org", "bob@example.org"]}
    assert second[:2] == ("create group", "sales@example.org")
    assert second[2]["members"] == {"added": ["bob@example.org"]}


def test_an_import_is_audited_row_by_row(database: Database) -> None:
    clear_log(database)
    records = [AccountRecord(address=f"p{n:04}@example.org") for n in range(1500)]
    records.append(AccountRecord(address="ada@example.org", title="Chief"))
    import_records(database, OPERATOR, records)
    log = read_log(database)
    assert len(log) == 1501
    assert [subject for _, subject, _ in log] == [str(each.address) for each in records]
    assert log[0][2]["fields"]["active"] == [None, True]
    assert log[-1] == ("change account", "ada@example.org", {"fields": {"title": ["", "Chief"]}})


def test_more_members_than_an_entry_holds_go_on_in_the_next(
    database: Database, sales: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_entries, "PARTS_LIMIT", 3)
    addresses = [f"{letter}@x.example" for letter in "abcdefg"]
    everybody = ["ada@example.org", *addresses]
    save(database, sales, members=everybody, display_name="Many")
    log = read_log(database)
    assert {each[:2] for each in log} == {("change group", "sales@example.org")}
    assert [detail for _, _, detail in log] == [
        {
            "fields": {"display_name": ["Sales", "Many"]},
            "members": {"added": addresses[:2], "removed": ["bob@example.org"]},
            "part": [1, 3],
        },
        {"members": {"added": addresses[2:5]}, "part": [2, 3]},
        {"members": {"added": addresses[5:]}, "part": [3, 3]},
    ]


def test_the_longest_addresses_fit_into_one_entry(database: Database, sales: str) -> None:
    """Each of four bytes a letter: more than twenty megabytes in all."""
    texts = [f"{n:05}" + "🦊" * 249 for n in range(audit_entries.PARTS_LIMIT * 2)]
    with write(database, OPERATOR) as work:
        (id_,) = work.session.scalars(select(Group.id))
        rows = [{"group_id": id_, "address": text, "original": text} for text in texts]
        work.session.execute(insert(Member), rows)
    log = read_log(database)
    assert [detail["part"] for _, _, detail in log] == [[1, 2], [2, 2]]
    assert [each for _, _, detail in log for each in detail["members"]["added"]] == texts


def test_what_is_private_is_not_audited(database: Database, sales: str) -> None:
    usage.record_usage(database, ADA, [usage.UsedAddress("bob@example.org")])
    usage.set_usage_recording(database, ADA, enabled=False)
    usage.remove_all_usage(database, ADA)
    assert read_log(database) == []


def test_every_table_is_audited_or_named_here() -> None:
    names = {
        *("addresses", "recipients", "cards", "group_edges", "account_words"),  # follow from others
        "group_mail",  # days on which mail was accepted
        *("journal", "journal_counter", "followers", "audit_log"),
        *("audit_chain_end", "audit_verifications"),  # of the log itself
        *("usage", "own_contacts", "personal_state", "sessions"),  # private
        *("popularity", "pending_popularity"),  # a sum of what is private
        *("outbox", "holds", "hold_parts", "hold_copies", "deliveries"),  # what became of messages
        *("sender_evidence", "told_additions"),  # of a few days
        "sources",  # empty so far
    }
    not_audited = {f"contactsgroups_{name}" for name in names}
    audited = {each.table.name for each in AUDITED}
    assert audited | not_audited == set(Base.metadata.tables)
    assert not audited & not_audited
