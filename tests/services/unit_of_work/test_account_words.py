"""The words of accounts follow their names, and go with them."""

from sqlalchemy import select

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AccountWord
from contactsgroups.services.accounts.accounts import remove_account
from tests.directories import add_account


def words_of(database: Database, address: str) -> list[str]:
    with database.read() as session:
        statement = select(AccountWord.word).where(AccountWord.address == address)
        return sorted(session.scalars(statement))


def test_they_are_of_the_name_and_of_the_address_before_the_at(database: Database) -> None:
    add_account(database, "c.brulee@example.org", display_name="Chloé Brûlée-Œuvre")
    assert words_of(database, "c.brulee@example.org") == ["brulee", "c", "chloe", "oeuvre"]


def test_they_follow_a_new_name_and_go_with_the_account(database: Database) -> None:
    add_account(database, "ada@example.org", display_name="Ada Byron")
    add_account(database, "ada@example.org", display_name="Ada Lovelace")
    assert words_of(database, "ada@example.org") == ["ada", "lovelace"]
    assert words_of(database, "bob@example.org") == ["bob"]
    remove_account(database, OPERATOR, "ada@example.org")
    assert words_of(database, "ada@example.org") == []


def test_of_a_very_long_word_the_beginning_is_kept(database: Database) -> None:
    add_account(database, "ada@example.org", display_name="x" * 255)
    assert words_of(database, "ada@example.org") == ["ada", "x" * 64]
