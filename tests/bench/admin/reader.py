"""A process that reads from a database until its input ends, and prints its longest wait.

In a process of its own: a thread would wait for Python's lock, whatever the database does.
"""

import select
import sys
import time

from sqlalchemy import func
from sqlalchemy import select as choose

from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, JournalRow

PAUSE = 0.005


def main() -> None:
    """Read, and print seconds."""
    database = Database(sys.argv[1])
    longest = 0.0
    _read(database)
    print("reading", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        began = time.perf_counter()
        _read(database)
        longest = max(longest, time.perf_counter() - began)
    print(longest)
    database.dispose()


def _read(database: Database) -> None:
    """Read as a page does that follows the journal."""
    with database.read() as session:
        session.scalars(choose(Group.address).order_by(Group.address).limit(50)).all()
        session.scalar(choose(func.max(JournalRow.sequence)))


if __name__ == "__main__":
    main()
