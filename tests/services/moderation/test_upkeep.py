"""What waited too long ends, and nothing is left over."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold, HoldCopy, HoldPart
from contactsgroups.services.moderation import upkeep
from contactsgroups.services.moderation.decisions import (
    approve_message,
    discard_message,
    remove_content,
)
from contactsgroups.services.moderation.delivering import claim_next, finish, note_copies
from contactsgroups.services.moderation.upkeep import KEPT, TidiedHolds, tidy_holds
from tests.services.moderation.holds import add_moderated, hold, parts, stored
from tests.services.unit_of_work.audit_log import read_log


def test_a_message_expires_when_its_days_are_over(database: Database) -> None:
    group = add_moderated(database)
    late, early = hold(database, group, days=-1), hold(database, group, digest="2")
    assert tidy_holds(database) == TidiedHolds(expired=1, cleared=0)
    assert stored(database, late).state == "expired"
    assert stored(database, early).state == "waiting"
    assert parts(database) == [early]
    assert read_log(database)[-1][0] == "expire message"
    assert tidy_holds(database) == TidiedHolds(expired=0, cleared=0)


def test_what_was_approved_has_its_time_from_then_on(small: Database) -> None:
    uuid = hold(small, add_moderated(small), days=-1)
    approve_message(small, OPERATOR, uuid)
    assert tidy_holds(small).expired == 0
    assert stored(small, uuid).state == "approved"


def test_parts_without_a_hold_are_removed_after_a_day(database: Database) -> None:
    uuid = hold(database, add_moderated(database))
    old = datetime.now(UTC) - timedelta(days=2)
    with database.write_private() as session:
        session.add(HoldPart(hold_uuid="killed", number=0, content=b"x", written_at=old))
        session.add(HoldPart(hold_uuid="coming", number=0, content=b"x"))
        session.execute(update(HoldPart).where(HoldPart.hold_uuid == uuid).values(written_at=old))
    assert tidy_holds(database).cleared == 1
    assert sorted(parts(database)) == sorted(["coming", uuid])


def test_decisions_are_forgotten_after_a_year(small: Database) -> None:
    group = add_moderated(small)
    uuid = hold(small, group)
    gone = hold(small, group, digest="2", days=-1)
    tidy_holds(small)
    with small.write_private() as session:
        then = datetime.now(UTC) - KEPT - timedelta(days=1)
        session.execute(update(Hold).where(Hold.uuid == gone).values(decided_at=then))
    tidy_holds(small)
    with small.read() as session:
        assert [each.uuid for each in session.query(Hold)] == [uuid]


def test_what_is_approved_while_it_expires_keeps_its_content(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which messages are late is read before the writers' lock is there."""
    uuid = hold(small, add_moderated(small), days=-1)
    expired = upkeep._expired

    def approve_meanwhile(database: Database, now: datetime) -> list[str]:
        found = expired(database, now)
        if found and stored(small, uuid).state == "waiting":
            approve_message(small, OPERATOR, uuid)
        return found

    monkeypatch.setattr(upkeep, "_expired", approve_meanwhile)
    assert tidy_holds(small).expired == 0
    assert stored(small, uuid).state == "approved"
    assert parts(small) == [uuid]


def test_what_is_being_sent_does_not_expire(database: Database) -> None:
    uuid = hold(database, add_moderated(database))
    approve_message(database, OPERATOR, uuid)
    assert claim_next(database, "a")
    with database.write_private() as session:
        past = datetime.now(UTC) - timedelta(days=1)
        session.execute(update(Hold).where(Hold.uuid == uuid).values(expires_at=past))
    assert tidy_holds(database).expired == 0
    assert stored(database, uuid).state == "approved"


def test_content_that_somebody_needs_is_not_removed(small: Database) -> None:
    uuid = hold(small, add_moderated(small))
    remove_content(small, uuid)
    assert parts(small) == [uuid]
    assert stored(small, uuid).snippet


def test_many_expire_in_several_turns(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_AT_ONCE", 2)
    monkeypatch.setattr(upkeep, "_AT_MOST", 4)
    group = add_moderated(small)
    for number in range(5):
        hold(small, group, digest=str(number), days=-1)
    assert [tidy_holds(small).expired for _ in range(3)] == [4, 1, 0]
    assert parts(small) == []


def test_who_has_a_copy_is_known_as_long_as_the_message_waits_somewhere(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = add_moderated(database), add_moderated(database, "other@example.org")
    sent, waits = hold(database, first), hold(database, second)
    approve_message(database, OPERATOR, sent)
    claimed = claim_next(database, "a")
    assert claimed
    note_copies(database, claimed, claimed.mailboxes)
    finish(database, claimed)
    monkeypatch.setattr(upkeep, "COPIES_KEPT", timedelta(days=-1))
    tidy_holds(database)
    assert copies(database) == 2
    discard_message(database, OPERATOR, waits)
    tidy_holds(database)
    assert copies(database) == 0


def copies(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(HoldCopy)) or 0
