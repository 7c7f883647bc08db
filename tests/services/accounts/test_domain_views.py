"""How much is in each domain, and to whom it is shown, for whoever administers it."""

import pytest

from contactsgroups.domain.errors import DomainNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import sharing
from contactsgroups.services.accounts.domain_views import (
    DomainView,
    list_domain_views,
    list_possible_viewers,
    view_domain,
)
from tests.directories import add_accounts, add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.statements import statements_of


def test_everything_in_a_domain_is_counted(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "team@example.org", "ada@example.org")
    sharing.share_domain(database, OPERATOR, "example.org", "example.net")
    expected = [
        DomainView(name="example.net"),
        DomainView(name="example.org", accounts=4, aliases=1, groups=1, shown_to=("example.net",)),
    ]
    assert list_domain_views(database, OPERATOR) == expected
    assert [view_domain(database, OPERATOR, each.name) for each in expected] == expected
    assert [each.is_empty for each in expected] == [True, False]


def test_each_sees_what_it_administers(small: Database) -> None:
    assert [each.name for each in list_domain_views(small, LOCAL_ADMIN)] == ["example.org"]
    assert list_domain_views(small, ADA) == []
    for look in (view_domain, list_possible_viewers):
        with pytest.raises(NotPermitted):
            look(small, ADA, "example.org")
        with pytest.raises(DomainNotFound):
            look(small, OPERATOR, "nowhere.example")


def test_a_domain_is_shown_to_those_that_are_known_and_do_not_see_it_yet(small: Database) -> None:
    add_accounts(small, [], domain="example.com")
    assert list_possible_viewers(small, OPERATOR, "example.org") == ["example.com", "example.net"]
    assert list_possible_viewers(small, LOCAL_ADMIN, "example.org") == []
    sharing.share_domain(small, OPERATOR, "example.com", "example.org")
    assert list_possible_viewers(small, LOCAL_ADMIN, "example.org") == ["example.com"]
    sharing.share_domain(small, OPERATOR, "example.org", "example.com")
    assert list_possible_viewers(small, OPERATOR, "example.org") == ["example.net"]


def test_statements_do_not_grow_with_domains(small: Database) -> None:
    with statements_of(small) as few:
        list_domain_views(small, OPERATOR)
    for number in range(20):
        add_accounts(small, ["ada"], domain=f"d{number}.example")
    with statements_of(small) as many:
        list_domain_views(small, OPERATOR)
    assert len(many) == len(few)
