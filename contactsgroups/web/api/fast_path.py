"""Answer completions before Flask, for requests with a bearer token.

A layer around the WSGI application.  It has no rule of its own: the answer and the check of the
token are those of the API, and every other case (no token, an invalid one, an error) it leaves to
Flask.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from contactsgroups.web.api import cors
from contactsgroups.web.api.completions import Answer, answer
from contactsgroups.web.security import HEADERS
from contactsgroups.web.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BEARER = "Bearer "


class FastCompletions:
    """Wraps a WSGI application; only ``GET`` of ``path`` with a bearer token is answered here."""

    def __init__(self, application: "WSGIApplication", state: State, path: str) -> None:
        self._application = application
        self._state = state
        self._path = path

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer, or hand on to the application."""
        found = self._answer(environ) if self._is_ours(environ) else None
        if found is None:
            return self._application(environ, start_response)
        headers = [*found.headers, *HEADERS.items()]
        if found.status is HTTPStatus.OK:
            headers.append(("Content-Length", str(len(found.body))))
        headers += cors.headers_for(
            environ.get("HTTP_ORIGIN"), self._state.core.settings.cors_origins
        )
        start_response(f"{found.status.value} {found.status.phrase}", headers)
        return [found.body]

    def _is_ours(self, environ: "WSGIEnvironment") -> bool:
        is_path = environ.get("PATH_INFO") == self._path
        return is_path and environ.get("REQUEST_METHOD") == "GET"

    def _answer(self, environ: "WSGIEnvironment") -> Answer | None:
        token = environ.get("HTTP_AUTHORIZATION", "")
        if not token.startswith(_BEARER):
            return None
        try:
            principal = self._state.principals.of_token(token.removeprefix(_BEARER))
            arguments = _arguments(environ.get("QUERY_STRING", ""))
            known = environ.get("HTTP_IF_NONE_MATCH", "")
            return answer(self._state.core, self._state.rate, principal, arguments, known)
        except Exception:  # noqa: BLE001 - Flask meets the same error, and answers and logs it.
            return None


def _arguments(query: str) -> dict[str, str]:
    """Read a query string as Werkzeug does: the first of several values, odd octets kept."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="werkzeug.url_quote", max_num_fields=20)
    return dict(reversed(pairs))
