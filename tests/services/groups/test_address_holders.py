"""Who an address stands for, and who may know it."""

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import sharing
from contactsgroups.services.groups.address_holders import AddressHolder, find_holder
from tests.directories import add_account, add_alias, add_group
from tests.services.conftest import LOCAL_ADMIN


def find(database: Database, text: str, actor: Principal = OPERATOR) -> AddressHolder:
    with database.read() as session:
        return find_holder(session, actor, text)


def test_an_alias_stands_for_its_account_with_all_its_aliases(database: Database) -> None:
    add_account(database, "Ada@example.org", display_name="Ada", title="Lead", department="IT")
    add_alias(database, "a@example.org", "ada@example.org")
    add_alias(database, "Desk@example.net", "ada@example.org")
    found = find(database, "A@example.org")
    assert (found.kind, found.address, found.asked) == (
        "account",
        "ada@example.org",
        "a@example.org",
    )
    assert (found.name, found.title, found.department) == ("Ada", "Lead", "IT")
    assert found.aliases == ("a@example.org", "Desk@example.net")
    assert found.addresses == {"ada@example.org", "a@example.org", "desk@example.net"}


def test_a_group_and_an_address_elsewhere_stand_for_themselves(database: Database) -> None:
    add_group(database, "team@example.org", "ada@example.org", display_name="Team")
    assert (find(database, "team@example.org").kind, find(database, "x@side.example").kind) == (
        "group",
        "external",
    )
    assert find(database, "nobody@example.org").addresses == {"nobody@example.org"}


def test_a_domain_that_is_not_shown_tells_nothing(small: Database) -> None:
    add_account(small, "nia@example.net", display_name="Nia")
    add_alias(small, "desk@example.net", "ada@example.org")
    add_alias(small, "nia@example.org", "nia@example.net")
    add_group(small, "net@example.net", "nia@example.net")
    for text in ("nia@example.net", "desk@example.net", "net@example.net", "nobody@example.net"):
        found = find(small, text, LOCAL_ADMIN)
        assert (found.kind, found.name, found.addresses) == ("external", "", {text})
    assert find(small, "nia@example.org", LOCAL_ADMIN).kind == "external"
    sharing.share_domain(small, OPERATOR, "example.net", "example.org")
    found = find(small, "nia@example.org", LOCAL_ADMIN)
    assert (found.kind, found.address, found.is_managed) == ("account", "nia@example.net", False)


def test_who_manages_an_account_knows_its_aliases_everywhere(small: Database) -> None:
    add_alias(small, "desk@example.net", "ada@example.org")
    found = find(small, "ada@example.org", LOCAL_ADMIN)
    assert found.is_managed
    assert found.aliases == ("desk@example.net",)


def shown_domain(database: Database) -> None:
    add_account(database, "nia@example.net", display_name="Nia")
    sharing.share_domain(database, OPERATOR, "example.net", "example.org")


def test_a_group_that_one_may_not_know_of_has_no_name(small: Database) -> None:
    """Neither one that is hidden nor one that is disabled, where the domain is only shown."""
    shown_domain(small)
    add_group(small, "open@example.net", "nia@example.net", display_name="Open")
    add_group(small, "a@example.net", "nia@example.net", show_in_contacts=False)
    add_group(small, "b@example.net", "nia@example.net", disabled=True)
    add_group(small, "c@example.net", "ada@example.org", show_in_contacts=False, display_name="C")
    assert find(small, "open@example.net", LOCAL_ADMIN).name == "Open"
    for text in ("a@example.net", "b@example.net", "nobody@example.net"):
        found = find(small, text, LOCAL_ADMIN)
        assert (found.kind, found.name, found.original) == ("external", "", text)
    assert find(small, "c@example.net", LOCAL_ADMIN).name == "C"  # Its member.
    assert find(small, "a@example.net").kind == "group"


def test_a_closed_account_of_a_shown_domain_has_no_name(small: Database) -> None:
    shown_domain(small)
    add_alias(small, "n@example.net", "nia@example.net")
    assert find(small, "nia@example.net", LOCAL_ADMIN).name == "Nia"
    add_account(small, "nia@example.net", active=False)
    add_account(small, "bob@example.org", display_name="Bob", active=False)
    for text in ("nia@example.net", "n@example.net"):
        found = find(small, text, LOCAL_ADMIN)
        assert (found.kind, found.name, found.addresses) == ("external", "", {text})
    assert not find(small, "bob@example.org", LOCAL_ADMIN).active
    assert not find(small, "n@example.net").active


def test_aliases_of_a_shown_account_are_told_as_far_as_one_manages_them(small: Database) -> None:
    shown_domain(small)
    for alias in ("n@example.net", "office@example.net", "nia@example.org"):
        add_alias(small, alias, "nia@example.net")
    assert find(small, "nia@example.net", LOCAL_ADMIN).aliases == ("nia@example.org",)
    asked = find(small, "n@example.net", LOCAL_ADMIN)
    assert (asked.address, asked.aliases) == (
        "nia@example.net",
        ("n@example.net", "nia@example.org"),
    )
    assert asked.addresses == {"nia@example.net", "n@example.net", "nia@example.org"}
