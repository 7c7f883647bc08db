"""Questions that come while others are being answered are answered together, at the cost of one."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Question = TypeVar("Question")
Reply = TypeVar("Reply")


class Batches(Generic[Question, Reply]):
    """Answers questions in batches, in a thread of its own; for one event loop.

    With many clients, each batch has many questions, and its costs are shared; with one client, a
    batch is its question.  A question is never in a batch that was begun before it came.
    """

    def __init__(self, answer_all: Callable[[Sequence[Question]], Sequence[Reply]]) -> None:
        """Answer with ``answer_all``, which gives a reply for each, in their order."""
        self._answer_all = answer_all
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="policy-batches")
        self._waiting: list[tuple[Question, asyncio.Future[Reply]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Reply:
        """Return the reply to a question."""
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, reply))
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

    async def _answer(self, batch: Sequence[tuple[Question, "asyncio.Future[Reply]"]]) -> None:
        loop = asyncio.get_running_loop()
        questions = [question for question, _ in batch]
        try:
            replies = await loop.run_in_executor(self._thread, self._answer_all, questions)
        except Exception as error:  # noqa: BLE001 - whoever asked meets it
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), reply in zip(batch, replies, strict=True):
            if not waiting.done():
                waiting.set_result(reply)
