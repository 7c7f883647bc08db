"""Whichever use case it is, somebody who can sign in administers all domains."""

from collections.abc import Callable

import pytest

from contactsgroups.domain.errors import Conflict
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import accounts
from contactsgroups.services.accounts import AccountDraft, identity
from tests.services.conftest import LOCAL_ADMIN

BOB, EVE = "bob@example.org", "eve@example.org"
Ending = Callable[[Database, Principal], object]


def close(database: Database, actor: Principal) -> None:
    accounts.ensure_account(database, actor, AccountDraft(address=BOB, active=False))


def remove(database: Database, actor: Principal) -> None:
    accounts.remove_account(database, actor, BOB)


def take_back(database: Database, actor: Principal) -> None:
    accounts.remove_appointment(database, actor, BOB, domain=None)


def take_all_back(database: Database, actor: Principal) -> None:
    accounts.remove_administrator(database, actor, BOB, domain=None)


ENDINGS = [close, remove, take_back, take_all_back]


def administers(database: Database, address: str) -> bool:
    principal = identity.find_principal(database, address)
    return principal is not None and principal.managed_domains is None


@pytest.fixture
def bob(small: Database) -> Principal:
    """The only one; Eve's account is closed."""
    for address in (BOB, EVE):
        accounts.appoint_administrator(small, OPERATOR, address, domain=None)
    accounts.ensure_account(small, OPERATOR, AccountDraft(address=EVE, active=False))
    found = identity.find_principal(small, BOB)
    assert found is not None
    return found


@pytest.mark.parametrize("end", ENDINGS)
def test_the_last_one_stays(small: Database, bob: Principal, end: Ending) -> None:
    with pytest.raises(Conflict, match="appoint another first"):
        end(small, bob)
    assert administers(small, BOB)


@pytest.mark.parametrize("end", [close, remove])
def test_not_even_the_administrator_of_its_domain_ends_it(
    small: Database, bob: Principal, end: Ending
) -> None:
    with pytest.raises(Conflict):
        end(small, LOCAL_ADMIN)
    assert administers(small, BOB)


@pytest.mark.parametrize("end", ENDINGS)
def test_one_of_two_may_go(small: Database, bob: Principal, end: Ending) -> None:
    accounts.ensure_account(small, OPERATOR, AccountDraft(address=EVE, active=True))
    end(small, bob)
    assert not administers(small, BOB)
    assert administers(small, EVE)


@pytest.mark.parametrize("end", ENDINGS)
def test_the_operator_may_remove_everybody(small: Database, bob: Principal, end: Ending) -> None:
    end(small, OPERATOR)
    assert not administers(small, BOB)


def test_other_changes_of_the_last_one_are_no_matter(small: Database, bob: Principal) -> None:
    accounts.ensure_account(small, bob, AccountDraft(address=BOB, display_name="Robert"))
    accounts.remove_account(small, bob, EVE)
    assert administers(small, BOB)
