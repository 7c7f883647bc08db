"""What waits in the outbox, as tests read it."""

from datetime import UTC, datetime

from sqlalchemy import delete, select, update

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import OutboxRow
from contactsgroups.services.delivery import outbox
from contactsgroups.services.delivery.outbox import DueNotice

SENDER = "host one"
LATER = datetime(2099, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def waiting(database: Database) -> list[tuple[str, str]]:
    """Kind and recipient of all that waits, whether it is still so or not."""
    with database.read() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [(row.kind, row.recipient) for row in rows]


def due(database: Database, now: datetime = LATER) -> list[DueNotice]:
    """What a sender would send, which it then gives back."""
    ids = outbox.claim(database, SENDER, now)
    begun = [outbox.begin(database, SENDER, each, now) for each in ids]
    outbox.release(database, SENDER, ids)
    return [each for each in begun if each is not None]


def told(database: Database) -> list[str]:
    """To whom a sender would send something."""
    return [each.recipient for each in due(database)]


def clear_outbox(database: Database) -> None:
    """Forget what waits."""
    with database.write_private() as session:
        session.execute(delete(OutboxRow))


def make_due(database: Database) -> None:
    """Let nothing wait for its next attempt."""
    with database.write_private() as session:
        session.execute(
            update(OutboxRow).values(due_at=LONG_AGO, claimed_by=None, claimed_until=None)
        )


def make_old(database: Database, at: datetime) -> None:
    """Let everything have been written at a moment."""
    with database.write_private() as session:
        session.execute(update(OutboxRow).values(created_at=at, due_at=at))
