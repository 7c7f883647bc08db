"""What a client sends with a request, checked before Radicale works on it."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from radicale import httputils
from radicale.config import Configuration
from radicale.types import WSGIEnviron, WSGIResponse

from radicale_plugin import limits
from radicale_plugin.calendar_texts import CALENDAR, check_calendar
from radicale_plugin.card_bodies import name_to_store, read_octets, with_cards, with_text
from radicale_plugin.card_faults import explained
from radicale_plugin.card_texts import not_a_card
from radicale_plugin.environ import with_normalised_home
from radicale_plugin.processor_time import OutOfTime, limited
from radicale_plugin.refusal import Refusal, bad_request, forbidden
from radicale_plugin.xml_bodies import Body, check_report, read_body, with_hrefs

Method = Callable[..., WSGIResponse]

_WITH_XML = frozenset({"MKCALENDAR", "MKCOL", "PROPFIND", "PROPPATCH", "REPORT"})
# RFC 5689 section 3.5
_NO_SUCH_TYPE = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<D:mkcol-response xmlns:D="DAV:"><D:propstat><D:prop><D:resourcetype/></D:prop>'
    "<D:status>HTTP/1.1 403 Forbidden</D:status><D:error><D:valid-resourcetype/></D:error>"
    "<D:responsedescription>this server stores address books only</D:responsedescription>"
    "</D:propstat></D:mkcol-response>\n"
)


class Bodies:
    """Checks the bodies of requests.

    Args:
        configuration: Radicale's.
        calendars: whether calendars are stored.
        check_listing: called with the path of a PROPFIND of depth 1 and how many properties it
            wants of each thing there; raises a refusal if that is too much.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        calendars: bool,
        check_listing: Callable[[str, int], None],
    ) -> None:
        self._configuration = configuration
        self._calendars = calendars
        self._check_listing = check_listing

    def checked(self, name: str, method: Method) -> Method:
        """Let a method of Radicale's application see bodies that are fit to be read.

        Whoever has not signed in has nothing to send, so their bodies are not read.
        """

        @functools.wraps(method)
        def answer(
            environ: WSGIEnviron, base_prefix: str, path: str, user: str, *args: Any
        ) -> WSGIResponse:
            cards: str | None = None
            if user and name in _WITH_XML:
                environ, text = self._read(environ)
                body = read_body(text.encode())
                self._check_xml(name, body)
                if name == "PROPFIND":
                    self._check_propfind(environ.get("HTTP_DEPTH", "0").lower(), path, user, body)
                text = with_hrefs(text, lambda href: with_normalised_home(href, base_prefix))
                environ = with_text(environ, text)
                is_calendar = body.is_calendar_report
            elif user and name == "PUT":
                environ, cards = self._read_put(environ)
                is_calendar = cards is None
            else:
                is_calendar = "freebusy" in environ.get("QUERY_STRING", "")
            if is_calendar:
                return _in_time(method, environ, base_prefix, path, user, *args)
            response = method(environ, base_prefix, path, user, *args)
            return explained(response, name_to_store(environ, path), cards)

        return answer

    def _read(self, environ: WSGIEnviron) -> tuple[WSGIEnviron, str]:
        """Return the request with its body in UTF-8, and that text.

        Raises:
            Refusal: it ends too soon, or does not come.
        """
        octets = read_octets(self._configuration, environ)
        text = httputils.decode_request(self._configuration, environ, octets)
        return with_text(environ, text), text

    def _read_put(self, environ: WSGIEnviron) -> tuple[WSGIEnviron, str | None]:
        """Return the request with its cards as they can be stored; None for a calendar.

        Raises:
            Refusal: there is too much of something, or something else than cards.
        """
        octets = read_octets(self._configuration, environ)
        text = httputils.decode_request(self._configuration, environ, octets)
        media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if self._calendars and CALENDAR.match(text):
            check_calendar(text)
            return with_text(environ, text), None
        if not self._calendars and media_type == "text/calendar":
            raise not_a_card()
        return with_cards(environ, octets)

    def _check_xml(self, name: str, body: Body) -> None:
        if name == "REPORT":
            check_report(body, calendars=self._calendars)
        elif name == "PROPPATCH" and body.names_type:
            # Radicale would make a folder of a book that nobody can open again (RFC 3253 3.12.1).
            reason = "the type of a collection cannot be changed"
            raise forbidden(reason, "D:cannot-modify-protected-property")
        elif body.makes_calendar and not self._calendars:
            raise NoSuchType

    def _check_propfind(self, depth: str, path: str, user: str, body: Body) -> None:
        if depth == "infinity":
            raise forbidden("a listing is one level deep at most", "D:propfind-finite-depth")
        if body.root and not body.asks:
            raise bad_request("PROPFIND says which properties it wants, or sends no body")
        if depth == "1" and path.startswith(f"/{user}/"):
            self._check_listing(path, body.properties)


class NoSuchType(Refusal):
    """A collection was to be made of a type that is not stored here."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, "this server stores address books only")

    def answer(self) -> WSGIResponse:
        """Return the answer of an extended MKCOL that failed."""
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        return self.status, headers, _NO_SUCH_TYPE.encode(), None


def _in_time(method: Method, *args: Any) -> WSGIResponse:
    try:
        with limited(limits.CALENDAR_SECONDS):
            return method(*args)
    except OutOfTime:
        reason = f"this takes more than {limits.CALENDAR_SECONDS} s"
        raise forbidden(reason, "D:number-of-matches-within-limits") from None
