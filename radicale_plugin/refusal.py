"""A request that is refused, with a reason that programs understand (RFC 4918 section 16)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import NoReturn
from xml.sax.saxutils import escape

from radicale.types import WSGIResponse
from radicale.xmlutils import NAMESPACES


class Refusal(Exception):
    """The request asks for what this server does not do, or for too much at once.

    Args:
        status: a 4xx status, or 507.
        reason: a sentence for people.
        precondition: what was not met, such as ``CR:max-resource-size``.
        headers: further headers of the answer.
    """

    def __init__(
        self,
        status: HTTPStatus,
        reason: str,
        precondition: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.status = status
        self._precondition = precondition
        self._headers = headers or {}

    def answer(self) -> WSGIResponse:
        """Return the answer as Radicale's methods do."""
        if not self._precondition:
            headers = {"Content-Type": "text/plain", **self._headers}
            return self.status, headers, f"{self}\n", None
        prefix = self._precondition.partition(":")[0]
        body = (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<D:error xmlns:D="DAV:" xmlns:{prefix}="{NAMESPACES[prefix]}">'
            f"<{self._precondition}/>"
            f"<D:responsedescription>{escape(str(self))}</D:responsedescription></D:error>\n"
        )
        if prefix == "D":
            body = body.replace(' xmlns:D="DAV:"', "", 1)
        headers = {"Content-Type": "text/xml; charset=utf-8", **self._headers}
        return self.status, headers, body.encode(), None


Refuse = Callable[[Refusal], NoReturn]
"""Raises what becomes the answer where the storage is used."""


def bad_request(reason: str) -> Refusal:
    """Return the refusal of a request that is malformed."""
    return Refusal(HTTPStatus.BAD_REQUEST, reason)


def forbidden(reason: str, precondition: str) -> Refusal:
    """Return the refusal of what is not done here, such as more than one of the limits."""
    return Refusal(HTTPStatus.FORBIDDEN, reason, precondition)


def too_large(reason: str) -> Refusal:
    """Return the refusal of a body that is too large to be read."""
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason, "CR:max-resource-size")
