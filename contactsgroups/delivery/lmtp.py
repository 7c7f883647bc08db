"""The LMTP server, which Postfix hands messages to groups to that it does not expand itself.

One thread speaks with Postfix, and a few others distribute: they wait for the database and for
Postfix, which takes the copies.
"""

import asyncio
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.smtp import SMTP, Session

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.listening_thread import ListeningThread
from contactsgroups.delivery.lmtp_distribution import Distributor
from contactsgroups.delivery.lmtp_protocol import Message, Protocol, greet
from contactsgroups.delivery.policy_reply import reply_to_error

NAME = "the LMTP server"
_DISTRIBUTORS = 8  # as many as Postfix has lmtp(8) processes (postfix/master.cf)
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
        server.run_until(stop_event)


class LMTPServer(ListeningThread):
    """The running server; a context that ends it, after answers for what it is distributing."""

    def __init__(self, core: Core) -> None:
        """Begin to take messages.

        Raises:
            Unavailable: the socket or port is taken or cannot be made.
        """
        chosen = core.settings
        handler = _Handler(Distributor(core))
        super().__init__(
            chosen.effective_lmtp_socket,
            chosen.policy_group,
            NAME,
            lambda listening: _serve(handler, listening),
        )


async def _serve(handler: "_Handler", listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    listening.setblocking(False)

    def converse() -> Protocol:
        return Protocol(handler, loop)

    if listening.family == socket.AF_UNIX:
        server = await loop.create_unix_server(converse, sock=listening)
    else:
        server = await loop.create_server(converse, sock=listening)
    try:
        await loop.create_future()
    finally:
        server.close()
        await handler.finish()


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
