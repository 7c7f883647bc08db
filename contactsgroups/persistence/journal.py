"""The one ordered journal of changes, which every face follows.

The sequence comes from a counter row that the transaction keeps locked until it commits.  A
database sequence would assign numbers in another order than transactions commit, and a reader that
had seen number 7 would never read a late number 6.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from contactsgroups.domain.change import Change, JournalEntry, JournalPosition, Subject
from contactsgroups.persistence.models import Account, JournalCounter, JournalRow, WebSession
from contactsgroups.persistence.models.base import new_uuid, utc_now

# Built once, and of columns instead of entities: these run at every keystroke after a change, and
# SQLAlchemy takes as long to build a statement as to run it.
_counter = JournalCounter.__table__.c
_END = select(_counter.epoch, _counter.last, _counter.commits)
_rows = JournalRow.__table__.c
_SINCE = (
    select(_rows.sequence, _rows.subject, _rows.domain_id, _rows.address)
    .where(_rows.sequence > bindparam("sequence"))
    .order_by(_rows.sequence)
    .limit(bindparam("most"))
)


def lock(session: Session) -> None:
    """Take the writers' lock, and hold it until the transaction ends.

    Raises:
        LookupError: the counter's row is gone, and with it the only lock there is.
    """
    taken = session.connection().execute(
        update(JournalCounter)
        .where(JournalCounter.id == 1)
        .values(commits=JournalCounter.commits + 1)
    )
    if taken.rowcount != 1:
        raise LookupError("the journal's counter is missing")


def append(session: Session, changes: Sequence[Change]) -> int:
    """Write the changes at the end of the journal and return the last sequence."""
    last = _allocate(session, len(changes))
    first = last - len(changes) + 1
    if changes:
        session.execute(
            insert(JournalRow.__table__),  # type: ignore[arg-type] # Twice as quick as entities.
            [
                {
                    "sequence": sequence,
                    "subject": change.subject,
                    "domain_id": change.domain_id,
                    "address": change.address,
                }
                for sequence, change in enumerate(changes, first)
            ],
        )
    return last


def read_position(session: Session) -> JournalPosition:
    """Return where the journal ends now."""
    row = session.execute(_END).one()
    return JournalPosition(row.epoch, row.last)


def read_end(connection: Connection) -> tuple[JournalPosition, int]:
    """Return where the journal ends now, and a number that every write transaction makes larger."""
    row = connection.execute(_END).one()
    return JournalPosition(row.epoch, row.last), row.commits


def begin_epoch(session: Session) -> None:
    """Make every position that was given out so far mean nothing, and end sessions and tokens.

    For a database that is in an earlier state than before: what was signed out or revoked after
    that state would count again.  The keys of tokens stay: other programs sign with them.
    """
    session.execute(update(JournalCounter).values(epoch=new_uuid()))
    session.execute(delete(WebSession))
    session.execute(update(Account).values(revoked_at=utc_now()))


def read_since(session: Session, sequence: int, limit: int = 10_000) -> list[JournalEntry]:
    """Return up to ``limit`` entries after ``sequence``, in order."""
    rows = session.execute(_SINCE, {"sequence": sequence, "most": limit})
    return [
        JournalEntry(row.sequence, Change(Subject(row.subject), row.domain_id, row.address))
        for row in rows
    ]


def _allocate(session: Session, count: int) -> int:
    statement = (
        update(JournalCounter)
        .where(JournalCounter.id == 1)
        .values(last=JournalCounter.last + count)
        .execution_options(synchronize_session=False)
    )
    if session.get_bind().dialect.update_returning:
        return session.execute(statement.returning(JournalCounter.last)).scalar_one()
    # MariaDB has no UPDATE ... RETURNING; the row is ours until the commit, so reading it is safe.
    session.execute(statement)
    return session.execute(select(JournalCounter.last)).scalar_one()
