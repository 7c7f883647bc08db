"""Serve a WSGI application in a thread of the tests, as the product does: with waitress."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waitress.server import create_server


@contextmanager
def served(application: Any, threads: int = 4) -> Iterator[str]:
    """Serve an application on a free port of 127.0.0.1; the URL of its root."""
    sockets: dict[int, Any] = {}
    server: Any = create_server(
        application,
        map=sockets,
        host="127.0.0.1",
        port=0,
        threads=threads,
        clear_untrusted_proxy_headers=False,  # As in the product, which does that itself.
    )
    loop = threading.Thread(target=server.run)
    loop.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        _close_from_inside(server.trigger, sockets)
        loop.join()
        server.task_dispatcher.shutdown()


def _close_from_inside(trigger: Any, sockets: dict[int, Any]) -> None:
    """Let the loop's own thread close everything; it ends when no socket is left.

    The trigger's own method to do so lets go of the lock before it writes to its pipe.  A loop that
    is awake just then has closed the pipe by that time, and its number may be another file's.
    """
    with trigger.lock:
        trigger.thunks.append(lambda: _close_all(sockets))
        trigger._physical_pull()


def _close_all(sockets: dict[int, Any]) -> None:
    """Close every socket as if its client had gone, so that a file half sent is closed too.

    ``wasyncore.close_all`` calls ``close``, which forgets the answers that wait to be sent.
    """
    for each in list(sockets.values()):
        each.handle_close()
