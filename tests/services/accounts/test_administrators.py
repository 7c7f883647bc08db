"""Administrators are appointed by those who administer as much themselves."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import (
    AccountNotFound,
    Conflict,
    DomainNotFound,
    NotFound,
    NotPermitted,
)
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow
from contactsgroups.services import accounts
from contactsgroups.services.accounts import Appointment, identity, sharing
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.records import AdministratorRecord
from tests.directories import add_account
from tests.services.conftest import ADA, LOCAL_ADMIN


def managed(database: Database, address: str) -> frozenset[str] | None:
    principal = identity.find_principal(database, address)
    assert principal is not None
    return principal.managed_domains


def appointed(database: Database) -> list[AdministratorRecord]:
    return [each for each in export_records(database) if isinstance(each, AdministratorRecord)]


def test_an_account_administers_one_domain_several_or_all(small: Database) -> None:
    assert managed(small, "bob@example.org") == frozenset()
    for domain in ("Example.org", "example.net"):
        accounts.appoint_administrator(small, OPERATOR, "Bob@example.org", domain=domain)
    assert managed(small, "bob@example.org") == {"example.org", "example.net"}
    accounts.appoint_administrator(small, OPERATOR, "bob@example.org", domain=None)
    assert managed(small, "bob@example.org") is None


@pytest.mark.parametrize("domain", ["example.org", None])
def test_appointing_twice_is_harmless(small: Database, domain: str | None) -> None:
    for _ in range(2):
        accounts.appoint_administrator(small, OPERATOR, "bob@example.org", domain=domain)
    assert len(appointed(small)) == 1


def test_nobody_hands_on_more_than_they_have(small: Database) -> None:
    accounts.appoint_administrator(small, LOCAL_ADMIN, "bob@example.org", domain="example.org")
    for actor, domain in (
        (LOCAL_ADMIN, "example.net"),
        (LOCAL_ADMIN, None),
        (ADA, "example.org"),
        (ADA, None),
    ):
        with pytest.raises(NotPermitted):
            accounts.appoint_administrator(small, actor, "eve@example.org", domain=domain)
    assert managed(small, "eve@example.org") == frozenset()


def test_account_and_domain_must_be_there(small: Database) -> None:
    with pytest.raises(AccountNotFound):
        accounts.appoint_administrator(small, OPERATOR, "no@example.org", domain=None)
    with pytest.raises(DomainNotFound):
        accounts.appoint_administrator(small, OPERATOR, "bob@example.org", domain="no.example")
    assert appointed(small) == []


BOB = "bob@example.org"


def appoint(database: Database, *domains: str | None) -> None:
    for domain in domains:
        accounts.appoint_administrator(database, OPERATOR, BOB, domain=domain)


def test_one_domain_is_taken_back_and_the_others_stay(database: Database) -> None:
    appoint(database, "example.org", "example.net")
    assert accounts.remove_administrator(
        database, OPERATOR, "Bob@example.org", domain="Example.ORG"
    )
    assert managed(database, BOB) == {"example.net"}
    assert not accounts.remove_administrator(database, OPERATOR, BOB, domain="example.net")
    assert managed(database, BOB) == frozenset()


def test_without_a_domain_everything_is_taken_back(database: Database) -> None:
    appoint(database, "example.org", None)
    assert not accounts.remove_administrator(database, OPERATOR, BOB, domain=None)
    assert managed(database, BOB) == frozenset()
    assert accounts.list_administrators(database, OPERATOR) == []


def test_who_does_not_administer_is_named(small: Database) -> None:
    for domain, text in (
        (None, "bob@example.org does not administer anything"),
        ("example.org", "bob@example.org does not administer example.org"),
    ):
        with pytest.raises(NotFound, match=text):
            accounts.remove_administrator(small, OPERATOR, BOB, domain=domain)
    appoint(small, None)
    with pytest.raises(NotFound, match="administers all domains"):
        accounts.remove_administrator(small, OPERATOR, BOB, domain="example.org")
    with pytest.raises(AccountNotFound):
        accounts.remove_administrator(small, OPERATOR, "no@example.org", domain=None)
    with pytest.raises(DomainNotFound):
        accounts.remove_administrator(small, OPERATOR, BOB, domain="no.example")
    assert managed(small, BOB) is None


def test_nobody_takes_back_more_than_they_could_give(small: Database) -> None:
    appoint(small, "example.org", "example.net")
    for actor, domain in ((LOCAL_ADMIN, "example.net"), (LOCAL_ADMIN, None), (ADA, "example.org")):
        with pytest.raises(NotPermitted):
            accounts.remove_administrator(small, actor, BOB, domain=domain)
    assert managed(small, BOB) == {"example.org", "example.net"}
    accounts.remove_administrator(small, LOCAL_ADMIN, BOB, domain="example.org")
    assert managed(small, BOB) == {"example.net"}


def test_administrators_are_listed_to_those_who_could_take_them_back(small: Database) -> None:
    appoint(small, "example.org", None)
    accounts.appoint_administrator(small, OPERATOR, "eve@example.org", domain="example.net")
    add_account(small, "eve@example.org", active=False)
    assert accounts.list_administrators(small, OPERATOR) == [
        Appointment(BOB, None, True, "Bob"),
        Appointment(BOB, "example.org", True, "Bob"),
        Appointment("eve@example.org", "example.net", False, "Eve"),
    ]
    assert accounts.list_administrators(small, LOCAL_ADMIN) == [
        Appointment(BOB, "example.org", True, "Bob")
    ]
    assert accounts.list_administrators(small, ADA) == []


def test_who_took_it_back_is_in_the_audit_log(small: Database) -> None:
    appoint(small, "example.org", None)
    accounts.remove_administrator(small, OPERATOR, BOB, domain=None)
    with small.read() as session:
        statement = select(AuditRow).where(AuditRow.action == "remove administrator")
        rows = session.scalars(statement).all()
    assert {(row.actor, row.subject) for row in rows} == {("operator@localhost", BOB)}
    assert sorted(json.loads(row.detail)["fields"]["domain"][0] for row in rows) == [
        "*",
        "example.org",
    ]


def test_one_appointment_is_taken_back_and_the_others_stay(small: Database) -> None:
    appoint(small, "example.org", None)
    accounts.remove_appointment(small, OPERATOR, BOB, domain=None)
    assert managed(small, BOB) == {"example.org"}
    with pytest.raises(NotFound, match="of all domains"):
        accounts.remove_appointment(small, OPERATOR, BOB, domain=None)
    with pytest.raises(NotFound, match=r"of example\.net"):
        accounts.remove_appointment(small, OPERATOR, BOB, domain="example.net")
    with pytest.raises(NotPermitted):
        accounts.remove_appointment(small, ADA, BOB, domain="example.org")
    accounts.remove_appointment(small, LOCAL_ADMIN, BOB, domain="example.org")
    assert managed(small, BOB) == frozenset()


@pytest.mark.parametrize("remove", [accounts.remove_appointment, accounts.remove_administrator])
def test_no_account_removes_the_last_administrator_of_all_domains(
    small: Database, remove: Callable[..., object]
) -> None:
    """One whose account is closed counts for nothing; the operator can appoint the next."""
    appoint(small, None)
    accounts.appoint_administrator(small, OPERATOR, "eve@example.org", domain=None)
    add_account(small, "eve@example.org", active=False)
    bob = identity.find_principal(small, BOB)
    with pytest.raises(Conflict, match="appoint another first"):
        remove(small, bob, BOB, domain=None)
    assert managed(small, BOB) is None
    accounts.appoint_administrator(small, OPERATOR, "ada@example.org", domain=None)
    remove(small, bob, BOB, domain=None)
    assert managed(small, BOB) == frozenset()
    remove(small, OPERATOR, "ada@example.org", domain=None)


@pytest.mark.parametrize(
    "change",
    [
        accounts.appoint_administrator,
        accounts.remove_administrator,
        accounts.remove_appointment,
    ],
)
@pytest.mark.parametrize("domain", ["example.org", "example.net", "no.example", None])
def test_of_accounts_in_a_domain_that_is_not_shown_nothing_is_told(
    small: Database, change: Callable[..., object], domain: str | None
) -> None:
    add_account(small, "nia@example.net", display_name="Nia")
    said = set()
    for name in ("nia", "nil"):
        with pytest.raises((AccountNotFound, NotPermitted)) as caught:
            change(small, LOCAL_ADMIN, f"{name}@example.net", domain=domain)
        said.add((type(caught.value), str(caught.value).replace(name, "?")))
    assert len(said) == 1
    assert appointed(small) == []


def test_an_account_of_a_shown_domain_may_be_appointed_unless_it_is_closed(small: Database) -> None:
    nia = "nia@example.net"
    add_account(small, nia, display_name="Nia")
    sharing.share_domain(small, OPERATOR, "example.net", "example.org")
    accounts.appoint_administrator(small, LOCAL_ADMIN, nia, domain="example.org")
    assert managed(small, nia) == {"example.org"}
    accounts.remove_appointment(small, LOCAL_ADMIN, nia, domain="example.org")
    add_account(small, nia, active=False)
    with pytest.raises(AccountNotFound):
        accounts.appoint_administrator(small, LOCAL_ADMIN, nia, domain="example.org")


def test_who_is_listed_can_be_taken_back_wherever_the_account_is(small: Database) -> None:
    add_account(small, "nia@example.net", display_name="Nia")
    accounts.appoint_administrator(small, OPERATOR, "nia@example.net", domain="example.org")
    assert len(accounts.list_administrators(small, LOCAL_ADMIN)) == 1
    accounts.remove_appointment(small, LOCAL_ADMIN, "nia@example.net", domain="example.org")
    assert appointed(small) == []
