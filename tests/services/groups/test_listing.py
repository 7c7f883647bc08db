"""The list of managed groups is filtered and counted, and shows what each one manages."""

from typing import Any

from contactsgroups.domain.group import GroupKind
from contactsgroups.persistence import Database
from tests.directories import add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.services.groups.conftest import listing, names

FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"kinds": frozenset({GroupKind.TEAM})}, ["crew"]),
    ({"kinds": frozenset({GroupKind.TEAM, GroupKind.DYNAMIC})}, ["crew"]),
    ({"domains": frozenset({"EXAMPLE.net."})}, ["crew", "slow"]),
    ({"domains": frozenset({"example.net", "example.org"}), "disabled": True}, ["off"]),
    ({"shown": False}, ["hidden"]),
    ({"moderated": True}, ["slow"]),
    ({"owner": "ADA@example.org"}, ["lodz"]),
    ({"member": "guest@side.example"}, ["crew"]),
    ({"search": "example", "owner": "nia@example.net"}, ["crew"]),
]


def test_filters_and_their_total(company: Database) -> None:
    for wanted, found in FILTERS:
        page = listing(company, **wanted)
        assert (names(page), page.found, page.managed) == (found, len(found), 6), wanted


def test_tallies_say_what_another_choice_would_find(company: Database) -> None:
    page = listing(company, disabled=False)
    assert page.found == 5
    assert page.tallies["disabled", True] == 1
    assert page.tallies["moderated", True] == 1
    assert page.tallies["shown", False] == 1
    assert page.tallies["kinds", "static"] == 4
    assert page.tallies["kinds", "dynamic"] == 0


def test_each_sees_what_the_table_of_rights_says(company: Database) -> None:
    assert names(listing(company, LOCAL_ADMIN)) == ["hidden", "choir", "lodz", "off"]
    assert names(listing(company, ADA)) == ["lodz"]
    assert names(listing(company, NIA)) == ["crew"]
    assert (listing(company, NIA).found, listing(company, NIA).managed) == (1, 1)
    assert listing(company, NIA, search="choir").groups == ()


def test_an_administrator_also_sees_what_it_owns_elsewhere(company: Database) -> None:
    add_group(company, "mixed@example.net", "nia@example.net", owners=("ada@example.org",))
    assert "mixed" in names(listing(company, LOCAL_ADMIN))
    assert "crew" not in names(listing(company, LOCAL_ADMIN))
