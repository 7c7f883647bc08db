"""Lets a number of requests at a time through to an application, so that it leaves threads free."""

import threading
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_RETRY_AFTER = "5"  # seconds
_TEXT = b"The server is busy; please try again in a few seconds.\n"


class Gate:
    """Answers 503 with Retry-After (RFC 9110 section 10.2.3) while all places are taken.

    A request has its place until its answer is closed: an answer may be made while it is sent.
    """

    def __init__(self, application: "WSGIApplication", places: int) -> None:
        self._application = application
        self._places = threading.BoundedSemaphore(places)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not self._places.acquire(blocking=False):
            return _refuse(start_response)
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._places.release()
            raise
        return _Answer(answer, self._places.release)


class _Answer:
    """An answer that gives its place back when it is closed (PEP 3333), and only once."""

    def __init__(self, answer: Iterable[bytes], release: Callable[[], None]) -> None:
        self._answer = answer
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        release, self._release = self._release, None
        try:
            if close := getattr(self._answer, "close", None):
                close()
        finally:
            if release is not None:
                release()


def _refuse(start_response: "StartResponse") -> list[bytes]:
    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = [
        ("Content-Type", "text/plain"),
        ("Content-Length", str(len(_TEXT))),
        ("Retry-After", _RETRY_AFTER),
    ]
    start_response(f"{status:d} {status.phrase}", headers)
    return [_TEXT]
