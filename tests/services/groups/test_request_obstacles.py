"""Why a request cannot be approved is known before somebody tries."""

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.members import add_members
from contactsgroups.services.groups.requests import (
    join_group,
    leave_group,
    list_own_requests,
    list_requests_to_answer,
)
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import ADA
from tests.statements import statements_of

BOB = Principal(address=Address.parse("bob@example.org"))


def obstacles(database: Database) -> list[str]:
    found = list_requests_to_answer(database, OPERATOR).requests
    return [str(each.obstacle) for each in found]


def test_the_last_member_cannot_go_by_whichever_address(small: Database) -> None:
    add_alias(small, "a.lovelace@example.org", "ada@example.org")
    people = ("ada@example.org", "a.lovelace@example.org")
    group = add_group(small, "g@example.org", *people, leave_needs_approval=True)
    leave_group(small, ADA, group.uuid)
    assert obstacles(small) == [
        "nobody else is in g@example.org; add somebody else first, or delete the group"
    ]
    assert [each.obstacle for each in list_own_requests(small, ADA)] == [""]
    add_members(small, OPERATOR, group.uuid, ["x@side.example"])
    assert obstacles(small) == [""]


def test_a_closed_account_cannot_be_let_in(small: Database) -> None:
    group = add_group(small, "g@example.org", "ada@example.org", join_on_request=True)
    join_group(small, BOB, group.uuid)
    assert obstacles(small) == [""]
    add_account(small, "bob@example.org", active=False)
    assert obstacles(small) == ["bob@example.org is closed; decline the request"]


def test_the_statements_are_as_many_for_many_requests(small: Database) -> None:
    counts = []
    for number in range(1, 4):
        group = add_group(
            small, f"g{number}@example.org", "ada@example.org", leave_needs_approval=True
        )
        leave_group(small, ADA, group.uuid)
        with statements_of(small) as statements:
            assert len(obstacles(small)) == number
        counts.append(len(statements))
    assert len(set(counts)) == 1
