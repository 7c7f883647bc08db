"""Administrators are appointed by those who administer as much themselves."""

import pytest

from contactsgroups.domain.errors import AccountNotFound, DomainNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts
from contactsgroups.services.accounts import identity
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.records import AdministratorRecord
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
