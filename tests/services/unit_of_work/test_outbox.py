"""Any use case writes notices in the transaction of what they tell of."""

import pytest
from sqlalchemy.exc import IntegrityError

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.unit_of_work import write, write_private
from contactsgroups.services.unit_of_work.outbox import NewNotice, NoticeKind, enqueue
from tests.outbox import waiting
from tests.statements import statements_of


def notice(event: str = "e", recipient: str = "ada@example.org") -> NewNotice:
    return NewNotice(
        kind=NoticeKind.ASKED, event=event, recipient=recipient, facts={"request": "ü"}
    )


def test_both_kinds_of_write_take_notices(small: Database) -> None:
    with write(small, OPERATOR) as work:
        enqueue(work.session, [notice("one")])
    with write_private(small, OPERATOR) as session:
        enqueue(session, [notice("two", "bob@example.org")])
    assert waiting(small) == [("asked", "ada@example.org"), ("asked", "bob@example.org")]


def test_what_is_rolled_back_is_not_told(small: Database) -> None:
    def fail() -> None:
        with write(small, OPERATOR) as work:
            enqueue(work.session, [notice()])
            raise ContactsGroupsError("no")

    with pytest.raises(ContactsGroupsError):
        fail()
    assert waiting(small) == []


def test_an_event_is_told_once_to_each_recipient(database: Database) -> None:
    long_event = "x" * 1000
    with write(database, OPERATOR) as work:
        enqueue(work.session, [notice(long_event), notice(long_event, "bob@example.org")])
    with pytest.raises(IntegrityError), write(database, OPERATOR) as work:
        enqueue(work.session, [notice(long_event)])
    assert len(waiting(database)) == 2


@pytest.mark.parametrize("count", [1, 1000])
def test_any_number_takes_one_statement(small: Database, count: int) -> None:
    with write_private(small, OPERATOR) as session, statements_of(small) as statements:
        enqueue(session, (notice(str(number)) for number in range(count)))
    assert sum(each.startswith("INSERT") for each in statements) == 1
