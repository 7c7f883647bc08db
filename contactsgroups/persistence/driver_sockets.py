"""The sockets under the drivers' connections, where the drivers have no call for what is needed.

PyMySQL and psycopg wait for an answer as long as it takes, and no other thread may close a
connection meanwhile.  But a socket that is shut down (shutdown(2)) lets whoever waits on it see
that the server has hung up.
"""

import errno
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from typing import Any

from sqlalchemy import Dialect

DRIVERS = frozenset({"pymysql", "psycopg"})
"""Those whose sockets are known here."""

Note = Callable[[Any], None]
"""Is given a connection."""

_KEEPALIVE = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}


def connect(
    dialect: Dialect,
    arguments: Any,
    parameters: Mapping[str, Any],
    patience: float,
    note: Note,
) -> Any:
    """Return a new connection, for one of :data:`DRIVERS`.

    Args:
        dialect: SQLAlchemy's, which knows the driver.
        arguments: the driver's, as for ``parameters``.
        patience: seconds for the server to take the connection, unless ``parameters`` have a
            ``connect_timeout``; later, its host has three times as long to acknowledge anything.
        note: called with the connection before it is used, and before it waits for the server if
            the driver has it by then.

    Raises:
        Exception: what the driver or ``note`` raises.
    """
    parameters = {"connect_timeout": ceil(patience), **parameters}
    if dialect.driver == "pymysql":
        connection = _connect_later(dialect, arguments, parameters, note)
    else:
        connection = _connect_first(dialect, arguments, parameters, note)
    require_acknowledgement(connection, patience)
    return connection


def shut_down(connection: Any) -> None:
    """End whatever waits on a connection, from any thread; harmless if it is closed."""
    try:
        with _socket_of(connection) as handle:
            handle.shutdown(socket.SHUT_RDWR)
    except Exception:  # noqa: BLE001 - drivers differ in how they say that it is closed
        return


def require_acknowledgement(connection: Any, patience: float) -> None:
    """Let the kernel give up a connection whose other end acknowledges nothing (tcp(7)).

    A server that is busy for hours, or even stopped, acknowledges: its kernel does.

    Args:
        connection: it is connected as far as TCP is concerned.
        patience: seconds, as for :func:`connect`.
    """
    # Longer than the watch takes: whoever connected anew before it has spoken would wait again.
    seconds = 3 * patience
    with _socket_of(connection) as handle:
        if handle.family == socket.AF_UNIX:
            return
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _KEEPALIVE.items():
            handle.setsockopt(socket.IPPROTO_TCP, option, value)
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ceil(seconds * 1000))


def _connect_later(dialect: Dialect, arguments: Any, parameters: Any, note: Note) -> Any:
    """Connect with PyMySQL, whose time-out ends with TCP's part: the server may say nothing then.

    Its greeting is not waited for by a clock: a server that was stopped counts those who left
    during it, and may refuse their host for ever after (MariaDB's ``max_connect_errors``).
    """
    connection: Any = dialect.connect(*arguments, **{**parameters, "defer_connect": True})
    note(connection)
    connection.connect()
    return connection


def _connect_first(dialect: Dialect, arguments: Any, parameters: Any, note: Note) -> Any:
    """Connect with psycopg, whose time-out is for all of it, and for each address of the host."""
    connection = dialect.connect(*arguments, **parameters)
    try:
        note(connection)
    except BaseException:
        dialect.do_close(connection)
        raise
    return connection


@contextmanager
def _socket_of(connection: Any) -> Iterator[socket.socket]:
    """Yield the kernel's socket under a connection, whatever the driver does with it meanwhile.

    It is a handle of our own: shutting down the driver's under TLS would begin with TLS itself.
    """
    owner = getattr(connection, "_sock", connection)  # PyMySQL has no public name for it.
    number = owner.fileno()
    with socket.socket(fileno=os.dup(number)) as handle:
        if owner.fileno() != number:  # It was closed before, and the number may be another's now.
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        yield handle
