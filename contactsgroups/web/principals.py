"""One-second cache of the principals of bearer tokens."""

import threading
import time
from collections import OrderedDict

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import Principal
from contactsgroups.services.accounts import tokens

_KEPT = 20_000
_SECONDS = 1.0


class Principals:
    """The last answer of the database for each token.

    It is queried again as soon as an ordered write has changed anything, so closing an account, a
    revocation and a rotation of keys take effect at once; and after a second, because tokens and
    keys expire.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._token_secret = core.settings.read_token_secret()
        self._former_secret = core.settings.former_token_secret
        self._known: OrderedDict[str, tuple[Principal, int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def of_token(self, token: str) -> Principal:
        """Return the principal of a bearer token.

        Raises:
            NotAuthenticated: it is not valid, or was revoked.
            Unavailable: the database does not answer.
        """
        seen, now = self._core.completions.changes_seen(), time.monotonic()
        known = self._known.get(token)
        if known is not None and known[1] == seen and now - known[2] < _SECONDS:
            return known[0]
        principal = tokens.verify_token(
            self._core.database, self._token_secret, token, former_secret=self._former_secret
        )
        with self._lock:
            self._known[token] = principal, seen, now
            self._known.move_to_end(token)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return principal
