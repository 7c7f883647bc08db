"""The socket that clients connect to, and the addresses of what is behind it."""

import errno
import os
import socket
import time
from typing import Any
from urllib.parse import urlunsplit

from contactsgroups.domain.errors import Unavailable
from contactsgroups.serving.limits import BACKLOG

_FREE_SECONDS = 2.0
"""So long it may take until the workers of a parent that was killed have let go of the port."""
_RETRY_SECONDS = 0.05


def open_listener(host: str, port: int) -> socket.socket:
    """Bind the port before anything else is begun; port 0 takes a free one.

    Raises:
        Unavailable: the port is taken, or the host is none of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind(listener, address)
        # Clients may connect as soon as the addresses are printed; they queue until it runs.
        listener.listen(BACKLOG)
    except OSError as error:
        raise Unavailable(_explain(error, host, port)) from error
    return listener


def url_of(listener: socket.socket, path: str = "/") -> str:
    """Return the address of a path of the server on this socket."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = socket.getfqdn()
    netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return urlunsplit(("http", netloc, path, "", ""))


def _bind(listener: socket.socket, address: Any) -> None:
    deadline = time.monotonic() + _FREE_SECONDS
    while True:
        try:
            listener.bind(address)
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
        time.sleep(_RETRY_SECONDS)


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use by another program; choose one with PORT=..."
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return f"cannot listen on {host}, port {port}: {reason}"
