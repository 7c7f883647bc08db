"""A client's connection, which knows until when the client must have brought or taken something."""

import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

from contactsgroups.serving.limits import PATIENCE, SLOWEST


class _Request(HTTPRequestParser):
    """Waitress' own, which answers 400 also where the target is no URL, as in ``GET http://[``."""

    path = ""  # Waitress logs it, also where nothing could be read.

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError(f"Bad request target: {error}") from error


class Connection(HTTPChannel):
    """Waitress' own, with a deadline for the client.

    A request must have come within :data:`PATIENCE` seconds of its first octet, and an answer must
    have left within as many of its end; each has a second more for every :data:`SLOWEST` octets.
    Between two octets there may be as many.  So no client keeps a connection by sending or
    reading octet by octet, however it spreads them.
    """

    parser_class = _Request
    patience = PATIENCE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._is_last = False
        self.was_used = False
        """Whether any octet has come."""
        self._has_begun = False
        self._begin()
        super().__init__(*args, **kwargs)

    @property
    def deadline(self) -> float:
        """When it is overdue if the client does nothing, as time.monotonic() counts."""
        return min(self._since + self._octets / SLOWEST, self._last) + self.patience

    @property
    def awaits_us(self) -> bool:
        """Whether the next step is the server's: a request is whole, and not answered yet.

        It is the client's if so much of the answer is not taken that a thread waits for it.
        """
        return bool(self.requests) and self.total_outbufs_len <= self.adj.outbuf_high_watermark

    @property
    def is_idle(self) -> bool:
        """Whether no request has begun, and all of every answer has left."""
        return self.request is None and not self.requests and not self.total_outbufs_len

    @property
    def unfinished(self) -> int:
        """Octets of a request that is not whole yet."""
        return 0 if self.request is None else self._octets

    def received(self, data: bytes) -> bool:
        self.was_used = True
        if not self._has_begun:
            # Until the next answer: empty lines may precede a request, and must not renew it.
            self._has_begun = True
            self._begin()
        self._count(len(data))
        return super().received(data)

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent = super().send(data, do_close)
        self._count(sent)
        return sent

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:
            self.request.close()  # Its body may be in a file.

    def handle_expt(self) -> None:
        """Hang up on urgent data: HTTP has none, and until it is read it would be reported anew."""
        self.handle_close()

    def announce_end(self) -> None:
        """Say with the next answer, too, that it is the last one (RFC 9112 section 9.6)."""
        self._is_last = True
        self._mark_last()

    def service(self) -> None:
        self._mark_last()
        super().service()
        self._has_begun = False
        self._begin()

    def _mark_last(self) -> None:
        if self._is_last and len(self.requests) == 1:
            # Waitress then answers as if the client had asked for it.
            self.requests[0].headers["CONNECTION"] = "close"  # type: ignore[index] # a dict

    def _begin(self) -> None:
        self._since = self._last = time.monotonic()
        self._octets = 0

    def _count(self, octets: int) -> None:
        if octets:
            self._octets += octets
            self._last = time.monotonic()
