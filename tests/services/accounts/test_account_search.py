"""A search for accounts finds how words begin, by an index of words."""

from sqlalchemy import func, select

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account
from contactsgroups.services.accounts.account_search import has_word
from tests.directories import add_account

EXPECTED = {
    "anne": ["anne-marie"],
    "Marie": ["anne-marie"],
    "arie": [],
    "marie-anne@ex": ["anne-marie"],
    "smør": ["lars"],
    "SMOR": ["lars"],
    "ample.net": ["long"],
    "lars@ample": [],
    "x" * 70: ["long"],
    "-": ["anne-marie"],
    "_": [],
}


def test_words_are_found_by_how_they_begin(database: Database) -> None:
    add_account(database, "anne-marie@example.org", display_name="Anne-Marie")
    add_account(database, "lars@example.org", display_name="Lars Smør")
    add_account(database, "long@example.net", display_name="x" * 80)

    def names(text: str) -> list[str]:
        statement = select(Account.address).where(has_word(session, text))
        found = session.scalars(statement.order_by(Account.address))
        return [each.partition("@")[0] for each in found]

    with database.read() as session:
        assert {text: names(text) for text in EXPECTED} == EXPECTED


def test_sqlite_reads_no_account_that_is_not_found(small: Database) -> None:
    with small.read() as session:
        statement = select(func.count(Account.id)).where(has_word(session, "ada"))
        asked = statement.compile(small.engine, compile_kwargs={"literal_binds": True})
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
        assert not [row for row in plan if row[-1].startswith("SCAN contactsgroups_accounts")]
