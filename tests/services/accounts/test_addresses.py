"""An address has one holder, and whoever forgets it forgets all of its roles."""

from collections.abc import Callable

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AddressInUse
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts.addresses import claim, release, remove_from_groups_in
from contactsgroups.services.groups import members
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_alias, add_group

Hold = Callable[[Database, str], object]

HOLDERS: dict[str, Hold] = {
    "account": add_account,
    "alias": lambda database, address: add_alias(database, address, "ada@example.org"),
    "group": lambda database, address: add_group(database, address, "ada@example.org"),
}


@pytest.mark.parametrize("first", HOLDERS)
@pytest.mark.parametrize("second", HOLDERS)
def test_nothing_else_takes_an_address_that_is_held(
    small: Database, first: str, second: str
) -> None:
    """In another spelling neither; the same account or alias again is brought up to date."""
    HOLDERS[first](small, "desk@example.org")
    if first == second != "group":
        HOLDERS[second](small, "DESK@Example.org")
        return
    with pytest.raises(AddressInUse) as caught:
        HOLDERS[second](small, "DESK@Example.org")
    assert (caught.value.address, caught.value.holder) == ("desk@example.org", first)


def test_an_address_that_was_given_back_can_be_taken_again(small: Database) -> None:
    address = Address.parse("desk@example.org")
    with small.write() as session:
        claim(session, address, "group")
        with pytest.raises(AddressInUse):
            claim(session, address, "alias")
        release(session, "desk@example.org")
        claim(session, address, "alias")


def test_a_forgotten_address_is_neither_member_nor_owner_anywhere(small: Database) -> None:
    team = add_group(small, "team@example.org", "bob@example.org", "ada@example.org")
    board = add_group(
        small,
        "board@example.org",
        "eve@example.org",
        owners=["bob@example.org", "ada@example.org"],
        moderators=["bob@example.org"],
        allowed_senders=["bob@example.org"],
    )
    with write(small, OPERATOR) as work:
        remove_from_groups_in(work, "bob@example.org")
    found = groups.show_group(small, OPERATOR, board.uuid)
    assert (found.owners, found.moderators, found.allowed_senders) == (("ada@example.org",), (), ())
    assert members.list_recipients(small, OPERATOR, team.uuid) == ["ada@example.org"]
