"""Six groups of two domains, and how tests list them."""

from typing import Any

import pytest

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.filtering import GroupFilter
from contactsgroups.services.groups.listing import GroupListing, Place, list_managed
from contactsgroups.services.groups.ordering import GroupOrder, Sorting
from tests.directories import add_account, add_group
from tests.servers.migrated import Prepare
from tests.services.conftest import add_four_accounts

BY_NAME = Sorting(GroupOrder.NAME)
START = Place()


def listing(
    database: Database,
    principal: Principal = OPERATOR,
    *,
    sorting: Sorting = BY_NAME,
    place: Place = START,
    limit: int = 50,
    **wanted: Any,
) -> GroupListing:
    return list_managed(
        database, principal, GroupFilter(**wanted), sorting=sorting, place=place, limit=limit
    )


def names(found: GroupListing) -> list[str]:
    """The local parts of a page of groups."""
    return [each.address.partition("@")[0] for each in found.groups]


def _add_company(database: Database) -> None:
    add_four_accounts(database)
    add_account(database, "ada@example.org", display_name="Ada Lovelace")
    add_account(database, "nia@example.net", display_name="Nia Łukasiewicz")
    add_account(database, "bob@example.org", display_name="Bob")
    ada, bob, nia = "ada@example.org", "bob@example.org", "nia@example.net"
    add_group(database, "choir@example.org", ada, bob, display_name="Chœur Éphémère")
    add_group(database, "lodz@example.org", bob, nia, display_name="Łódź", owners=(ada,))
    add_group(database, "off@example.org", bob, display_name="Zebra", disabled=True)
    add_group(database, "hidden@example.org", bob, display_name="abc", show_in_contacts=False)
    add_group(
        database, "crew@example.net", nia, "guest@side.example", kind="team", owners=(nia, bob)
    )
    add_group(database, "slow@example.net", nia, moderated=True, moderators=(nia,))


@pytest.fixture
def company(prepare: Prepare) -> Database:
    """A database with the six groups."""
    database, _ = prepare(_add_company)
    return database
