"""Whom a request comes from and what it was sent to, where reverse proxies stand in between.

Proxies note in headers what they have seen, and anybody may send such headers.  So a header counts
as far as it was written by proxies that the operator trusts: from the last entry to the first, each
of which names the peer of the one who wrote it.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

UNIX = "unix"
"""In the setting, stands for peers of a unix socket, which have no address."""

FORWARDING_HEADERS = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SERVER",
    "HTTP_X_REAL_IP",
    "HTTP_X_REMOTE_ADDR",
    "HTTP_X_SCRIPT_NAME",
)
"""Headers by which a client could pretend to be a proxy, as CGI names them (RFC 3875)."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOST = re.compile(r"(?:[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.IGNORECASE)
_PREFIX = re.compile(r"/|(?:/[^/?#\\]+)+/?")
# RFC 7239 section 4: name=value, where the value is a token or a quoted string.
_PAIR = re.compile(r'\s*([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a request was before it came to the proxies.

    ``client`` is an IP address, or empty for a peer of a unix socket.  What is None was not told.
    ``prefix`` is the path that the proxy has taken off, without a slash at its end.
    """

    client: str
    by_proxy: bool = False
    scheme: str | None = None
    host: str | None = None
    prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Trusted:
    """The proxies that an operator trusts."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    unix: bool

    def includes(self, address: IPAddress | None) -> bool:
        """Whether a peer is one of them; None is a peer of a unix socket."""
        if address is None:
            return self.unix
        return any(address in network for network in self.networks)


@lru_cache(maxsize=16)
def read_trusted(text: str) -> Trusted:
    """Read networks, separated by spaces; ``unix`` stands for peers of a unix socket.

    Raises:
        ValueError: one is no network.
    """
    words = text.split()
    networks = tuple(ipaddress.ip_network(word) for word in words if word != UNIX)
    return Trusted(networks, UNIX in words)


def origin_of(environ: Mapping[str, object], trusted: Trusted) -> Origin:
    """Return what a request was, as far as the headers of its proxies may be believed.

    Args:
        environ: the meta-variables of RFC 3875, as WSGI has them.
    """
    peer = read_address(str(environ.get("REMOTE_ADDR") or ""))
    if not trusted.includes(peer):
        return Origin(_text(peer))
    headers = _believable(environ)
    client = _walk(peer, headers.hops, trusted)
    prefix = _last(environ, "HTTP_X_FORWARDED_PREFIX")
    return Origin(
        _text(client),
        by_proxy=True,
        scheme=headers.scheme.lower() if headers.scheme.lower() in {"http", "https"} else None,
        host=headers.host if _HOST.fullmatch(headers.host) else None,
        prefix=_read_prefix(prefix),
    )


def read_address(text: str) -> IPAddress | None:
    """Return an address in the one form of its kind; None if the text is none.

    An IPv4 address in IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 address, and a zone (RFC 4007)
    says nothing to others.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _walk(
    peer: IPAddress | None, hops: Sequence[IPAddress | None], trusted: Trusted
) -> IPAddress | None:
    """Go from the last entry to the first, while whoever wrote it is trusted."""
    for hop in reversed(hops):
        if not trusted.includes(peer) or hop is None:
            break
        peer = hop
    return peer


@dataclass(frozen=True, slots=True)
class _Headers:
    """What the headers say; ``hops`` has None for what is no address."""

    hops: Sequence[IPAddress | None] = ()
    scheme: str = ""
    host: str = ""


def _believable(environ: Mapping[str, object]) -> _Headers:
    """Return what the headers of the proxies say.

    A proxy writes ``Forwarded`` or ``X-Forwarded-For`` and may hand on the other one as the client
    sent it.  Nobody knows which one, so where they differ neither counts.
    """
    entries = _entries(environ, "HTTP_X_FORWARDED_FOR")
    pairs = [dict(_pairs(element)) for element in _entries(environ, "HTTP_FORWARDED")]
    hops = [_read_node(entry) for entry in entries]
    hops_of_pairs = [_read_node(each.get("for", "")) for each in pairs]
    if entries and pairs:
        # Whoever has sent the other header knew what to write, and could choose scheme and host.
        return _Headers(hops) if hops == hops_of_pairs else _Headers()
    if pairs:
        return _Headers(hops_of_pairs, pairs[-1].get("proto", ""), pairs[-1].get("host", ""))
    scheme = _last(environ, "HTTP_X_FORWARDED_PROTO")
    return _Headers(hops, scheme, _last(environ, "HTTP_X_FORWARDED_HOST"))


def _read_node(text: str) -> IPAddress | None:
    """Return the address of ``192.0.2.1:4711``, ``[2001:db8::1]:4711`` or without a port."""
    text = text.strip().strip('"')
    if text.startswith("["):
        return read_address(text[1:].partition("]")[0])
    return read_address(text.partition(":")[0] if text.count(":") == 1 else text)


def _pairs(element: str) -> Iterator[tuple[str, str]]:
    """Yield the parameters of one element of ``Forwarded`` (RFC 7239 section 4)."""
    for part in element.split(";"):
        if match := _PAIR.fullmatch(part):
            name, quoted, token = match.groups()
            yield name.lower(), token if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def _entries(environ: Mapping[str, object], name: str) -> list[str]:
    text = str(environ.get(name) or "")
    return [entry.strip() for entry in text.split(",")] if text.strip() else []


def _last(environ: Mapping[str, object], name: str) -> str:
    """Return the last entry: the one that the peer itself has written."""
    entries = _entries(environ, name)
    return entries[-1] if entries else ""


def _read_prefix(text: str) -> str | None:
    """Return a path as text, without a slash at its end; it may be percent-encoded UTF-8."""
    try:
        # WSGI hands over octets as the characters of the same numbers (PEP 3333).
        path = unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeError:
        return None
    is_path = _PREFIX.fullmatch(path) is not None and path.isprintable()
    return path.rstrip("/") if is_path and ".." not in path.split("/") else None


def _text(address: IPAddress | None) -> str:
    return "" if address is None else str(address)
