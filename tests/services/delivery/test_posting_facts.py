"""What is read of groups before a decision."""

from contactsgroups.domain.address import Address
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.delivery.posting_facts import (
    StoredSenders,
    canonical_sender,
    groups_inside,
    read_facts,
    with_nested,
)
from tests.directories import add_alias, add_group


def group(database: Database, address: str) -> Group:
    with database.read() as session:
        return session.query(Group).filter_by(address=address).one()


def test_groups_inside_come_once_the_nearest_first_and_only_those_that_pass_messages_on(
    database: Database,
) -> None:
    add_group(database, "core@example.org", "ada@example.org")
    add_group(database, "off@example.org", "ada@example.org", disabled=True)
    add_group(database, "left@example.org", "core@example.org", "off@example.org")
    add_group(database, "right@example.org", "core@example.org", "bob@example.org")
    add_group(database, "all@example.org", "left@example.org", "right@example.org")
    outer = group(database, "all@example.org")
    with database.read() as session:
        found = [each.address for each in with_nested(outer, groups_inside(session, [outer]))]
    assert found[0] == "all@example.org"
    assert set(found[1:3]) == {"left@example.org", "right@example.org"}
    assert found[3:] == ["core@example.org"]


def test_a_role_of_an_alias_is_its_accounts_and_so_is_a_membership(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(
        database,
        "team@example.org",
        "a@example.org",
        owners=["bob@example.org"],
        allowed_senders=["a@example.org", "x@example.net"],
    )
    team = group(database, "team@example.org")
    with database.read() as session:
        senders = StoredSenders(session, [team.id])
        facts = read_facts(session, [team], senders)[team.id]
        ada = canonical_sender(session, Address.parse("a@example.org"))
        assert ada == Address.parse("ada@example.org")
        assert set(facts.allowed_senders) == {"ada@example.org", "x@example.net"}
        assert list(facts.owners) == ["bob@example.org"]
        assert facts.is_member(ada)
        assert not facts.is_member(Address.parse("bob@example.org"))
        assert facts.is_local_domain("example.org")
        assert not facts.is_local_domain("elsewhere.example")
