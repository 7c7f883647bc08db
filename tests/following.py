"""A publisher that follows the journal, in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import publisher
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Follower


@contextmanager
def following(core: Core) -> Iterator[threading.Thread]:
    """Publish whatever changes while the block lasts, in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=publisher.follow, args=(core, stop))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


def is_followed(database: Database) -> bool:
    """Whether a publisher has said how far it is, so that changes wait for it."""
    with database.read() as session:
        return session.scalars(select(Follower)).first() is not None
