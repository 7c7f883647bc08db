"""Who has a copy of which message already, so that another try gives copies to the others only.

Postfix tries again when one of several pieces was refused, or when it has not heard our answer.
This is remembered as long as the process lives: after a restart in the midst of a message, some may
get a second copy, and nobody gets none.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection

_MAILBOXES_LIMIT = 200_000
"""So many are remembered, of the messages that came last."""


def identify(queue_id: str, content: bytes) -> bytes:
    """Return what tells a message in Postfix's queue from all others.

    The queue's name for it, which mail from sendmail(1) comes without (XFORWARD_README), and all
    that is in it: the topmost Received says the name and the time, unless it was taken out.
    """
    return hashlib.sha256(queue_id.encode() + b"\0" + content).digest()


class ServedMailboxes:
    """The mailboxes that have their copies, by message; for several threads."""

    def __init__(self, limit: int = _MAILBOXES_LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._served: OrderedDict[bytes, set[str]] = OrderedDict()
        self._count = 0

    def of(self, message: bytes) -> frozenset[str]:
        """Return who has a copy of a message."""
        with self._lock:
            return frozenset(self._served.get(message, ()))

    def add(self, message: bytes, mailboxes: Collection[str]) -> None:
        """Note that these have a copy."""
        with self._lock:
            served = self._served.setdefault(message, set())
            self._served.move_to_end(message)
            self._count += len(set(mailboxes) - served)
            served.update(mailboxes)
            while self._count > self._limit and len(self._served) > 1:
                _, forgotten = self._served.popitem(last=False)
                self._count -= len(forgotten)
