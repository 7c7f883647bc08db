"""The forms of a request's target that are no path, answered before an application sees them."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_METHODS = (
    "DELETE, GET, HEAD, MKCALENDAR, MKCOL, MOVE, OPTIONS, PATCH, POST, PROPFIND, PROPPATCH, PUT, "
    "REPORT"
)


class Targets:
    """Lets requests for a path through to an application (RFC 9112 section 3.2).

    ``OPTIONS *`` asks for the server as a whole (RFC 9110 section 9.3.7), and CONNECT is for
    proxies (section 9.3.6).
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if method == "CONNECT":
            return _refuse(start_response, HTTPStatus.NOT_IMPLEMENTED, "This is no proxy.")
        if path == "*" and method == "OPTIONS":
            start_response("204 No Content", [("Allow", _METHODS)])
            return []
        if path and not path.startswith("/"):
            return _refuse(
                start_response,
                HTTPStatus.BAD_REQUEST,
                "The target of a request begins with a slash; * is for OPTIONS.",
            )
        # http://mail.example.org without a slash at its end, as RFC 9112 section 3.2.2 has it.
        return self._application({**environ, "PATH_INFO": path or "/"}, start_response)


def _refuse(start_response: "StartResponse", status: HTTPStatus, text: str) -> list[bytes]:
    body = f"{text}\n".encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response(f"{status:d} {status.phrase}", headers)
    return [body]
