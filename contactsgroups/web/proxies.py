"""Requests as they were before they came to trusted reverse proxies, for the whole application.

A layer around the WSGI application.  It puts the client's address, the scheme, the host and the
path in front of the application where PEP 3333 wants them, and takes away the headers that told
them: so nothing inside can believe one that was forged.
"""

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from contactsgroups.domain.proxies import FORWARDING_HEADERS, Origin, origin_of, read_trusted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)


class BehindProxies:
    """Wraps a WSGI application.

    Args:
        trusted_proxies: the setting of this name.
    """

    def __init__(self, application: "WSGIApplication", trusted_proxies: str) -> None:
        self._application = application
        self._trusted = read_trusted(trusted_proxies)
        self._has_warned = False

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Hand on the request as it was sent."""
        origin = origin_of(environ, self._trusted)
        if not origin.by_proxy and "HTTP_X_FORWARDED_FOR" in environ:
            self._warn_once(origin)
        return self._application(_as_sent(environ, origin), start_response)

    def _warn_once(self, origin: Origin) -> None:
        """Say that all clients are one until the proxy is trusted; anybody can cause this."""
        if not self._has_warned:
            self._has_warned = True
            _log.warning(
                "X-Forwarded-For of %s is ignored; if this is a proxy of yours, name it in the "
                "setting trusted_proxies",
                origin.client or "a unix socket",
            )


def _port(environ: "WSGIEnvironment") -> str:
    """Return the port that the client has connected to (RFC 9110 section 4.2)."""
    port = re.search(r":([0-9]+)$", str(environ.get("HTTP_HOST", "")))
    if port is not None:
        return port[1]
    return "443" if environ["wsgi.url_scheme"] == "https" else "80"


def _as_sent(environ: "WSGIEnvironment", origin: Origin) -> "WSGIEnvironment":
    sent = {name: value for name, value in environ.items() if name not in FORWARDING_HEADERS}
    if not origin.by_proxy:
        return sent
    sent["REMOTE_ADDR"] = origin.client
    sent.pop("REMOTE_HOST", None)
    sent.pop("REMOTE_PORT", None)  # It is the proxy's.
    if origin.scheme is not None:
        sent["wsgi.url_scheme"] = origin.scheme
        sent.pop("HTTPS", None)  # A host's server may have said so of the proxy's connection.
    if origin.host is not None:
        sent["HTTP_HOST"] = origin.host
    sent["SERVER_PORT"] = _port(sent)
    if origin.prefix:
        prefix = origin.prefix.encode().decode("latin-1")  # Octets, as PEP 3333 has them.
        sent["SCRIPT_NAME"] = prefix + str(environ.get("SCRIPT_NAME", ""))
    return sent
