"""A service that listens for Postfix in an event loop and a thread of its own."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from contactsgroups.delivery import listening
from contactsgroups.domain.errors import Unavailable

_WATCH_SECONDS = 0.5

_log = logging.getLogger(__name__)

Serve = Callable[[socket.socket], Coroutine[Any, Any, None]]
"""Serves what listens until it is cancelled, and then ends what it has begun."""


class ListeningThread:
    """A running service; a context that ends it.

    ``address`` is where it listens: a path, or ``host:port`` with the port that was really taken.
    """

    def __init__(self, place: str, group: str, name: str, serve: Serve) -> None:
        """Listen at a place for a group, as :func:`listening.listen` does, and serve.

        Raises:
            Unavailable: the socket or port is taken or cannot be made.
        """
        self._name = name
        self._listener = listening.listen(place, group, name)
        if self._listener.complaint:
            _log.warning("%s", self._listener.complaint)
        self.address = self._listener.address
        self._loop = asyncio.new_event_loop()
        self._serving = self._loop.create_task(serve(self._listener.socket))
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def run_until(self, stop_event: threading.Event) -> None:
        """Wait until ``stop_event`` is set.

        Raises:
            Unavailable: listening failed.
        """
        while not stop_event.wait(_WATCH_SECONDS):
            if not self._thread.is_alive():
                raise Unavailable(f"{self._name} stopped listening at {self.address}")

    def stop(self) -> None:
        """End the service and all its connections."""
        with contextlib.suppress(RuntimeError):  # It has ended already.
            self._loop.call_soon_threadsafe(self._serving.cancel)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._serving)
        except Exception:  # noqa: BLE001 - whoever waits for the thread sees that it ended
            _log.exception("%s failed; Postfix keeps mail to groups", self._name)
        finally:
            self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
