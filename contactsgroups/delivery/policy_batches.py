"""Requests that come while others are being answered are answered together, after one look."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from contactsgroups.delivery.policy_request import PolicyRequest

Replies = Sequence[str | None]


class Batches:
    """Answers requests in batches, in a thread of its own; for one event loop.

    With many clients, each batch has many requests, and its costs are shared; with one client, a
    batch is its request.  A request is never in a batch that was begun before it came.
    """

    def __init__(self, answer_all: Callable[[Sequence[PolicyRequest]], Replies]) -> None:
        """Answer with ``answer_all``, which says None of what it does not answer."""
        self._answer_all = answer_all
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="policy-batches")
        self._waiting: list[tuple[PolicyRequest, asyncio.Future[str | None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, request: PolicyRequest) -> str | None:
        """Return the reply to a request, None if it has none here."""
        reply: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, reply))
        if self._task is None:
            self._task = asyncio.create_task(self._answer_waiting())
        return await reply

    def close(self) -> None:
        """Begin no batch any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _answer_waiting(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._answer(batch)
        finally:
            self._task = None

    async def _answer(
        self, batch: Sequence[tuple[PolicyRequest, "asyncio.Future[str | None]"]]
    ) -> None:
        loop = asyncio.get_running_loop()
        requests = [request for request, _ in batch]
        try:
            replies = await loop.run_in_executor(self._thread, self._answer_all, requests)
        except Exception as error:  # noqa: BLE001 - whoever asked meets it
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), reply in zip(batch, replies, strict=True):
            if not waiting.done():
                waiting.set_result(reply)
