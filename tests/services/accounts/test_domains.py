"""Mail domains: served once, found in any spelling, listed to those who administer them."""

import pytest

from contactsgroups.domain.errors import ContactsGroupsError, DomainNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import domains
from tests.directories import add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, changes_since, position


@pytest.mark.parametrize(
    "spelling", ["Bücher.Example", "xn--bcher-kva.example", " bücher.example "]
)
def test_a_domain_is_the_same_in_every_spelling(small: Database, spelling: str) -> None:
    assert accounts.ensure_domain(small, OPERATOR, spelling) == "xn--bcher-kva.example"
    before = position(small)
    assert accounts.ensure_domain(small, OPERATOR, "BÜCHER.example") == "xn--bcher-kva.example"
    assert position(small) == before
    with small.read() as session:
        assert domains.require_domain(session, "bücher.example").unicode_name == "bücher.example"
        assert domains.is_local_domain(session, "xn--bcher-kva.example")
        assert "xn--bcher-kva.example" in domains.local_domain_names(session)


@pytest.mark.parametrize("name", ["", " ", "bad domain", "a..b", "-a.example", "x" * 300])
def test_what_is_no_domain_is_refused(small: Database, name: str) -> None:
    before = accounts.list_domains(small, OPERATOR)
    with pytest.raises(ContactsGroupsError):
        accounts.ensure_domain(small, OPERATOR, name)
    assert accounts.list_domains(small, OPERATOR) == before


def test_an_unknown_domain_is_named_as_people_write_it(small: Database) -> None:
    with small.read() as session, pytest.raises(DomainNotFound, match=r"bücher\.example"):
        domains.require_domain(session, "xn--bcher-kva.example")


def test_who_does_not_administer_all_domains_adds_none(small: Database) -> None:
    for actor in (ADA, LOCAL_ADMIN):
        with pytest.raises(NotPermitted):
            accounts.ensure_domain(small, actor, "new.example")


def test_each_sees_the_domains_that_they_administer(small: Database) -> None:
    assert accounts.list_domains(small, OPERATOR) == ["example.net", "example.org"]
    assert accounts.list_domains(small, LOCAL_ADMIN) == ["example.org"]
    assert accounts.list_domains(small, ADA) == []


def test_a_domain_that_is_served_later_is_no_longer_outside(database: Database) -> None:
    own = add_group(database, "own@example.org", "ada@example.org", "x@late.example")
    add_group(database, "other@example.org", "x@not-late.example")
    assert own.external_count == 1
    before = position(database)
    accounts.ensure_domain(database, OPERATOR, "late.example")
    assert groups.show_group(database, OPERATOR, own.uuid).external_count == 0
    assert changes_since(database, before) == ["domain late.example", "group own@example.org"]
