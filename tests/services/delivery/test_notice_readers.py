"""The account behind an address is found by the account's own, and by its aliases."""

import pytest

from contactsgroups.domain.authority import Right
from contactsgroups.persistence import Database
from contactsgroups.services.delivery.notice_readers import account_of, is_open, may_now
from contactsgroups.services.groups.lookup import require_group
from tests.directories import add_account, add_alias, add_group
from tests.statements import statements_of


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("ada@example.org", "ada@example.org"),
        ("boss@example.org", "ada@example.org"),
        ("nobody@example.org", None),
    ],
)
def test_an_account_has_its_address_and_its_aliases(
    small: Database, address: str, owner: str | None
) -> None:
    add_alias(small, "boss@example.org", "ada@example.org")
    with small.read() as session:
        found = account_of(session, address)
        assert (found.address if found else None) == owner


def test_an_account_is_looked_up_by_indexes_only(small: Database) -> None:
    with small.read() as session, statements_of(small) as statements:
        account_of(session, "nobody@example.org")
    selects = [each for each in statements if each.startswith("SELECT")]
    assert len(selects) == 2
    assert not any(" OR " in each for each in selects)


def test_a_closed_account_may_nothing_and_is_not_open(small: Database) -> None:
    uuid = add_group(small, "team@example.org", "ada@example.org", owners=("bob@example.org",)).uuid
    for is_active in (True, False):
        add_account(small, "bob@example.org", active=is_active)
        with small.read() as session:
            bob, group = account_of(session, "bob@example.org"), require_group(session, uuid)
            assert is_open(bob) == is_active
            assert may_now(session, bob, Right.ANSWER_REQUESTS, group) == is_active
            assert not may_now(session, None, Right.ANSWER_REQUESTS, group)
