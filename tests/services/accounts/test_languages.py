"""What an account reads is known from its last sign-in, and its notices are written in it."""

from sqlalchemy import select

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account
from contactsgroups.services.accounts.languages import keep_language
from tests.directories import add_alias, add_group
from tests.outbox import due
from tests.services.conftest import ADA
from tests.services.unit_of_work.audit_log import read_log
from tests.statements import statements_of


def language_of(database: Database, address: str) -> str | None:
    with database.read() as session:
        return session.scalar(select(Account.language).where(Account.address == address))


def test_the_last_choice_is_kept_and_only_a_change_is_written(database: Database) -> None:
    assert language_of(database, "ada@example.org") == ""
    log = read_log(database)
    for tag in ("de", "zh-Hans"):
        keep_language(database, ADA, tag)
        assert language_of(database, "ada@example.org") == tag
    with statements_of(database) as statements:
        keep_language(database, ADA, "zh-Hans")
    assert not [each for each in statements if each.startswith("UPDATE")]
    assert language_of(database, "bob@example.org") == ""
    assert read_log(database) == log


def test_who_has_no_account_keeps_nothing(small: Database) -> None:
    keep_language(small, OPERATOR, "de")


def test_a_notice_says_what_its_reader_reads(small: Database) -> None:
    keep_language(small, ADA, "de")
    add_alias(small, "boss@example.org", "ada@example.org")
    people = ["boss@example.org", "bob@example.org", "zed@elsewhere.example"]
    add_group(small, "team@example.org", *people, notify_members=True)
    assert {each.recipient: each.language for each in due(small)} == {
        "boss@example.org": "de",
        "bob@example.org": "",
        "zed@elsewhere.example": "",
    }
