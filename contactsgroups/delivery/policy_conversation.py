"""What one client of the policy service may take: octets, lines and seconds for each request."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from contactsgroups.delivery.policy_connections import Connection
from contactsgroups.delivery.policy_reply import reply_to_error
from contactsgroups.delivery.policy_request import (
    REQUEST_LIMIT,
    IncomingRequest,
    MalformedRequest,
    PolicyRequest,
)

REQUEST_SECONDS = 10.0  # Postfix sends a request at once, and asks as soon as it has connected.
IDLE_SECONDS = 600.0  # Postfix itself leaves after smtpd_policy_service_max_idle, 300 s.
_CHUNK = 16 * 1024  # octets
# Postfix sends a request in one piece; whoever sends a little now and then costs no more than this.
_PAUSE_SECONDS = 0.1


async def converse(
    connection: Connection, decide: Callable[[PolicyRequest], Awaitable[str]]
) -> None:
    """Answer one client's requests, one after the other, until it leaves.

    Raises:
        MalformedRequest: it does not speak the protocol; it has been told to come back later.
        TimeoutError: it is silent or slow for too long.
        OSError: the connection is broken.
    """
    lines = _Lines(connection.socket)
    try:
        while not connection.is_ending:
            connection.rest()
            request = await _next_request(lines, patient=connection.requests > 0)
            if request is None:
                return
            connection.ask()
            reply = await decide(request)
            connection.rest()  # A client that does not read its answer may have to go.
            await _reply(connection.socket, reply)
    except MalformedRequest as error:
        await _reply(connection.socket, reply_to_error(error))
        raise


async def _next_request(lines: "_Lines", *, patient: bool) -> PolicyRequest | None:
    """Return the next request; None if the client left before one was complete."""
    async with asyncio.timeout(IDLE_SECONDS if patient else REQUEST_SECONDS):
        if not await lines.wait():
            return None
    async with asyncio.timeout(REQUEST_SECONDS):
        incoming = IncomingRequest()
        while line := await lines.take():
            if request := incoming.take(line):
                return request
    return None


async def _reply(client: socket.socket, action: str) -> None:
    # A client that sends on and on, and never reads, must not be waited for.
    async with asyncio.timeout(REQUEST_SECONDS):
        reply = f"action={action}\n\n".encode("ascii")
        await asyncio.get_running_loop().sock_sendall(client, reply)


class _Lines:
    """The lines that a client sends; no more of them is taken than is asked for."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._pending = bytearray()

    async def wait(self) -> bool:
        """Wait until something comes in; return False if the client left."""
        return bool(self._pending) or await self._receive()

    async def take(self) -> bytes:
        """Return the next line, with its newline; nothing if the client left.

        Raises:
            MalformedRequest: the line is longer than a request may be.
        """
        while not (end := self._pending.find(b"\n") + 1):
            if len(self._pending) > REQUEST_LIMIT:
                raise MalformedRequest(f"a line is longer than {REQUEST_LIMIT} octets")
            if self._pending:
                await asyncio.sleep(_PAUSE_SECONDS)
            if not await self._receive():
                return b""
        line = bytes(self._pending[:end])
        del self._pending[:end]
        return line

    async def _receive(self) -> bool:
        received = await asyncio.get_running_loop().sock_recv(self._client, _CHUNK)
        self._pending += received
        return bool(received)
