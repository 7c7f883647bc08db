"""Signing in with the address and password of an account."""

import logging
import threading

from radicale import log
from radicale.auth import BaseAuth
from radicale.config import Configuration
from radicale.types import WSGIEnviron

from contactsgroups.bootstrap import Core
from contactsgroups.domain.attempts import Client, Face
from contactsgroups.domain.errors import NotAuthenticated, TooManyAttempts
from contactsgroups.services.accounts.sign_in_log import log_failure
from radicale_plugin.options import core_of, extend


class Auth(BaseAuth):
    """Checks passwords where the rest of the product does, within the same limits.

    Radicale's user is the normalised address, however it was typed: so there is one principal for
    ``ADA@Example.org`` and ``ada@example.org``.  Right passwords are remembered
    by the core; Radicale's ``cache_logins`` does nothing for plugins.
    """

    def __init__(self, configuration: Configuration, core: Core | None = None) -> None:
        super().__init__(configuration)
        self._is_mounted = core is not None
        self._core = core or core_of(extend(configuration))
        log.logger.addFilter(_keep_to_one_line)

    def get_external_login(self, environ: WSGIEnviron) -> tuple[()]:
        """Note who sends the request; the login is in it, as usual."""
        _request.client = self._core.sign_in.client_of(environ, Face.CARDDAV)
        return ()

    def _login(self, login: str, password: str) -> str:
        """Return the account's normalised address, or nothing if address or password is wrong.

        Raises:
            TooManyAttempts: in the product; Radicale's own program can only say that it is wrong.
            SignInBusy: too many passwords are being checked.
            Unavailable: the database does not answer; Radicale makes that an error, not a refusal.
        """
        try:
            return str(self._core.sign_in.authenticate(login, password, _request.client).address)
        except NotAuthenticated:
            return ""
        except TooManyAttempts:
            if self._is_mounted:
                raise
            return ""

    def _sleep_for_constant_exec_time(self, time_ns_begin: int) -> None:
        """Do not sleep: checking takes the same time for every account, and threads are few."""


class _Request(threading.local):
    """The request that a thread is answering."""

    client = Client(Face.CARDDAV)


_request = _Request()


def _keep_to_one_line(record: logging.LogRecord) -> bool:
    """Drop Radicale's own line on a failed sign-in, which follows ours and has settings in it.

    Where Radicale has refused a user name without asking us, there is none yet to follow.
    """
    if not str(record.msg).startswith("Failed login attempt"):
        return True
    if isinstance(record.args, tuple) and len(record.args) == 3:
        _, login, reason = record.args
        if str(reason).startswith("not compliant to"):
            log_failure(_request.client, str(login))
    return False
