"""Domains are shown to each other one way, and what is inside a group only where it may be seen."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import DomainNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import sharing
from contactsgroups.services.accounts.group_standing import groups_open_to
from contactsgroups.services.groups.lookup import require_group
from tests.directories import add_accounts, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA, changes_since, position


def visible(database: Database, principal: Principal) -> set[str] | None:
    with database.read() as session:
        return sharing.visible_domain_names(session, principal)


def test_a_domain_is_shown_one_way_until_it_is_hidden(database: Database) -> None:
    before = position(database)
    sharing.share_domain(database, OPERATOR, "Example.net", "example.org")
    assert changes_since(database, before) == ["domain example.org"]
    assert visible(database, ADA) == {"example.org", "example.net"}
    assert visible(database, NIA) == {"example.net"}
    with database.read() as session:
        own, shown = sharing.visible_domain_ids(session, "example.org")
        assert sharing.visible_from(session, own) == [own, shown]
        assert sharing.visible_domain_ids(session, "example.net") == [shown]
        assert sharing.visible_domain_ids(session, "unknown.example") == []
    sharing.hide_domain(database, OPERATOR, "example.net", "example.org")
    assert visible(database, ADA) == {"example.org"}


def test_sharing_twice_or_with_itself_changes_nothing(small: Database) -> None:
    sharing.share_domain(small, OPERATOR, "example.net", "example.org")
    before = position(small)
    sharing.share_domain(small, OPERATOR, "example.net", "example.org")
    sharing.share_domain(small, OPERATOR, "example.org", "example.org")
    assert position(small) == before
    sharing.hide_domain(small, OPERATOR, "example.org", "example.net")
    assert visible(small, ADA) == {"example.org", "example.net"}


def test_a_domain_is_shown_by_those_who_administer_it(small: Database) -> None:
    """Not by those who would like to see it."""
    for change in (sharing.share_domain, sharing.hide_domain):
        with pytest.raises(NotPermitted):
            change(small, LOCAL_ADMIN, "example.net", "example.org")
        change(small, LOCAL_ADMIN, "example.org", "example.net")
        with pytest.raises(DomainNotFound):
            change(small, OPERATOR, "example.org", "unknown.example")


def test_administrators_read_the_names_of_what_they_administer(small: Database) -> None:
    of_both = Principal(address=ADA.address, managed_domains=frozenset({"example.net"}))
    assert visible(small, of_both) == {"example.org", "example.net"}
    assert visible(small, OPERATOR) is None


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("show_in_contacts", [False, True])
@pytest.mark.parametrize("show_members", [False, True])
@pytest.mark.parametrize("disabled", [False, True])
def test_who_may_see_a_group_and_who_is_in_it(
    small: Database, *, shared: bool, show_in_contacts: bool, show_members: bool, disabled: bool
) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    if shared:
        sharing.share_domain(small, OPERATOR, "example.org", "example.net")
    group = add_group(
        small,
        "team@example.org",
        "bob@example.org",
        show_in_contacts=show_in_contacts,
        show_members=show_members,
        disabled=disabled,
    )
    listed = show_in_contacts and not disabled
    stranger = Principal(address=Address.parse("x@elsewhere.example"))
    with small.read() as session:
        row = require_group(session, group.uuid)
        for principal, in_reach in ((ADA, True), (NIA, shared), (stranger, False)):
            sees = sharing.is_group_visible(session, principal, row)
            assert sees == (listed and in_reach)
            opened = groups_open_to(session, principal, [row])
            assert bool(opened) == (sees and show_members)
        assert groups_open_to(session, LOCAL_ADMIN, [row])
