"""What is private to an account is written one after the other, without the writers' lock."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from contactsgroups.domain.errors import AccountNotFound, InvalidAddress, NotPermitted, Unavailable
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import PersonalState, Usage
from contactsgroups.services.accounts import remove_account
from contactsgroups.services.completion import personal_state
from contactsgroups.services.completion.personal_state import write_own
from contactsgroups.services.completion.usage import UsedAddress, record_usage
from tests.services.conftest import ADA

WRITERS = 4
MESSAGES = 10


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
