"""Who gets what is sent to a recipient: the first of its keys that Postfix knows."""

from contactsgroups.domain.recipient import lookup_keys
from contactsgroups.persistence import Database
from contactsgroups.services.delivery.recipients import Holder, find_holders
from tests.directories import add_account, add_alias, add_group


def holder_of(database: Database, text: str) -> Holder | None:
    recipient = lookup_keys(text)
    with database.read() as session:
        return find_holders(session, [recipient]).get(recipient)


def test_accounts_aliases_and_groups_hold_their_addresses(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "team@example.org", "ada@example.org")
    ada = "ada@example.org"
    assert holder_of(database, ada) == Holder(ada, "account", ada)
    assert holder_of(database, "a@example.org") == Holder("a@example.org", "alias", ada)
    team = "team@example.org"
    assert holder_of(database, team) == Holder(team, "group", team)
    assert holder_of(database, "nobody@example.org") is None


def test_the_whole_local_part_goes_before_the_one_without_its_extension(small: Database) -> None:
    add_account(small, "team+box@example.org")
    add_group(small, "team@example.org", "ada@example.org")
    found = [holder_of(small, f"team+{each}@example.org") for each in ("box", "other")]
    assert [each and each.kind for each in found] == ["account", "group"]


def test_an_account_that_is_not_active_and_its_aliases_get_nothing(small: Database) -> None:
    add_account(small, "team+box@example.org")
    add_alias(small, "team+alias@example.org", "team+box@example.org")
    add_account(small, "team+box@example.org", active=False)
    add_group(small, "team@example.org", "ada@example.org")
    for extension in ("box", "alias"):
        found = holder_of(small, f"team+{extension}@example.org")
        assert (found and found.address) == "team@example.org"


def test_more_recipients_than_fit_into_one_question_are_asked_in_several(small: Database) -> None:
    asked = [lookup_keys(f"x{number}@example.org") for number in range(1200)]
    ada = lookup_keys("ada@example.org")
    with small.read() as session:
        assert find_holders(session, [*asked, ada, ada]).keys() == {ada}
        assert find_holders(session, []) == {}
