"""Whose request is decided next: users take turns, so none waits behind all those of another."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """A few places for requests that are being decided; for one event loop."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def take(self, peer: Hashable) -> AsyncIterator[None]:
        """Hold a place while the block lasts; wait for it while others have their turns."""
        await self._enter(peer)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, peer: Hashable) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(peer, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # The turn came in the same moment.
                self._leave()
            raise

    def _leave(self) -> None:
        self._free += 1
        while self._free and self._waiting:
            turn = self._next()
            if not turn.done():
                self._free -= 1
                turn.set_result(None)

    def _next(self) -> "asyncio.Future[None]":
        """Take the first request of the peer whose turn it is; others come before its next one."""
        peer, turns = self._waiting.popitem(last=False)
        turn = turns.popleft()
        if turns:
            self._waiting[peer] = turns
        return turn
