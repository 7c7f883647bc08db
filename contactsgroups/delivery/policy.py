"""The policy service, which Postfix asks for every group whether this sender may post there.

One thread serves all connections, another one answers what can be decided from memory, a few others
ask the database, and one writes down what the LMTP server will ask for.  Clients that only keep a
connection cost nothing but its descriptor, and there is always room for Postfix: who comes last is
served, and who has been silent for longest is disconnected (see :mod:`policy_connections`).
"""

import asyncio
import errno
import logging
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import listening
from contactsgroups.delivery.listening_thread import ListeningThread
from contactsgroups.delivery.policy_answers import Answer, Answering
from contactsgroups.delivery.policy_batches import Batches
from contactsgroups.delivery.policy_connections import (
    Connection,
    choose_victim,
    find_limit,
    identify_peer,
)
from contactsgroups.delivery.policy_conversation import converse
from contactsgroups.delivery.policy_request import (
    MalformedRequest,
    PolicyRequest,
)
from contactsgroups.delivery.policy_turns import Turns
from contactsgroups.domain.errors import with_detail
from contactsgroups.services.delivery.mail_days import MailDays
from contactsgroups.sparingly import Sparingly

_DECIDERS = 4  # The database's connections are shared with the web server.
_ACCEPT_AGAIN_SECONDS = 0.05
_STOP_SECONDS = 5.0
_AT_ONCE = 32
_SEND_BUFFER = 16 * 1024  # octets, so that a client that does not read is soon noticed

_ABORTED = {errno.ECONNABORTED, errno.EPROTO, errno.EPERM}
_PASSING = _ABORTED | {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_CROWDED = (
    "the policy service has %d connections, the most that it takes; "
    "for each new one the longest idle one is closed"
)

_log = logging.getLogger(__name__)


def serve(core: Core, stop_event: threading.Event) -> None:
    """Answer Postfix until ``stop_event`` is set.

    Raises:
        Unavailable: the socket or port is taken or cannot be made, or listening failed later.
    """
    with PolicyServer(core) as server:
        server.run_until(stop_event)


class PolicyServer(ListeningThread):
    """The running service; a context that ends it."""

    def __init__(self, core: Core) -> None:
        """Begin to answer.

        Raises:
            Unavailable: the socket or port is taken or cannot be made.
        """
        chosen = core.settings
        place, name = chosen.effective_policy_socket, listening.POLICY_SERVICE
        super().__init__(
            place, chosen.policy_group, name, lambda socket: _Service(core, socket).run()
        )


class _Service:
    """Accepts connections and knows those that are open; all of it in one event loop."""

    def __init__(self, core: Core, listening: socket.socket) -> None:
        self._listening = listening
        self._turns = Turns(_DECIDERS)
        self._deciders = ThreadPoolExecutor(_DECIDERS, thread_name_prefix="policy")
        self._answering = Answering(core)
        self._batches = Batches(self._answering.answer_known)
        # By itself: on SQLite it waits for other writers, and decisions that need none go on.
        self._records = Batches(self._answering.record)
        # A writer may wait for others for long, and no decision may wait for it.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="policy-days")
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()  # also of those that are being closed
        self._limit = find_limit()
        self._progress = asyncio.Event()  # Somebody was answered, or has left.
        self._crowded, self._exhausted, self._malformed = Sparingly(), Sparingly(), Sparingly()

    async def run(self) -> None:
        """Accept connections until cancelled; then end them when they have their answers."""
        self._listening.setblocking(False)
        try:
            while True:
                await _wait_until_readable(self._listening)
                # Several at once, or Postfix would wait long behind a crowd; but not so many that
                # the first of them has to go before it was looked at.
                for _ in range(min(_AT_ONCE, max(1, self._limit // 4))):
                    if not await self._accept():
                        break
        finally:
            await self._hang_up()

    async def _accept(self) -> bool:
        """Accept one client; return whether there may be one more."""
        try:
            client, _ = self._listening.accept()
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _PASSING:
                raise
            await self._save_descriptors(error)
            return False
        await self._wait_for_room(client)
        self._attend_to(client)
        return True

    async def _wait_for_room(self, client: socket.socket) -> None:
        try:
            while not self._has_room():
                self._progress.clear()
                await self._progress.wait()
        except asyncio.CancelledError:
            client.close()
            raise

    def _has_room(self) -> bool:
        """Make room for one more, if need be and if anyone can go."""
        if len(self._connections) < self._limit:
            return True
        if self._crowded.is_due():
            _log.warning(_CROWDED, self._limit)
        return self._close_one()

    def _close_one(self) -> bool:
        """Close the connection that has to go first, if any can."""
        victim = choose_victim(self._connections, time.monotonic())
        if victim is None:
            return False
        self._connections.discard(victim)
        victim.hang_up()
        return True

    def _attend_to(self, client: socket.socket) -> None:
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        connection = Connection(client, identify_peer(client))
        self._connections.add(connection)
        connection.task = task = asyncio.create_task(self._attend(connection))
        self._tasks.add(task)
        # Not by the task itself: one that is cancelled at once never begins.
        task.add_done_callback(lambda _: self._close(connection, task))

    async def _save_descriptors(self, error: OSError) -> None:
        """Close a connection if the process has no descriptor left for a new one."""
        if error.errno in _ABORTED:
            return
        # Without a descriptor left, accept(2) fails also where nobody is waiting.
        if _is_readable(self._listening):
            if self._exhausted.is_due():
                _log.warning("connections of the policy service are closed: %s", error)
            self._close_one()
        await asyncio.sleep(_ACCEPT_AGAIN_SECONDS)

    async def _attend(self, connection: Connection) -> None:
        try:
            await converse(connection, partial(self._decide, connection))
        except MalformedRequest as error:
            if self._malformed.is_due():
                _log.warning("malformed policy request, connection closed: %s", error)
        except OSError:
            pass  # A client that leaves, or is silent for too long, is nothing to report.
        except Exception:  # noqa: BLE001 - the other connections must go on
            _log.exception("a connection of the policy service failed; Postfix retries")

    def _close(self, connection: Connection, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._connections.discard(connection)
        self._progress.set()
        connection.socket.close()

    async def _decide(self, connection: Connection, request: PolicyRequest) -> str:
        answer = await self._batches.ask(request)
        if answer is None:
            async with self._turns.take(connection.peer):
                answer = await self._look_up(request)
        reply = answer.reply
        if answer.record is not None:
            reply = await self._records.ask(answer.record) or reply
        self._progress.set()
        if self._answering.days.has_waiting:
            self._writer.submit(_store, self._answering.days)
        return reply

    async def _look_up(self, request: PolicyRequest) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._deciders, self._answering.answer, request)

    async def _hang_up(self) -> None:
        """End all connections, those that wait for an answer a moment later."""
        for connection in self._connections:
            connection.end()
        if tasks := set(self._tasks):
            _, late = await asyncio.wait(tasks, timeout=_STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._batches.close()
        self._records.close()
        self._deciders.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False, cancel_futures=True)


def _store(days: MailDays) -> None:
    """Write down which groups were mailed; that this fails is nothing that Postfix waits for."""
    try:
        days.store()
    except Exception as error:  # noqa: BLE001 - mail goes on, and the next message is noted again
        _log.info("the day of mail to a group was not noted: %s", with_detail(error))


def _is_readable(listening: socket.socket) -> bool:
    poll = select.poll()
    poll.register(listening, select.POLLIN)
    return bool(poll.poll(0))


async def _wait_until_readable(listening: socket.socket) -> None:
    """Wait for the next client, and let those that are connected go on, however many come."""
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    loop.add_reader(listening, came.set)
    try:
        await came.wait()
    finally:
        loop.remove_reader(listening)
