"""A watch over the database server, which may fall silent without closing any connection.

A server that is stopped, or behind a network that swallows packets, neither answers nor refuses:
its clients would wait for hours.  How long a statement takes says nothing, an import may take
minutes.  But a server that is at work answers on another connection meanwhile, so that is asked.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from weakref import WeakSet

from sqlalchemy import Dialect, create_engine
from sqlalchemy.engine import URL

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import driver_sockets

SILENCE = 4.0
"""Seconds without an answer, unless the settings say otherwise."""

_INTERVAL = 1.0  # seconds between two questions
_RETRY_SECONDS = 0.2
_STOP_SECONDS = 1.0

_Connector = Callable[[driver_sockets.Note], Any]

_log = logging.getLogger(__name__)


class ServerWatch:
    """Sees that the server answers, as long as there are connections to it.

    A thread asks the server each second for a sign of life, on a connection of its own.  If none
    comes for ``silence`` seconds, the sockets of all connections are shut down: what waits on them
    fails as if the server had hung up.  From then on nobody connects until it has answered.
    """

    def __init__(self, silence: float = SILENCE) -> None:
        self._silence = silence
        self._connections: WeakSet[Any] = WeakSet()
        self._others: list[Callable[[], object]] = []
        self._is_silent = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._probe: _Probe | None = None

    def connect(self, dialect: Dialect, arguments: Any, parameters: Any) -> Any:
        """Return a new connection of the driver, and watch the server from now on.

        Raises:
            Unavailable: the server is silent.
            Exception: what the driver raises.
        """
        if dialect.driver not in driver_sockets.DRIVERS:
            return dialect.connect(*arguments, **parameters)
        connect = self._connector(dialect, arguments, parameters)
        self._start(_Probe(dialect, connect))
        self.require_answer()
        connection = connect(self._add)
        # Again: a slow greeting may have outlasted the thread, which had nothing to watch yet.
        self._start(_Probe(dialect, connect))
        return connection

    @contextmanager
    def ending(self, url: URL, end: Callable[[], object]) -> Iterator[None]:
        """Watch the server while another program uses it; ``end`` is called if it is silent."""
        dialect = create_engine(url).dialect
        with self._lock:
            self._others.append(end)
        try:
            if dialect.driver in driver_sockets.DRIVERS:
                arguments, parameters = dialect.create_connect_args(url)
                self._start(_Probe(dialect, self._connector(dialect, arguments, parameters)))
            yield
        finally:
            with self._lock:
                self._others.remove(end)

    def require_answer(self) -> None:
        """Refuse what would wait for a silent server.

        Raises:
            Unavailable: it is.
        """
        if self._is_silent:
            detail = f"it has not answered for {self._silence:g} s"
            raise Unavailable("the database does not answer", detail=detail)

    def stop(self) -> None:
        """End the thread, and what still waits on any connection."""
        with self._lock:
            thread, self._thread = self._thread, None
            probe, waiting = self._probe, list(self._connections)
        if thread is None or probe is None or not thread.is_alive():
            return  # Nothing was watched, or by the parent before a fork: they are its connections.
        for each in waiting:
            driver_sockets.shut_down(each)
        probe.stop()
        thread.join(_STOP_SECONDS)

    def _add(self, connection: Any) -> None:
        with self._lock:
            self.require_answer()
            self._connections.add(connection)

    def _connector(self, dialect: Dialect, arguments: Any, parameters: Any) -> "_Connector":
        return partial(driver_sockets.connect, dialect, arguments, parameters, self._silence)

    def _start(self, probe: "_Probe") -> None:
        """Start the thread, unless it runs."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            if self._thread is not None:  # In a child after a fork; they are its parent's.
                self._connections.clear()
            self._is_silent, self._probe = False, probe
            self._thread = threading.Thread(
                target=self._run, args=(probe,), name="server watch", daemon=True
            )
            self._thread.start()

    def _run(self, probe: "_Probe") -> None:
        while not probe.stopping.wait(_RETRY_SECONDS if self._is_silent else _INTERVAL):
            if not self._is_wanted():
                break
            self._look(probe)
        probe.drop()

    def _is_wanted(self) -> bool:
        """Whether there is anything to watch; if not, the next connection starts another thread."""
        with self._lock:
            is_wanted = self._is_silent or bool(self._others) or len(self._connections) > 0
            if not is_wanted and self._thread is threading.current_thread():
                self._thread = None
            return is_wanted

    def _look(self, probe: "_Probe") -> None:
        """Ask once, and wait for the answer however long it takes."""
        asked, answered = time.monotonic(), threading.Event()
        try:
            threading.Thread(target=self._wait, args=(probe, answered), daemon=True).start()
            probe.ask()
            is_silent = False
        except Exception:  # noqa: BLE001 - an error that comes at once is an answer, too
            probe.drop()
            is_silent = time.monotonic() - asked > self._silence / 2
        finally:
            answered.set()
        self._note(probe, is_silent=is_silent)

    def _wait(self, probe: "_Probe", answered: threading.Event) -> None:
        # Again and again: a connection may have had no socket yet when it was its turn.
        while not answered.wait(self._silence):
            self._note(probe, is_silent=True, unless=answered)

    def _note(
        self, probe: "_Probe", *, is_silent: bool, unless: threading.Event | None = None
    ) -> None:
        with self._lock:
            # The answer may have come just when the wait for it was over.
            if probe.stopping.is_set() or (unless is not None and unless.is_set()):
                return
            was_silent, self._is_silent = self._is_silent, is_silent
            waiting = list(self._connections) if is_silent else []
            others = list(self._others) if is_silent else []
        for each in waiting:
            driver_sockets.shut_down(each)
        for end in others:
            end()
        if is_silent:
            probe.leave(self._silence)
        if is_silent and not was_silent:
            text = "the database has not answered for %g s; what waits for it fails until it does"
            _log.error(text, self._silence)
        elif was_silent and not is_silent:
            _log.warning("the database answers again")


class _Probe:
    """The connection on which the watch asks; made anew when it is needed."""

    def __init__(self, dialect: Dialect, connect: _Connector) -> None:
        self.stopping = threading.Event()
        self._dialect = dialect
        self._connect = connect
        self._connection: Any = None
        self._is_open = False

    def ask(self) -> None:
        """Wait for a sign of life.

        Raises:
            Exception: what the driver raises.
        """
        if self._connection is None:
            self._connect(self._note)
            self._is_open = True
        self._dialect.do_ping(self._connection)

    def drop(self) -> None:
        """Close the connection."""
        connection, self._connection, self._is_open = self._connection, None, False
        if connection is not None:
            with suppress(Exception):  # It may be closed, or not yet open.
                self._dialect.do_close(connection)

    def leave(self, silence: float) -> None:
        """End the waiting for an answer, from another thread: it may be this connection alone.

        Whoever waits to be greeted stays as long as the host of the server is there: see
        :mod:`contactsgroups.persistence.driver_sockets`.
        """
        if self._is_open:
            driver_sockets.shut_down(self._connection)
        elif (connection := self._connection) is not None:
            with suppress(Exception):  # It may have no socket, yet or any more.
                driver_sockets.require_acknowledgement(connection, silence)

    def stop(self) -> None:
        """End the waiting for anything, from another thread."""
        self.stopping.set()
        if self._connection is not None:
            driver_sockets.shut_down(self._connection)

    def _note(self, connection: Any) -> None:
        self._connection = connection
