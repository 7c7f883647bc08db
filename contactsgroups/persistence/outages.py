"""Classify database errors: not reachable, busy, full, damaged, or an old schema.

Drivers report an unreachable server and a missing table by the same class of error, so the
databases' own codes decide.  An error without a row here is a fault of ours and is raised as it is.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError

_AWAY = "the database does not answer"
_REFUSED = "the database refuses the connection"
_BUSY = "another writer holds a lock of the database"
_COLLIDED = "the database gave up one of two writers that waited for each other; try again"
_FORBIDDEN = "the database user lacks a right"
_UNREADABLE = "the database file cannot be opened or read"
_UNWRITABLE = "the database cannot be written"
_DAMAGED = "the database file is damaged, or no database"
_OLD = "the database lacks a table or a column of this version; run contactsgroups db upgrade"
REASONS = (
    *(_AWAY, _REFUSED, _BUSY, _COLLIDED, _FORBIDDEN),
    *(_UNREADABLE, _UNWRITABLE, _DAMAGED, _OLD),
)
"""Everything that :func:`explain` may say."""

# Primary result codes: https://www.sqlite.org/rescode.html
_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_FULL: _UNWRITABLE,
    sqlite3.SQLITE_IOERR: _UNREADABLE,
    sqlite3.SQLITE_CANTOPEN: _UNREADABLE,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
# MariaDB's error codes (Knowledge Base, "MariaDB Error Codes").
_MARIADB = {
    **dict.fromkeys((1040, 1053, 1077, 1080, 1152, 1927, 2002, 2003, 2006, 2013, 2055), _AWAY),
    **dict.fromkeys((1044, 1045, 1049, 1129, 1130, 1203, 1226, 1698), _REFUSED),
    1205: _BUSY,
    1213: _COLLIDED,
    **dict.fromkeys((1142, 1143, 1227, 1370), _FORBIDDEN),
    **dict.fromkeys((1021, 1036, 1114, 1290, 1792, 1836), _UNWRITABLE),
    **dict.fromkeys((1054, 1146), _OLD),
}
# PostgreSQL's codes, and classes of codes (its manual, appendix A).
_POSTGRESQL = {
    "08": _AWAY,
    "57P": _AWAY,
    "58": _AWAY,
    "53300": _AWAY,
    "28": _REFUSED,
    "3D": _REFUSED,
    "40": _COLLIDED,
    "42501": _FORBIDDEN,
    "55P03": _BUSY,
    "25006": _UNWRITABLE,
    "53": _UNWRITABLE,
    "42P01": _OLD,
    "42703": _OLD,
}

# A key that another writer has inserted meanwhile, or a row that it has removed.
_RACES = frozenset(
    (
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
        *(1062, 1216, 1217, 1451, 1452),
        *("23503", "23505"),
    )
)


def is_race(error: IntegrityError) -> bool:
    """Whether another writer may be the reason: a key that exists now, a row that does not."""
    cause = error.orig
    codes = (
        getattr(cause, "sqlite_errorcode", None),
        getattr(cause, "sqlstate", None),
        cause.args[0] if cause is not None and cause.args else None,
    )
    return not _RACES.isdisjoint(codes)


def explain(error: DBAPIError) -> str | None:
    """Return the reason in one clause; None where the error is a fault of ours."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _explain_sqlite(cause)
    # MariaDB's own code comes first: newer PyMySQL has an SQLSTATE beside it, which says less.
    code = cause.args[0] if cause is not None and cause.args else None
    if isinstance(code, int):
        return _MARIADB.get(code) or (_AWAY if error.connection_invalidated else None)
    if (state := getattr(cause, "sqlstate", None)) is not None:
        return next((_POSTGRESQL[state[:n]] for n in (5, 3, 2) if state[:n] in _POSTGRESQL), None)
    # psycopg gives no code where there was no connection to get one from, but a server that
    # answered calls the error FATAL.
    is_operational = _is_operational(cause)
    if is_operational and "FATAL:" in str(cause):
        return _REFUSED
    return _AWAY if error.connection_invalidated or is_operational else None


def _is_operational(cause: BaseException | None) -> bool:
    """Whether this is the driver's OperationalError (PEP 249), or one derived from it."""
    return any(each.__name__ == "OperationalError" for each in type(cause).__mro__)


def _explain_sqlite(cause: sqlite3.Error) -> str | None:
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None and (code & 0xFF) in _SQLITE:
        return _SQLITE[code & 0xFF]
    # SQLite has one code for every statement that it cannot prepare.
    is_old = str(cause).startswith(("no such table", "no such column", "no such view"))
    return _OLD if is_old else None
