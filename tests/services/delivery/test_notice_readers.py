"""The account behind an address is found by the account's own, and by its aliases."""

import pytest

from contactsgroups.persistence import Database
from contactsgroups.services.delivery.notice_readers import account_of
from tests.directories import add_alias


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
