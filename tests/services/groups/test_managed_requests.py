"""Administrators find the requests to their groups, and approve several together."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AlreadyDecided, NotPermitted, RequestNotFound
from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups.managed_requests import (
    ManagedRequests,
    RequestFilter,
    approve_requests,
    list_managed_requests,
)
from contactsgroups.services.groups.members import list_members
from contactsgroups.services.groups.requests import (
    approve_request,
    decline_request,
    join_group,
    leave_group,
)
from tests.directories import add_account, add_group
from tests.servers.migrated import Prepare
from tests.services.conftest import LOCAL_ADMIN, NIA, add_four_accounts
from tests.statements import statements_of


def principal(name: str) -> Principal:
    return Principal(address=Address.parse(f"{name}@example.org"))


def _add_company(database: Database) -> None:
    add_four_accounts(database)
    add_account(database, "nia@example.net")
    asking = {"join_on_request": True, "leave_needs_approval": True}
    choir = add_group(database, "choir@example.org", "ada@example.org", "bob@example.org", **asking)
    crew = add_group(database, "crew@example.net", "x@side.example", **asking)
    join_group(database, principal("eve"), choir.uuid, "I sing")
    join_group(database, principal("zoe"), choir.uuid)
    leave_group(database, principal("ada"), choir.uuid)
    join_group(database, NIA, crew.uuid)


@pytest.fixture
def company(prepare: Prepare) -> Database:
    """Eve and Zoe want to join the choir, Ada wants to leave it; Nia asks the crew elsewhere."""
    database, _ = prepare(_add_company)
    return database


def ask(database: Database, actor: Principal = OPERATOR, **wanted: object) -> ManagedRequests:
    return list_managed_requests(database, actor, RequestFilter(**wanted))  # type: ignore[arg-type]


def who(found: ManagedRequests) -> list[str]:
    return [each.applicant.partition("@")[0] for each in found.requests]


def test_what_waits_begins_with_the_oldest_and_the_rest_with_the_newest(company: Database) -> None:
    assert who(ask(company, waiting=True)) == ["eve", "zoe", "ada", "nia"]
    assert who(ask(company)) == ["nia", "ada", "zoe", "eve"]


def test_an_administrator_finds_those_of_its_domains(company: Database) -> None:
    found = ask(company, LOCAL_ADMIN, waiting=True)
    assert (who(found), found.waiting, found.decided) == (["eve", "zoe", "ada"], 3, 0)


def test_filters_find_some(company: Database) -> None:
    assert who(ask(company, wish=Wish.LEAVE)) == ["ada"]
    assert who(ask(company, domain="example.net")) == ["nia"]
    assert who(ask(company, search="CHOIR zoe")) == ["zoe"]
    assert who(ask(company, search="100%")) == []


def test_what_was_decided_is_listed_with_the_answer(company: Database) -> None:
    eve, zoe, *_ = ask(company, waiting=True).requests
    approve_request(company, OPERATOR, eve.uuid, "welcome")
    decline_request(company, OPERATOR, zoe.uuid, "full")
    found = ask(company, waiting=False)
    assert [(each.state, each.answer) for each in found.requests] == [
        (RequestState.DECLINED, "full"),
        (RequestState.APPROVED, "welcome"),
    ]
    assert (found.waiting, found.decided) == (2, 2)


def test_pages_follow_each_other(company: Database) -> None:
    for waiting in (True, None):
        wanted, after, found = RequestFilter(waiting=waiting), 0, []
        while True:
            page = list_managed_requests(company, OPERATOR, wanted, after=after, limit=3)
            found += who(page)
            if page.next_after is None:
                break
            after = page.next_after
        assert found == who(ask(company, waiting=waiting))


def test_several_are_approved_and_each_fault_has_its_request(company: Database) -> None:
    eve, zoe, ada, nia = (each.uuid for each in ask(company, waiting=True).requests)
    decline_request(company, OPERATOR, zoe)
    found = approve_requests(company, LOCAL_ADMIN, [eve, zoe, ada, nia, eve])
    assert [each.uuid for each in found] == [eve, zoe, ada, nia]
    assert [type(each.error) for each in found] == [
        type(None),
        AlreadyDecided,
        type(None),
        RequestNotFound,
    ]
    group = ask(company, search="choir").requests[0].group.uuid
    members = [each.address for each in list_members(company, OPERATOR, group)]
    assert members == ["bob@example.org", "eve@example.org"]


def test_whoever_may_only_look_approves_nothing(company: Database) -> None:
    (eve, *_) = ask(company, waiting=True).requests
    looking = Principal(address=OPERATOR.address, managed_domains=None, read_only=True)
    with pytest.raises(NotPermitted):
        approve_requests(company, looking, [eve.uuid])


def test_statements_are_as_many_for_many_requests_as_for_few(company: Database) -> None:
    def count(limit: int) -> int:
        with statements_of(company) as found:
            list_managed_requests(company, OPERATOR, RequestFilter(), limit=limit)
        return len(found)

    assert count(4) == count(1)
