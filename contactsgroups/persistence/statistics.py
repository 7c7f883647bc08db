"""What PostgreSQL knows of our tables, brought up to date after a great many changes.

It looks at tables by itself, once a minute.  Until then it takes a directory that was just filled
for a small one, and reads all members of all groups to find those of one: a page took 300 ms.
SQLite keeps no statistics unless it is told to, and MariaDB's follow within seconds.
"""

import logging

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contactsgroups.persistence.database import Database
from contactsgroups.persistence.models import Base

_log = logging.getLogger(__name__)


def refresh(database: Database) -> None:
    """Have PostgreSQL look at our tables now; readers and writers go on meanwhile.

    A table that it looks at already is passed over.  If it fails, PostgreSQL does it later.
    """
    if database.url.get_backend_name() != "postgresql":
        return
    names = ", ".join(sorted(Base.metadata.tables))
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"VACUUM (ANALYZE, SKIP_LOCKED) {names}"))
    except DBAPIError as error:
        _log.warning("the database's statistics were not brought up to date: %s", error.orig)
