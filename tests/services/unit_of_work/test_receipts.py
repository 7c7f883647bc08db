"""A caller learns which units of work were committed on its behalf."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.unit_of_work import receipts, write
from contactsgroups.services.unit_of_work.receipts import collecting
from tests.directories import add_account, add_group


def test_each_commit_leaves_one_with_what_the_log_says(small: Database) -> None:
    with collecting() as found:
        add_account(small, "new@example.org")
        add_group(small, "team@example.org", "new@example.org")
    assert [set(each.actions) for each in found] == [{"create account"}, {"create group"}]
    assert len({each.work_id for each in found}) == 2


def test_what_fails_or_changes_nothing_leaves_none(small: Database) -> None:
    with collecting() as found:
        with write(small, OPERATOR):
            pass
        with pytest.raises(KeyError), write(small, OPERATOR):
            raise KeyError
    assert found == []


def test_nothing_is_collected_before_and_after(small: Database) -> None:
    add_account(small, "before@example.org")
    with collecting() as outer:
        with collecting() as inner:
            add_account(small, "new@example.org")
        add_account(small, "newer@example.org")
    assert (len(outer), len(inner)) == (1, 1)
    found = receipts.begin()
    receipts.end()
    add_account(small, "after@example.org")
    assert found == []
