"""Signing in with the address and password of an account."""

from radicale.auth import BaseAuth
from radicale.config import Configuration

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import NotAuthenticated
from contactsgroups.services.accounts.identity import authenticate
from radicale_plugin.options import core_of, extend


class Auth(BaseAuth):
    """Checks passwords where the rest of the product does.

    Radicale's user is the normalised address, however it was typed: so there is one principal for
    ``ADA@Example.org`` and ``ada@example.org``.  Right passwords are remembered
    by the core; Radicale's ``cache_logins`` does nothing for plugins.
    """

    def __init__(self, configuration: Configuration, core: Core | None = None) -> None:
        super().__init__(configuration)
        self._database = (core or core_of(extend(configuration))).database

    def _login(self, login: str, password: str) -> str:
        """Return the account's normalised address, or nothing if address or password is wrong.

        Raises:
            Unavailable: the database does not answer; Radicale makes that an error, not a refusal.
        """
        try:
            return str(authenticate(self._database, login, password).address)
        except NotAuthenticated:
            return ""

    def _sleep_for_constant_exec_time(self, time_ns_begin: int) -> None:
        """Do not sleep: checking takes the same time for every account, and threads are few."""
