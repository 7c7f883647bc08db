"""What Radicale's own application is taught, where no application of ours stands around it.

A plugin is asked late, and only for what it stores: it cannot say why it refuses, and learns a name
when that was misread already.  So the methods of Radicale's application are wrapped, once in a
process.
"""

import functools
import io
from collections.abc import Callable
from typing import Any

from radicale import log
from radicale.app import REQUEST_METHODS, Application
from radicale.types import WSGIEnviron, WSGIResponse

from contactsgroups.domain.errors import InvalidInput
from radicale_plugin.calendar_texts import CALENDAR
from radicale_plugin.card_bodies import name_to_store, read_octets, with_cards
from radicale_plugin.card_faults import explained
from radicale_plugin.environ import with_normalised_principal, with_target
from radicale_plugin.errors import explain
from radicale_plugin.headers import hide_charset, with_charset
from radicale_plugin.refusal import Refusal, bad_request

_Method = Callable[..., WSGIResponse]
_NAMING = frozenset({"MKCALENDAR", "MKCOL", "PUT"})
# What Radicale's server makes of octets that are no UTF-8.
_NO_TEXT = "\N{REPLACEMENT CHARACTER}"


def teach_application() -> None:
    """Let Radicale's application take names and answer refusals as ours does."""
    _teach_signing_in()
    for name in REQUEST_METHODS:
        method = getattr(Application, f"do_{name}")
        if not hasattr(method, "__wrapped__"):
            setattr(Application, f"do_{name}", _taught(name, method))


def _teach_signing_in() -> None:
    """Hide the character set of the body while name and password are read."""
    handle = Application._handle_request

    @functools.wraps(handle)
    def answer(self: Application, environ: WSGIEnviron) -> Any:
        return handle(self, hide_charset(environ) if type(self) is Application else environ)

    if not hasattr(handle, "__wrapped__"):
        setattr(Application, "_handle_request", answer)  # noqa: B010 - mypy forbids the other way


def _taught(name: str, method: _Method) -> _Method:
    @functools.wraps(method)
    def answer(
        self: Application,
        environ: WSGIEnviron,
        base_prefix: str,
        path: str,
        user: str,
        *args: Any,
    ) -> WSGIResponse:
        if type(self) is not Application:  # Ours has done all of it.
            return method(self, environ, base_prefix, path, user, *args)
        try:
            if name in _NAMING and _NO_TEXT in path:
                raise bad_request("a name is UTF-8")
            environ = with_target(with_charset(environ), base_prefix)
            path = with_normalised_principal(path)
            cards: str | None = None
            if user and name == "PUT":
                environ, cards = _with_cards(self, environ)
            response = method(self, environ, base_prefix, path, user, *args)
            return explained(response, name_to_store(environ, path), cards)
        except Refusal as refusal:
            log.logger.warning("Refused %s: %s", name, refusal)
            return refusal.answer()
        except InvalidInput as error:
            log.logger.warning("Refused %s: %s", name, error)
            return (*explain(error), None)

    return answer


def _with_cards(application: Application, environ: WSGIEnviron) -> tuple[WSGIEnviron, str | None]:
    """Return the request with its cards as they can be stored; None for a calendar."""
    octets = read_octets(application.configuration, environ)
    if CALENDAR.match(octets.decode("latin-1")):
        return {**environ, "wsgi.input": io.BytesIO(octets)}, None
    return with_cards(environ, octets)
