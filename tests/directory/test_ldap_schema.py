"""The LDAP schema has an attribute for every switch, and numbers that never change."""

import re

import pytest

from contactsgroups.directory.ldap_schema import SCHEMA, completed
from contactsgroups.directory.ldif_entries import GROUP_FLAGS


def test_the_schema_is_complete() -> None:
    """Run ``make docs`` if it is not."""
    assert completed(SCHEMA.read_text()) == SCHEMA.read_text()


@pytest.mark.parametrize("attribute", GROUP_FLAGS.values())
def test_every_switch_has_an_attribute_that_groups_may_have(attribute: str) -> None:
    types, _, group_class = SCHEMA.read_text().partition("'contactsGroupsGroup'")
    assert f"NAME '{attribute}'" in types
    assert f" {attribute} " in group_class


def test_a_new_switch_gets_the_next_number_and_the_others_keep_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That OpenLDAP takes what comes out is shown in ``test_slapd.py``."""
    before = numbers(SCHEMA.read_text())
    monkeypatch.setitem(GROUP_FLAGS, "archived", "contactsGroupsArchived")
    after = completed(SCHEMA.read_text())
    assert numbers(after) == {**before, "contactsGroupsArchived": max(before.values()) + 1}
    assert completed(after) == after


def numbers(schema: str) -> dict[str, int]:
    found = re.findall(r"attributetype \( contactsGroups:1\.(\d+) NAME '(\w+)'", schema)
    return {name: int(number) for number, name in found}
