"""Radicale as a WSGI application, to be mounted beside the rest of the product."""

import functools
import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import radicale.app
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from radicale import config, httputils, log
from radicale.app import REQUEST_METHODS
from radicale.types import WSGIEnviron, WSGIResponse

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import (
    ContactsGroupsError,
    InvalidInput,
    SignInBusy,
    TooManyAttempts,
    with_detail,
)
from radicale_plugin import limits
from radicale_plugin.auth import Auth
from radicale_plugin.bodies import Bodies
from radicale_plugin.environ import decode_paths, with_known_length
from radicale_plugin.errors import explain
from radicale_plugin.headers import check_head, with_charset
from radicale_plugin.refusal import Refusal
from radicale_plugin.rights import Rights
from radicale_plugin.storage import Storage

# Radicale takes any of these for a sign of a reverse proxy.
_PROXY_HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SERVER",
)
_OWN_BOOKS = {"contacts": {"D:displayname": "Contacts", "tag": "VADDRESSBOOK"}}

# Radicale's status is for gateways; whoever watches one takes that for an outage.
_ELSEWHERE = Refusal(HTTPStatus.FORBIDDEN, "cards move within this server only").answer()

# Radicale has a page at the second; without one it says that it works.
_ROOT = frozenset({"/", "/.web", "/.web/"})
_GREETING = """\
This is the address for address-book programs (CardDAV); a browser shows nothing here.

Give your program

    address:    {url}
    user name:  your mail address
    password:   that of your mailbox

and it finds your own address books and the one of the mail groups.
"""

_Response = tuple[str, list[tuple[str, str]], Iterable[bytes]]


def create_application(core: Core) -> "Application":
    """Return the CardDAV server for this core, to be mounted at any path.

    Where it is mounted it learns from ``SCRIPT_NAME`` (PEP 3333).  It has no web pages.  Each
    principal starts with one address book of their own.
    """
    configuration = config.load()
    configuration.update(_options(core), "contactsgroups", privileged=True)
    log.logger.addFilter(log.REMOVE_TRACEBACK_FILTER)
    return Application(configuration, calendars=core.settings.carddav_calendars)


class Application(radicale.app.Application):
    """Radicale, with bounded requests, and the core's errors answered by their own statuses.

    Args:
        configuration: Radicale's.
        calendars: whether calendars are stored.
    """

    _storage: Storage

    def __init__(self, configuration: config.Configuration, *, calendars: bool) -> None:
        super().__init__(configuration)
        self._calendars = calendars
        self._methods = [each for each in REQUEST_METHODS if calendars or each != "MKCALENDAR"]
        bodies = Bodies(
            configuration, calendars=calendars, check_listing=self._storage.check_listing
        )
        for name in REQUEST_METHODS:
            checked = with_known_length(bodies.checked(name, getattr(self, f"do_{name}")))
            checked = _with_charset_of_body(checked)
            setattr(self, f"do_{name}", _answering_errors(checked))

    def do_MKCALENDAR(self, *args: Any) -> WSGIResponse:  # noqa: N802 - Radicale names it so.
        """Make a calendar, where calendars are stored (RFC 4791 section 5.3.1)."""
        if not self._calendars:
            return httputils.METHOD_NOT_ALLOWED
        return super().do_MKCALENDAR(*args)

    def do_GET(  # noqa: N802 - Radicale names it so.
        self, environ: WSGIEnviron, base_prefix: str, path: str, *args: Any
    ) -> WSGIResponse:
        """Answer a browser that comes to the address which is for other programs."""
        if path in _ROOT:
            return HTTPStatus.OK, {"Content-Type": "text/plain"}, _greet(environ, base_prefix), None
        return super().do_GET(environ, base_prefix, path, *args)

    def _handle_request(self, environ: WSGIEnviron) -> _Response:
        """Answer a request; errors that do not come from its method come from signing in."""
        try:
            whole = _with_whole_path(decode_paths(check_head(environ)))
            return self._completed(super()._handle_request(whole))
        except Refusal as refusal:
            log.logger.warning("Refused a request: %s", refusal)
            return _encoded(*refusal.answer()[:3])
        except InvalidInput as error:
            log.logger.warning("Refused a request: %s", error)
            return _respond(error)
        except (TooManyAttempts, SignInBusy) as error:
            return _respond(error)
        except ContactsGroupsError as error:
            log.logger.error("sign-in fails for every client: %s", with_detail(error))
            return _respond(error)

    def _completed(self, response: _Response) -> _Response:
        """Return an answer of Radicale's that names URLs, methods and abilities as they are."""
        status, headers, body = response
        named = dict(headers)
        if "Location" in named:  # Radicale names the path as it is.
            named["Location"] = quote(named["Location"])
        if "Allow" in named or status.startswith(f"{HTTPStatus.METHOD_NOT_ALLOWED:d} "):
            named["Allow"] = ", ".join(self._methods)  # RFC 9110 section 15.5.6
        if "DAV" in named and not self._calendars:
            named["DAV"] = named["DAV"].replace(" calendar-access,", "")
        return status, list(named.items()), body


def _with_charset_of_body(method: Callable[..., WSGIResponse]) -> Callable[..., WSGIResponse]:
    """Let a method know the character set of its body, which signing in must not."""

    @functools.wraps(method)
    def answer(environ: WSGIEnviron, *args: Any) -> WSGIResponse:
        return method(with_charset(environ), *args)

    return answer


def _options(core: Core) -> dict[str, dict[str, Any]]:
    return {
        "auth": {
            "type": functools.partial(Auth, core=core),
            "realm": "Address books",
            # The delay would hold a thread at every first request of a client, which comes without
            # a password, and at every sync token that has expired.
            "delay": "0",
        },
        "rights": {"type": Rights},
        "storage": {
            "type": functools.partial(
                Storage,
                core=core,
                is_mounted=True,
                has_calendars=core.settings.carddav_calendars,
            ),
            "predefined_collections": json.dumps(_OWN_BOOKS),
        },
        "web": {"type": "none"},
        "server": {
            "delay_on_error": "0",
            # Addresses may contain what Radicale would refuse by default, as in o'neil@example.org.
            "validate_user_value": "none",
            "validate_path_value": "none",
            # Without this, Radicale leaves it to the WSGI server to refuse huge requests.
            "_internal_server": "True",
            "max_content_length": str(limits.BODY),
            # A card is written with more folds than it came with.
            "max_resource_size": str(2 * limits.CARD),
        },
    }


def _with_whole_path(environ: WSGIEnviron) -> WSGIEnviron:
    """Take the mount path from ``SCRIPT_NAME`` alone.

    Behind a proxy, Radicale cuts the mount path off of every path that begins with it, although
    PEP 3333 has that done already: mounted at ``/dav``, it would take dave@ for e@.  So a proxy's
    request gets a path that has something to cut off.
    """
    own = {name: value for name, value in environ.items() if name != "HTTP_X_SCRIPT_NAME"}
    if any(own.get(name) for name in _PROXY_HEADERS):
        own["PATH_INFO"] = own.get("SCRIPT_NAME", "").rstrip("/") + own.get("PATH_INFO", "")
    return own


def _greet(environ: WSGIEnviron, mount: str) -> str:
    """Return what a program must be given, with the address that this request came to."""
    host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
    return _GREETING.format(url=f"{environ['wsgi.url_scheme']}://{host}{quote(mount)}/")


def _respond(error: ContactsGroupsError) -> _Response:
    return _encoded(*explain(error))


def _encoded(status: Any, headers: Any, content: Any) -> _Response:
    """Return an answer as WSGI has it; outside of a method, Radicale does not do that."""
    body = content if isinstance(content, bytes) else content.encode()
    named = {**dict(headers), "Content-Length": str(len(body))}
    return f"{status:d} {status.phrase}", list(named.items()), [body]


def _answering_errors(method: Callable[..., WSGIResponse]) -> Callable[..., WSGIResponse]:
    @functools.wraps(method)
    def answer(*args: Any, **kwargs: Any) -> WSGIResponse:
        try:
            response = method(*args, **kwargs)
            return _ELSEWHERE if response == httputils.REMOTE_DESTINATION else response
        except Refusal as refusal:
            log.logger.warning("Refused %s: %s", method.__name__.removeprefix("do_"), refusal)
            return refusal.answer()
        except ContactsGroupsError as error:
            log.logger.error("%s: %s", method.__name__.removeprefix("do_"), with_detail(error))
            return (*explain(error), None)
        except DefusedXmlException as error:
            log.logger.warning("Refused the XML of a request: %s", error)
            return httputils.BAD_REQUEST

    return answer
