"""What Radicale's own application is taught, where no application of ours stands around it.

A plugin is asked late, and only for what it stores: it cannot say why it refuses, and learns a name
when that was misread already.  So the methods of Radicale's application are wrapped, once in a
process.
"""

import functools
from collections.abc import Callable
from typing import Any

from radicale import log
from radicale.app import REQUEST_METHODS, Application
from radicale.types import WSGIEnviron, WSGIResponse

from contactsgroups.domain.errors import InvalidInput
from radicale_plugin.environ import with_normalised_principal, with_target
from radicale_plugin.errors import explain
from radicale_plugin.refusal import Refusal, bad_request

_Method = Callable[..., WSGIResponse]
_NAMING = frozenset({"MKCALENDAR", "MKCOL", "PUT"})
# What Radicale's server makes of octets that are no UTF-8.
_NO_TEXT = "\N{REPLACEMENT CHARACTER}"


def teach_application() -> None:
    """Let Radicale's application take names and answer refusals as ours does."""
    for name in REQUEST_METHODS:
        method = getattr(Application, f"do_{name}")
        if not hasattr(method, "__wrapped__"):
            setattr(Application, f"do_{name}", _taught(name, method))


def _taught(name: str, method: _Method) -> _Method:
    @functools.wraps(method)
    def answer(
        self: Application, environ: WSGIEnviron, base_prefix: str, path: str, *args: Any
    ) -> WSGIResponse:
        try:
            if name in _NAMING and _NO_TEXT in path:
                raise bad_request("a name is UTF-8")
            environ = with_target(environ, base_prefix)
            return method(self, environ, base_prefix, with_normalised_principal(path), *args)
        except Refusal as refusal:
            log.logger.warning("Refused %s: %s", name, refusal)
            return refusal.answer()
        except InvalidInput as error:
            log.logger.warning("Refused %s: %s", name, error)
            return (*explain(error), None)

    return answer
