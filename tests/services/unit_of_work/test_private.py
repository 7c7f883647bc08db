"""What is private to an account is written without waiting for the writers' lock."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import NotPermitted, Unavailable
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.models import PersonalState, Usage
from contactsgroups.services.completion.contacts import Contact, list_owners, replace_contacts
from contactsgroups.services.completion.usage import (
    UsedAddress,
    forget_all,
    list_usage,
    record_usage,
)
from contactsgroups.services.unit_of_work import write, write_private
from tests.directories import add_accounts
from tests.services.conftest import ADA

WRITERS = 4
MESSAGES = 10


@pytest.fixture(params=["mariadb", "postgresql"])
def server(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with row locks. SQLite knows one lock only: there, writers wait for the file."""
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    schema.upgrade(database)
    add_accounts(database, ["ada"])
    yield database
    database.dispose()


def test_a_message_is_recorded_while_another_writer_holds_the_lock(server: Database) -> None:
    with write(server, OPERATOR), ThreadPoolExecutor(1) as pool:
        recording = pool.submit(record_usage, server, ADA, [UsedAddress("kim@else.example")])
        recording.result(timeout=10)
        assert [each.address for each in list_usage(server, ADA)] == ["kim@else.example"]
        contact = Contact("friends/1.vcf", "Kim", "kim@else.example")
        stored = pool.submit(replace_contacts, server, str(ADA.address), "", [contact])
        assert stored.result(timeout=10) == 1
    assert list_owners(server) == [str(ADA.address)]


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


def test_whoever_may_only_look_writes_nothing_private_either(database: Database) -> None:
    looking = Principal(address=ADA.address, read_only=True)
    with pytest.raises(NotPermitted), write_private(database, looking):
        raise AssertionError("it was opened")
    with pytest.raises(NotPermitted):
        forget_all(database, looking)


def test_two_that_write_the_same_row_get_an_error_that_says_try_again(database: Database) -> None:
    record_usage(database, ADA, [UsedAddress("kim@elsewhere.example")])
    with database.read() as session:
        account_id = session.scalars(select(PersonalState.account_id)).one()
    with pytest.raises(Unavailable, match="try again"), write_private(database, ADA) as session:
        session.add(PersonalState(account_id=account_id))
