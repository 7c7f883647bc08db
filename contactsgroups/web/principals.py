"""One-second cache of authenticated principals."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import Principal
from contactsgroups.services.accounts import identity

T = TypeVar("T", bound=Principal | None)

_KEPT = 20_000
_SECONDS = 1.0


class Principals:
    """The last answer of the database for each token and each account.

    It is queried again as soon as anything in it has changed, so closing an account takes effect at
    once; and after a second, because tokens expire.
    """

    def __init__(self, core: Core, token_secret: str) -> None:
        self._core = core
        self._token_secret = token_secret
        self._known: OrderedDict[str, tuple[Principal | None, int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def of_token(self, token: str) -> Principal:
        """Return the principal of a bearer token.

        Raises:
            NotAuthenticated: it is not valid, or its account was removed.
            Unavailable: the database does not answer.
        """
        verify = identity.verify_token
        return self._remembered(
            f"token {token}", lambda: verify(self._core.database, self._token_secret, token)
        )

    def of_account(self, address: str) -> Principal | None:
        """Return the principal of an active account, or None.

        Raises:
            Unavailable: the database does not answer.
        """
        return self._remembered(
            f"account {address}", lambda: identity.find_principal(self._core.database, address)
        )

    def _remembered(self, key: str, find: Callable[[], T]) -> T:
        seen, now = self._core.completions.changes_seen(), time.monotonic()
        known = self._known.get(key)
        if known is not None and known[1] == seen and now - known[2] < _SECONDS:
            return known[0]  # type: ignore[return-value]  # What ``find`` of this key returned.
        principal = find()
        with self._lock:
            self._known[key] = principal, seen, now
            self._known.move_to_end(key)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return principal
