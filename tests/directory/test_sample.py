"""The sample directory: the same everywhere, and something of everything."""

import unicodedata
from collections import Counter

from contactsgroups.directory.sample import ADMINISTRATOR, ORDINARY_ACCOUNT, sample_records
from contactsgroups.domain.address import Address
from contactsgroups.domain.group import GroupKind
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AliasRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
)

RESERVED = ("example.org", "example.com", "example.net")


def test_it_is_the_same_every_time() -> None:
    assert sample_records() == sample_records()


def test_it_has_three_domains_three_hundred_accounts_and_groups_of_every_kind() -> None:
    counts = Counter(type(record) for record in sample_records())
    assert counts[DomainRecord] == 3
    assert counts[AccountRecord] == 300
    assert counts[GroupRecord] >= 12
    assert counts[AliasRecord] >= 20
    kinds = {
        each.settings.get("kind", "static")
        for each in sample_records()
        if isinstance(each, GroupRecord)
    }
    assert kinds == set(GroupKind)


def test_names_are_in_many_scripts() -> None:
    names = "".join(
        each.display_name or "" for each in sample_records() if isinstance(each, AccountRecord)
    )
    scripts = {unicodedata.name(letter, "").split()[0] for letter in names}
    assert {"LATIN", "CYRILLIC", "GREEK", "CJK", "HIRAGANA", "HANGUL", "ARABIC"} <= scripts


def test_nobody_real_can_be_meant() -> None:
    """Every address is in a domain that is reserved for documentation (RFC 2606)."""
    for record in sample_records():
        for text in (getattr(record, "address", None), getattr(record, "group", None)):
            if text is not None:
                domain = Address.parse(text).domain
                assert domain in RESERVED or domain.endswith(".example")


def test_the_accounts_to_sign_in_with_are_there_and_active() -> None:
    accounts = {each.address: each for each in sample_records() if isinstance(each, AccountRecord)}
    assert accounts[ADMINISTRATOR].active
    assert accounts[ORDINARY_ACCOUNT].active


def test_some_group_has_outside_members_and_every_role_occurs() -> None:
    memberships = [each for each in sample_records() if isinstance(each, MembershipRecord)]
    assert any(each.address.endswith(".example") for each in memberships)
    assert {each.role for each in memberships} == set(MemberRole)
