"""Cache of the principals of bearer tokens."""

import threading
import time
from collections import OrderedDict

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import Principal
from contactsgroups.services.accounts import tokens
from contactsgroups.services.accounts.tokens import Grant

_KEPT = 20_000
_SECONDS = 1.0


class Principals:
    """The last answer of the database for each token.

    It is queried again as soon as an ordered write has changed anything, so closing an account, a
    revocation and a rotation of keys take effect at once, and after a second if they were done on
    another host; and when the token ends, or a key.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._token_secret = core.settings.read_token_secret()
        self._former_secret = core.settings.former_token_secret
        self._known: OrderedDict[str, tuple[Grant, int]] = OrderedDict()
        self._lock = threading.Lock()

    def of_token(self, token: str) -> Principal:
        """Return the principal of a bearer token.

        Raises:
            NotAuthenticated: it is not valid, or was revoked.
            Unavailable: the database does not answer.
        """
        seen = self._core.completions.changes_seen(within=_SECONDS)
        known = self._known.get(token)
        if known is not None and known[1] == seen and time.time() < known[0].until:
            return known[0].principal
        grant = tokens.verify_token(
            self._core.database, self._token_secret, token, former_secret=self._former_secret
        )
        with self._lock:
            self._known[token] = grant, seen
            self._known.move_to_end(token)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return grant.principal
