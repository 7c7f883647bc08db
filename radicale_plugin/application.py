"""Radicale as a WSGI application, to be mounted beside the rest of the product."""

import functools
import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import radicale.app
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from radicale import config, httputils, log
from radicale.types import WSGIEnviron, WSGIResponse

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import (
    ContactsGroupsError,
    InvalidInput,
    SignInBusy,
    TooManyAttempts,
    with_detail,
)
from radicale_plugin.auth import Auth
from radicale_plugin.environ import BODY_LIMIT, decode_paths, with_known_length
from radicale_plugin.errors import explain
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

_Response = tuple[str, list[tuple[str, str]], Iterable[bytes]]


def create_application(core: Core) -> "Application":
    """Return the CardDAV server for this core, to be mounted at any path.

    Where it is mounted it learns from ``SCRIPT_NAME`` (PEP 3333).  It has no web pages.  Each
    principal starts with one address book of their own.
    """
    configuration = config.load()
    configuration.update(_options(core), "contactsgroups", privileged=True)
    log.logger.addFilter(log.REMOVE_TRACEBACK_FILTER)
    return Application(configuration)


class Application(radicale.app.Application):
    """Radicale, with the core's errors answered by their own statuses instead of 500."""

    def __init__(self, configuration: config.Configuration) -> None:
        super().__init__(configuration)
        for method in radicale.app.REQUEST_METHODS:
            name = f"do_{method}"
            setattr(self, name, _answering_errors(with_known_length(getattr(self, name))))

    def _handle_request(self, environ: WSGIEnviron) -> _Response:
        """Answer a request; errors that do not come from its method come from signing in."""
        try:
            whole = _with_whole_path(decode_paths(environ))
            return _with_quoted_location(super()._handle_request(whole))
        except InvalidInput as error:
            log.logger.warning("Refused a request: %s", error)
            return _respond(error)
        except (TooManyAttempts, SignInBusy) as error:
            return _respond(error)
        except ContactsGroupsError as error:
            log.logger.error("sign-in fails for every client: %s", with_detail(error))
            return _respond(error)


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
            "type": functools.partial(Storage, core=core),
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
            "max_content_length": str(BODY_LIMIT),
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


def _with_quoted_location(response: _Response) -> _Response:
    """Let a redirection name its target as a URL; Radicale names the path as it is."""
    status, headers, body = response
    return status, [(each, quote(to) if each == "Location" else to) for each, to in headers], body


def _respond(error: ContactsGroupsError) -> _Response:
    status, headers, text = explain(error)
    body = text.encode()
    headers["Content-Length"] = str(len(body))
    return f"{status:d} {status.phrase}", list(headers.items()), [body]


def _answering_errors(method: Callable[..., WSGIResponse]) -> Callable[..., WSGIResponse]:
    @functools.wraps(method)
    def answer(*args: Any, **kwargs: Any) -> WSGIResponse:
        try:
            return method(*args, **kwargs)
        except ContactsGroupsError as error:
            log.logger.error("%s: %s", method.__name__.removeprefix("do_"), with_detail(error))
            return (*explain(error), None)
        except DefusedXmlException as error:
            log.logger.warning("Refused the XML of a request: %s", error)
            return httputils.BAD_REQUEST

    return answer
