"""The directory in memory: copies do not share, addresses are parsed once."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.persistence import Database
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.plan import compare
from contactsgroups.services.transfer.records import AliasRecord, MemberRole
from contactsgroups.services.transfer.snapshot import AddressReader, snapshot_of
from tests.directories import add_account, add_alias, add_group, group_record
from tests.services.transfer.snapshots import company, directory, members_of, merge


def test_an_address_is_parsed_once_for_each_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    real = Address.parse

    def parse(text: str) -> Address:
        parsed.append(text)
        return real(text)

    monkeypatch.setattr(Address, "parse", parse)
    read = AddressReader()
    for _ in range(3):
        assert str(read("Ada@example.org")) == "ada@example.org"
        assert read("ADA@example.org").original == "ADA@example.org"
        with pytest.raises(InvalidAddress):
            read("no address")
    assert parsed == ["Ada@example.org", "ADA@example.org", "no address"]


def test_an_address_has_one_holder() -> None:
    snapshot = merge(
        company(), AliasRecord(address="a@example.org", account="ada@example.org")
    ).snapshot
    holders = {
        name: snapshot.holder_of(f"{name}@example.org") for name in ("ada", "a", "team", "no")
    }
    assert holders == {"ada": "account", "a": "alias", "team": "group", "no": None}


def test_a_copy_is_changed_alone() -> None:
    stored = company()
    copy = stored.copy()
    copy.domains.add("example.net")
    copy.accounts.pop("ada@example.org")
    team = copy.groups["team@example.org"].copy()
    team.roles[MemberRole.MEMBER].clear()
    copy.groups["team@example.org"] = team
    assert stored.domains == {"example.org"}
    assert "ada@example.org" in stored.accounts
    assert members_of(stored, "team") == ["ada", "bob"]


def test_only_groups_have_members_here_and_derived_ones_keep_none() -> None:
    snapshot = company()
    assert snapshot.members_of("ada@example.org") is None
    rule = group_record("team@example.org", display_name="T", kind="dynamic", rule='title = "boss"')
    derived = merge(snapshot, rule)
    assert derived.faults == []
    assert derived.snapshot.groups["team@example.org"].is_derived
    assert members_of(derived.snapshot, "team") == []


def test_what_was_exported_is_the_same_directory_again(small: Database) -> None:
    add_account(small, "Kim@example.org", display_name="Kim", department="Sales/Europe")
    add_alias(small, "K@example.org", "kim@example.org")
    add_group(
        small, "Team@example.org", "k@example.org", "X@side.example", owners=["kim@example.org"]
    )
    add_group(small, "eu@example.org", members=None, kind="department", department="Sales")
    records = export_records(small)
    snapshot = snapshot_of(records, AddressReader())
    assert members_of(snapshot, "team") == ["k", "x@side.example"]
    assert snapshot.groups["team@example.org"].roles[MemberRole.OWNER] == {
        "kim@example.org": "kim@example.org"
    }
    assert compare(snapshot, directory(*records)).differences == []
