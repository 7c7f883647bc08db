"""A search knows neither case nor accents, looks at members, and tells nothing it should not."""

from contactsgroups.persistence import Database
from tests.directories import add_account, add_accounts, add_group
from tests.services.conftest import LOCAL_ADMIN
from tests.services.groups.conftest import listing, names

SEARCHES = {
    "choeur": ["choir"],
    "CHŒUR ephemere": ["choir"],
    "éphé": ["choir"],
    "lodz": ["lodz"],
    "łód": ["lodz"],
    "lovelace": ["choir"],
    "love": ["choir"],
    "lace": [],
    "guest": ["crew"],
    "guest@side.example": ["crew"],
    "lukasiewicz": ["crew", "lodz", "slow"],
    "bob lovelace": ["choir"],
    "crew lovelace": [],
    "bo": [],
    "%": [],
    "_": [],
    "\\": [],
    ".": ["choir", "crew", "hidden", "lodz", "off", "slow"],
    "": ["choir", "crew", "hidden", "lodz", "off", "slow"],
}


def test_a_search_looks_at_name_address_and_member_without_accents(company: Database) -> None:
    found = {text: sorted(names(listing(company, search=text))) for text in SEARCHES}
    assert found == SEARCHES


def test_each_part_of_a_double_name_begins_a_word_of_the_same_member(company: Database) -> None:
    add_account(company, "am@example.org", display_name="Anne-Marie Curie")
    add_account(company, "ac@example.org", display_name="Anne Clark")
    add_group(company, "am-only@example.org", "am@example.org")
    add_group(company, "ac-only@example.org", "ac@example.org")
    assert names(listing(company, search="anne-mar")) == ["am-only"]
    assert sorted(names(listing(company, search="ann"))) == ["ac-only", "am-only"]


def test_a_search_tells_no_names_of_a_domain_that_one_may_not_read(company: Database) -> None:
    """Nia is in a group of Ada's domain; to Ada's administrator she is a mere address."""
    assert names(listing(company, LOCAL_ADMIN, search="lukasiewicz")) == []
    assert names(listing(company, LOCAL_ADMIN, search="nia@example.net")) == ["lodz"]
    assert names(listing(company, LOCAL_ADMIN, search="lovelace")) == ["choir"]


def test_a_domain_beyond_ascii_is_found_as_people_write_it(small: Database) -> None:
    add_accounts(small, ["eva"], domain="xn--bcher-kva.example")
    add_group(small, "lesen@xn--bcher-kva.example", "eva@bücher.example")
    for text in ("bücher.example", "lesen@bucher", "xn--bcher-kva"):
        assert names(listing(small, search=text)) == ["lesen"]
