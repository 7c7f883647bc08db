"""What waited too long ends, and nothing is left over."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold, HoldPart
from contactsgroups.services.moderation.decisions import approve_message
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
