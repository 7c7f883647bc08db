"""The LMTP server, which Postfix hands messages to groups to that it does not expand itself.

One thread speaks with Postfix, and a few others distribute: they wait for the database and for
Postfix, which takes the copies.
"""

import asyncio
import contextlib
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from aiosmtpd.smtp import SMTP, Session

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import listening
from contactsgroups.delivery.lmtp_distribution import Distributor
from contactsgroups.delivery.lmtp_protocol import Message, Protocol, greet
from contactsgroups.delivery.policy_reply import reply_to_error
from contactsgroups.domain.errors import Unavailable

NAME = "the LMTP server"
_DISTRIBUTORS = 8  # as many as Postfix has lmtp(8) processes (postfix/master.cf)
_WATCH_SECONDS = 0.5
_STOP_SECONDS = 5.0

_log = logging.getLogger(__name__)
# It reports every command of every client.
logging.getLogger("mail.log").setLevel(logging.ERROR)


def serve(core: Core, stop_event: threading.Event) -> None:
    """Take messages from Postfix until ``stop_event`` is set.

    Raises:
        Unavailable: the socket or port is taken or cannot be made, or listening failed later.
    """
    with LMTPServer(core) as server:
        while not stop_event.wait(_WATCH_SECONDS):
            if not server.is_running:
                raise Unavailable(f"{NAME} stopped listening at {server.address}")


class LMTPServer:
    """The running server; a context that ends it.

    ``address`` is where it listens: a path, or ``host:port`` with the port that was really taken.

    Raises:
        Unavailable: the socket or port is taken or cannot be made.
    """

    def __init__(self, core: Core) -> None:
        chosen = core.settings
        self._listener = listening.listen(chosen.effective_lmtp_socket, chosen.policy_group, NAME)
        if self._listener.complaint:
            _log.warning("%s", self._listener.complaint)
        self.address = self._listener.address
        self._loop = asyncio.new_event_loop()
        self._handler = _Handler(Distributor(core))
        self._serving = self._loop.create_task(self._serve(self._listener.socket))
        self._thread = threading.Thread(target=self._run, name="lmtp")
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it still takes messages."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Answer for the messages that are being distributed, then end."""
        with contextlib.suppress(RuntimeError):  # It has ended already.
            self._loop.call_soon_threadsafe(self._serving.cancel)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        try:
            with contextlib.suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._serving)
        except Exception:  # noqa: BLE001 - whoever waits for the thread sees that it ended
            _log.exception("%s failed; Postfix keeps mail to groups", NAME)
        finally:
            self._loop.close()

    async def _serve(self, listening_socket: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listening_socket.setblocking(False)
        if listening_socket.family == socket.AF_UNIX:
            server = await loop.create_unix_server(self._converse, sock=listening_socket)
        else:
            server = await loop.create_server(self._converse, sock=listening_socket)
        try:
            await loop.create_future()
        finally:
            server.close()
            await self._handler.finish()

    def _converse(self) -> Protocol:
        return Protocol(self._handler, self._loop)

    def __enter__(self) -> "LMTPServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class _Handler:
    """What aiosmtpd calls; all of it in one event loop."""

    def __init__(self, distributor: Distributor) -> None:
        self._distributor = distributor
        self._workers = ThreadPoolExecutor(_DISTRIBUTORS, thread_name_prefix="lmtp")
        self._busy: set[asyncio.Future[list[str]]] = set()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, _: Message, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return await greet(responses)

    async def handle_DATA(self, server: SMTP, _: Session, message: Message) -> str:  # noqa: N802
        loop = asyncio.get_running_loop()
        distribute = self._distributor.distribute
        distributing = loop.run_in_executor(self._workers, distribute, message)
        self._busy.add(distributing)
        try:
            return "\r\n".join(await distributing)
        finally:
            self._busy.discard(distributing)

    async def handle_exception(self, error: Exception) -> str:
        _log.error("a message is deferred", exc_info=error)
        return reply_to_error(error)

    async def finish(self) -> None:
        """Let messages that are being distributed have their answers, and hang up."""
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=_STOP_SECONDS)
        conversations = asyncio.all_tasks() - {asyncio.current_task()}
        for each in conversations:
            each.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        self._workers.shutdown(wait=False, cancel_futures=True)
