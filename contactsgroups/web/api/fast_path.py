"""Answer completions before Flask, for requests with a bearer token.

A layer around the WSGI application.  It has no rule of its own: the answer and the check of the
token are those of the API, and every other case (no token, an invalid one, an error) it leaves to
Flask.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from contactsgroups.web.api.completions import Answer, answer
from contactsgroups.web.identity import bearer_of
from contactsgroups.web.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_STATUS_LINES = {
    status: f"{status.value} {status.phrase}" for status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
}


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
        start_response(_STATUS_LINES[found.status], found.headers)
        return [found.body]

    def _is_ours(self, environ: "WSGIEnvironment") -> bool:
        is_path = environ.get("PATH_INFO") == self._path
        return is_path and environ.get("REQUEST_METHOD") == "GET"

    def _answer(self, environ: "WSGIEnvironment") -> Answer | None:
        token = bearer_of(environ)
        if token is None:
            return None
        try:
            return answer(self._state, self._state.principals.of_token(token), environ)
        except Exception:  # noqa: BLE001 - Flask meets the same error, and answers and logs it.
            return None
