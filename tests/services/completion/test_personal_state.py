"""What is private to an account is written one after the other, without the writers' lock."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AccountNotFound, InvalidAddress, NotPermitted, Unavailable
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.models import OwnContact, PersonalState, Usage
from contactsgroups.services.accounts import remove_account
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.completion import personal_state
from contactsgroups.services.completion.contacts import Contact, replace_contacts
from contactsgroups.services.completion.personal_state import write_own
from contactsgroups.services.completion.usage import UsedAddress, record_usage
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_accounts
from tests.services.conftest import ADA

WRITERS = 4
MESSAGES = 10
KIM = Principal(address=Address.parse("kim@example.org"))


def version(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(PersonalState.version)).one()


def test_each_writing_makes_another_version(small: Database) -> None:
    with write_own(small, ADA, "Ada@Example.org") as (_, state):
        state.usage_recorded = False
    before = version(small)
    with write_own(small, ADA, "ada@example.org") as (_, state):
        assert not state.usage_recorded
    assert version(small) == before + 1


def test_an_error_leaves_the_version_and_the_rest_as_they_were(small: Database) -> None:
    with write_own(small, ADA, "ada@example.org"):
        pass
    before = version(small)

    def fail() -> None:
        with write_own(small, ADA, "ada@example.org") as (_, state):
            state.usage_recorded = False
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError):
        fail()
    assert version(small) == before
    with small.read() as session:
        assert session.scalars(select(PersonalState.usage_recorded)).one()


@pytest.mark.parametrize(
    ("address", "error"),
    [("nobody@example.org", AccountNotFound), ("no address", InvalidAddress)],
)
def test_without_an_account_nothing_is_written(
    small: Database, address: str, error: type[Exception]
) -> None:
    with pytest.raises(error), write_own(small, OPERATOR, address):
        raise AssertionError("it was opened")


def test_an_account_that_is_removed_on_the_way_is_not_there(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = personal_state._ensure_state

    def ensure(*arguments):
        found = real(*arguments)
        remove_account(small, OPERATOR, "ada@example.org")
        return found

    monkeypatch.setattr(personal_state, "_ensure_state", ensure)
    with (
        pytest.raises((AccountNotFound, Unavailable)),
        write_own(small, OPERATOR, "ada@example.org"),
    ):
        raise AssertionError("it was opened")


def test_nothing_is_written_to_another_account_that_has_the_id_now(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite gives the last id again."""
    add_account(small, "kim@example.org")
    real = personal_state._ensure_state

    def ensure(*arguments):
        found = real(*arguments)
        remove_account(small, OPERATOR, "kim@example.org")
        add_account(small, "new@example.org")
        return found

    monkeypatch.setattr(personal_state, "_ensure_state", ensure)
    with pytest.raises(AccountNotFound), write_own(small, OPERATOR, "kim@example.org"):
        raise AssertionError("it was opened")


def test_whoever_may_only_look_writes_nothing(small: Database) -> None:
    looking = Principal(address=ADA.address, read_only=True)
    with pytest.raises(NotPermitted), write_own(small, looking, "ada@example.org"):
        raise AssertionError("it was opened")


def test_messages_of_one_account_at_once_are_all_recorded(database: Database) -> None:
    """Also the very first ones, which all find that nothing is known of the account."""
    barrier = threading.Barrier(WRITERS)

    def send(writer: int) -> None:
        barrier.wait()
        for number in range(MESSAGES):
            recipients = [UsedAddress(f"r{writer}-{number}@elsewhere.example")]
            record_usage(database, ADA, [*recipients, UsedAddress("kim@elsewhere.example")])

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(send, range(WRITERS)))
    with database.read() as session:
        state = session.scalars(select(PersonalState)).one()
        first = state.version - WRITERS * MESSAGES
        assert first >= 0
        assert len(session.scalars(select(Usage)).all()) == WRITERS * MESSAGES + 1


def mail(database: Database, number: int) -> str:
    """Write privately about an account that comes and goes; what was refused."""
    contact = Contact(f"friends/{number}.vcf", "Friend", "friend@elsewhere.example")
    try:
        with suppress(AccountNotFound):  # It is gone just now.
            record_usage(database, KIM, [UsedAddress(f"r{number}@elsewhere.example")])
            replace_contacts(database, str(KIM.address), contact.href, [contact])
    except Unavailable as error:
        return str(error)
    return ""


def test_private_writes_race_with_changes_and_removals_of_their_account(
    database: Database,
) -> None:
    """No ordered write is ever the one that is given up, and nothing is left of the account."""
    add_account(database, str(KIM.address))
    stop = threading.Event()

    def mail_on(writer: int) -> list[str]:
        refused = []
        while not stop.is_set():
            refused.append(mail(database, writer * 1000 + len(refused)))
        return refused

    with ThreadPoolExecutor(2) as pool:
        mailing = [pool.submit(mail_on, writer) for writer in range(2)]
        try:
            for round_ in range(25):
                add_account(database, str(KIM.address), display_name=f"Kim {round_}")
                remove_account(database, OPERATOR, str(KIM.address))
        finally:
            stop.set()
        refused = [reason for each in mailing for reason in each.result(60)]
    # Where the account was removed on the way, after the message had begun.
    assert all("try again" in reason for reason in filter(None, refused))
    assert "" in refused
    with database.read() as session:
        for table in (PersonalState, Usage, OwnContact):
            assert session.scalars(select(table.account_id)).all() == []


def test_an_ordered_write_that_changed_the_account_keeps_private_ones_for_a_bounded_time(
    database_url: str,
) -> None:
    """On MariaDB the foreign key waits for the account's row, on SQLite every writer waits."""
    database = Database(database_url, write_wait=1)
    schema.upgrade(database)
    add_accounts(database, ["ada"])
    record_usage(database, ADA, [UsedAddress("kim@elsewhere.example")])
    with write(database, OPERATOR) as work, ThreadPoolExecutor(1) as pool:
        require_account(work.session, "ada@example.org").display_name = "Ada"
        work.session.flush()
        recording = pool.submit(
            record_usage, database, ADA, [UsedAddress("other@elsewhere.example")]
        )
        error = recording.exception(30)
        assert error is None or isinstance(error, Unavailable)
        if database_url.startswith("postgresql"):
            assert error is None
    database.dispose()


def test_a_fault_of_ours_is_not_taken_for_a_race(database: Database) -> None:
    """Trying again would not help against a value that is missing."""
    with pytest.raises(IntegrityError), write_own(database, ADA, "ada@example.org") as (session, _):
        session.execute(text("UPDATE contactsgroups_accounts SET address = NULL"))
