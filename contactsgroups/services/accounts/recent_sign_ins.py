"""What a process remembers of sign-ins: who proved a password, which wrong ones come again."""

import threading
from collections import OrderedDict

from contactsgroups.domain.attempts import FROM_STRANGER, Tally

_REMEMBERED_LIMIT = 10_000


class ProvenConnections:
    """Connections on which the last password for an account was right.

    They are spared all limits: so whoever guesses behind the same address cannot stop a client that
    is signed in.  A single wrong password ends it, so nobody can guess through it.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, connection: tuple[str, ...]) -> bool:
        return connection in self._known

    def add(self, connection: tuple[str, ...]) -> None:
        """Note a right password."""
        with self._lock:
            self._known[connection] = None
            self._known.move_to_end(connection)
            if len(self._known) > _REMEMBERED_LIMIT:
                self._known.popitem(last=False)

    def discard(self, connection: tuple[str, ...]) -> None:
        """Note a wrong password."""
        with self._lock:
            self._known.pop(connection, None)


class Repeats:
    """How often one wrong password came again, to one account from one client.

    That is a device with an old password, which guesses nothing and must not use up the tries of
    others behind its address; so it has a limit of its own.  Each is named by the client and a
    fingerprint of account and password.
    """

    def __init__(self) -> None:
        self._tallies: OrderedDict[tuple[str, bytes], Tally] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, repeated: tuple[str, bytes]) -> bool:
        return repeated in self._tallies

    def note(self, repeated: tuple[str, bytes], now: float) -> None:
        """Note that it came, so that the next time is a repetition."""
        with self._lock:
            self._keep(repeated, self._tallies.get(repeated, Tally(1, now)))

    def count(self, repeated: tuple[str, bytes], now: float) -> float:
        """Count another time; return the seconds until it may come, 0 if it may now."""
        with self._lock:
            tally = self._tallies.get(repeated, Tally())
            wait = tally.wait(FROM_STRANGER, now)
            if not wait:
                self._keep(repeated, tally.plus(1, FROM_STRANGER, now))
            return wait

    def _keep(self, repeated: tuple[str, bytes], tally: Tally) -> None:
        self._tallies[repeated] = tally
        self._tallies.move_to_end(repeated)
        if len(self._tallies) > _REMEMBERED_LIMIT:
            self._tallies.popitem(last=False)
