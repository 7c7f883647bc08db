"""The open connections of the policy service, and which one makes room for a new one.

Postfix asks as soon as it has connected, and asks again.  So the first to go is who has asked
nothing, then who has been silent for longest among the connections of the user that has the most.
"""

import asyncio
import resource
import socket
import struct
import time
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

CONNECTION_LIMIT = 500
STRANGER_SECONDS = 0.1  # So long a new client may take until it asks.
_MANY_STRANGERS = 5
# The rest of the process needs descriptors too: the web server, the database, the index.
_SHARE_OF_DESCRIPTORS = 4


@dataclass(eq=False, slots=True)
class Connection:
    """One client's connection.

    ``peer`` is the client's user, or its host; ``requests`` counts what it asked.  While
    ``is_waiting``, it is the service's turn to read from it or to answer; else it is silent since
    ``silent_since``, in seconds of the monotonic clock.  ``is_ending``: it may ask no more.
    """

    socket: socket.socket
    peer: Hashable
    task: "asyncio.Task[None] | None" = None
    requests: int = 0
    is_waiting: bool = True
    silent_since: float = field(default_factory=time.monotonic)
    is_ending: bool = False

    def ask(self) -> None:
        """Note that a whole request came in."""
        self.requests += 1
        self.is_waiting = True

    def rest(self) -> None:
        """Note that it is the client's turn."""
        self.is_waiting = False
        self.silent_since = time.monotonic()

    def end(self) -> None:
        """Let the client have the answer that it waits for, and hang up."""
        self.is_ending = True
        if not self.is_waiting or not self.requests:
            self.hang_up()

    def hang_up(self) -> None:
        """End the connection, whatever it waits for."""
        if self.task is not None:
            self.task.cancel()


def choose_victim(connections: "set[Connection]", now: float) -> Connection | None:
    """Return the connection to be closed in favour of a new one; None if all must be heard first.

    Where nobody is silent, the one that has asked most often has to go: it has had its answers.
    """
    silent = {each for each in connections if not each.is_waiting}
    strangers = {each for each in silent if not each.requests}
    if _are_idle(strangers, now):
        return _silent_for_longest(strangers)
    if silent - strangers:
        return _silent_for_longest(_of_the_largest_peer(silent - strangers))
    if answered := {each for each in connections if each.requests > 1}:
        return max(_of_the_largest_peer(answered), key=lambda each: each.requests)
    return _silent_for_longest(strangers) if strangers else None


def _are_idle(strangers: "set[Connection]", now: float) -> bool:
    """Whether one of them had time enough to ask, or they are too many to be Postfix alone."""
    return len(strangers) >= _MANY_STRANGERS or any(
        now - each.silent_since >= STRANGER_SECONDS for each in strangers
    )


def _silent_for_longest(connections: "set[Connection]") -> Connection:
    return min(connections, key=lambda each: each.silent_since)


def _of_the_largest_peer(connections: "set[Connection]") -> "set[Connection]":
    (peer, _count), *_ = Counter(each.peer for each in connections).most_common(1)
    return {each for each in connections if each.peer == peer}


def find_limit() -> int:
    """Return how many connections may be open, so that the process keeps descriptors to work."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return CONNECTION_LIMIT
    return max(1, min(CONNECTION_LIMIT, allowed // _SHARE_OF_DESCRIPTORS))


def identify_peer(client: socket.socket) -> Hashable:
    """Return who connected: the user's id, or the host where there are no users to see."""
    try:
        if client.family != socket.AF_UNIX:
            return str(client.getpeername()[0])
        option = socket.SO_PEERCRED  # Linux: process, user, group.
        credentials = client.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i"))
    except OSError:  # It has left already.
        return None
    return int(struct.unpack("3i", credentials)[1])
