"""The day of the last message to a group is noted once a day, and in the way of nobody."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupMail
from contactsgroups.services.delivery import mail_days
from contactsgroups.services.delivery.mail_days import MailDays, store_day
from tests.directories import add_group
from tests.statements import statements_of

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def stored(database: Database) -> list[tuple[int, date, date]]:
    with database.read() as session:
        rows = session.scalars(select(GroupMail).order_by(GroupMail.group_id))
        return [(row.group_id, row.first_on, row.last_on) for row in rows]


@pytest.fixture
def group_id(database: Database) -> int:
    uuid = add_group(database, "team@example.org", "bob@example.org").uuid
    with database.read() as session:
        return session.scalars(select(Group.id).where(Group.uuid == uuid)).one()


def test_the_first_and_the_last_day_are_kept(database: Database, group_id: int) -> None:
    for day in (MAY, JULY, JUNE, JULY):
        store_day(database, group_id, day)
    assert stored(database) == [(group_id, MAY, JULY)]


def test_a_group_that_is_gone_is_no_fault_and_takes_its_days_along(
    database: Database, group_id: int
) -> None:
    store_day(database, group_id, MAY)
    store_day(database, group_id + 7, MAY)
    with database.write() as session:
        session.execute(delete(Group))
    assert stored(database) == []


def test_many_messages_of_a_day_are_one_write(
    database: Database, group_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = MailDays(database)
    with statements_of(database) as found:
        days.note(group_id)
        days.note(group_id)
    assert found == []
    days.store()
    days.note(group_id)
    assert not days.has_waiting
    monkeypatch.setattr(mail_days, "_today", lambda: date(2099, 1, 1))
    days.note(group_id)
    days.store()
    assert stored(database)[0][2] == date(2099, 1, 1)


def test_what_could_not_be_stored_is_noted_again(
    database: Database, group_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = MailDays(database)
    days.note(group_id)

    def refuse(*_: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as context:
        context.setattr(mail_days, "store_day", refuse)
        with pytest.raises(Unavailable):
            days.store()
    days.note(group_id)
    days.store()
    assert len(stored(database)) == 1
