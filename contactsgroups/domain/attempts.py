"""How many wrong passwords are too many.

Three tallies are kept, because each alone could be evaded or abused: of an account from one client
(tight), of one client (its many accounts), and of one account (its many clients).  A failure is
forgotten with time, one after the other, so that a limit is a rate over a longer time.

No account is ever closed, or anybody could close it to its owner.  A client that has signed in to
the account before is familiar: for it only the first limit counts, and a wider one.
"""

import ipaddress
from dataclasses import dataclass, replace
from enum import StrEnum

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.proxies import read_address
from contactsgroups.domain.recipient import without_extension

FAMILIAR_SECONDS = 30 * 24 * 3600
"""How long a client stays familiar to an account that it has signed in to."""

GUARDED = 50
"""With so many failures an account is being guessed, and strangers have one wrong password each."""

GUARDED_SECONDS = 1800
"""How long a stranger waits for another try at an account that is being guessed."""


class Face(StrEnum):
    """Where a sign-in was tried."""

    PAGES = "pages"
    API = "api"
    CARDDAV = "carddav"


@dataclass(frozen=True, slots=True)
class Client:
    """Who tries to sign in.

    ``address`` is an IP address, or empty for a peer of a unix socket.  ``connection`` is a text
    that differs between clients of one address as far as can be told; empty says nothing.
    """

    face: Face
    address: str = ""
    connection: str = ""

    @property
    def key(self) -> str:
        """What counts as one client: an address, in IPv6 the network that one customer has."""
        address = read_address(self.address)
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, 64), strict=False))
        return "" if address is None else str(address)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many failures, each of which is forgotten after so many seconds."""

    most: int
    seconds: float


FROM_STRANGER = Limit(5, 60)
FROM_FAMILIAR = Limit(20, 60)
OF_CLIENT = Limit(30, 30)
OF_ACCOUNT = Limit(100, 5)


@dataclass(frozen=True, slots=True)
class Tally:
    """So many failures counted at a time, in seconds since the epoch."""

    failures: float = 0.0
    at: float = 0.0

    def left(self, limit: Limit, now: float) -> float:
        """Return how many of the failures are not forgotten yet; a clock set back forgets none."""
        return max(0.0, self.failures - max(0.0, now - self.at) / limit.seconds)

    def wait(self, limit: Limit, now: float) -> float:
        """Return the seconds until one more may fail."""
        return max(0.0, (self.left(limit, now) + 1 - limit.most) * limit.seconds)

    def plus(self, failures: int, limit: Limit, now: float) -> "Tally":
        """Return the tally with one more failure, or one less, within its limit."""
        changed = self.left(limit, now) + failures
        return Tally(min(max(changed, 0.0), float(limit.most)), now)


@dataclass(frozen=True, slots=True)
class Tallies:
    """What counts against one try: an account, a client, and both together.

    ``pair`` and ``account`` stay empty for a text that is no address.
    """

    pair: Tally = Tally()
    client: Tally = Tally()
    account: Tally = Tally()
    familiar: bool = False

    def wait(self, now: float) -> float:
        """Return the seconds until another password may be tried, 0 if it may be now."""
        if self.familiar:
            return self.pair.wait(FROM_FAMILIAR, now)
        waits = (
            self.pair.wait(FROM_STRANGER, now),
            self.client.wait(OF_CLIENT, now),
            self.account.wait(OF_ACCOUNT, now),
            self._guarded(now),
        )
        return max(waits)

    def counting(self, failures: int, now: float) -> "Tallies":
        """Return the tallies with one more failure, or with one taken back."""
        of_pair = FROM_FAMILIAR if self.familiar else FROM_STRANGER
        return replace(
            self,
            pair=self.pair.plus(failures, of_pair, now),
            client=self.client.plus(failures, OF_CLIENT, now),
            account=self.account.plus(failures, OF_ACCOUNT, now),
        )

    def _guarded(self, now: float) -> float:
        if self.account.left(OF_ACCOUNT, now) < GUARDED or self.pair.failures == 0:
            return 0.0
        return max(0.0, self.pair.at + GUARDED_SECONDS - now)


def account_of(address: str) -> str:
    """Return what stands for an account, however its address is spelled.

    An address with an extension stands for the one without it.  Empty: it is no address, and there
    is no password to be guessed.
    """
    try:
        parsed = Address.parse(address)
    except InvalidAddress:
        return ""
    return f"{without_extension(parsed.local_part) or parsed.local_part}@{parsed.domain}"
