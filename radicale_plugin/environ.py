"""A WSGI request as Radicale takes it: paths as text, a body whose length is known."""

import functools
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

import radicale.app.move
from radicale import httputils
from radicale.types import WSGIEnviron, WSGIResponse

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress, InvalidInput
from radicale_plugin import limits
from radicale_plugin.headers import check_path

_PATHS = ("SCRIPT_NAME", "PATH_INFO")
_IN_MEMORY = 1_000_000  # octets of a body; what is longer goes to a file
_PIECE = 65_536  # octets
_LENGTH_REQUIRED = (
    HTTPStatus.LENGTH_REQUIRED,
    {"Content-Type": "text/plain"},
    "This server needs the length of a request's body.\n",
    None,
)


def decode_paths(environ: WSGIEnviron) -> WSGIEnviron:
    """Return the request with its paths as what their octets mean in UTF-8.

    PEP 3333 hands octets over as Latin-1, which Radicale takes for the text.  Whose books they are
    may be said in any spelling of the address, as when signing in.

    Raises:
        InvalidInput: a path is not UTF-8, or the target of a MOVE is none.
        Refusal: the target of a MOVE is too long.
    """
    decoded = {name: _decode(name, environ[name]) for name in _PATHS if name in environ}
    if "PATH_INFO" in decoded:
        decoded["PATH_INFO"] = with_normalised_principal(decoded["PATH_INFO"])
    return {**with_target(environ, decoded.get("SCRIPT_NAME", "")), **decoded}


def with_target(environ: WSGIEnviron, mount: str) -> WSGIEnviron:
    """Return the request with the target of a MOVE as text, and with its home as it is stored.

    Args:
        mount: what stands before the paths of Radicale.

    Raises:
        InvalidInput: the target is not UTF-8, or is no URL of a card.
        Refusal: it is too long.
    """
    if not environ.get("HTTP_DESTINATION"):
        return environ
    target = _decode("Destination", environ["HTTP_DESTINATION"])
    _check_target(target)
    return {**environ, "HTTP_DESTINATION": with_normalised_home(target, mount)}


def teach_targets() -> None:
    """Let Radicale take the target of a MOVE apart before it decodes it (RFC 3986 section 2.4).

    It does so the other way round, and a card whose new name has ``?``, ``#`` or ``;`` in it would
    be found under the part before.
    """
    radicale.app.move.unquote = str  # type: ignore[attr-defined,assignment]
    radicale.app.move.urlparse = _take_apart  # type: ignore[attr-defined,assignment]


def _take_apart(url: str) -> SplitResult:
    parts = urlsplit(url)
    return parts._replace(path=unquote(parts.path))


def with_known_length(method: Callable[..., WSGIResponse]) -> Callable[..., WSGIResponse]:
    """Let a method of Radicale's application see the length of a body that came without one.

    A body in chunks has none (RFC 9112 section 7.1), nor needs one in HTTP/2; Radicale takes it for
    empty.  Whoever has not signed in has nothing to send, so their bodies are not read.
    """

    @functools.wraps(method)
    def answer(
        environ: WSGIEnviron, base_prefix: str, path: str, user: str, *args: Any
    ) -> WSGIResponse:
        if not user or not _lacks_length(environ):
            return method(environ, base_prefix, path, user, *args)
        if not environ.get("wsgi.input_terminated"):
            # To read on might wait for octets that never come.
            return _LENGTH_REQUIRED
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            length = _copy(environ["wsgi.input"], body)
            if length > limits.BODY:
                return httputils.REQUEST_ENTITY_TOO_LARGE
            body.seek(0)
            known = {**environ, "wsgi.input": body, "CONTENT_LENGTH": str(length)}
            known.pop("HTTP_TRANSFER_ENCODING", None)
            return method(known, base_prefix, path, user, *args)

    return answer


def _decode(name: str, native: str) -> str:
    try:
        return native.encode("latin-1").decode()
    except UnicodeError as error:
        raise InvalidInput(f"{name} is not UTF-8: {native!r}", field=name) from error


def with_normalised_principal(path: str) -> str:
    """Return a path that names whose books they are by the address as it is stored."""
    principal, slash, rest = path.removeprefix("/").partition("/")
    try:
        return f"/{Address.parse(principal)}{slash}{rest}"
    except InvalidAddress:
        return path


def with_normalised_home(url: str, mount: str) -> str:
    """Return a URL, or its path, that names an account's books by the address as it is stored.

    Args:
        mount: what stands before the paths of Radicale.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # It names nothing here.
    path = unquote(parts.path)
    inside = path.removeprefix(mount)
    if not path.startswith(f"{mount}/") or (normal := with_normalised_principal(inside)) == inside:
        return url
    return parts._replace(path=quote(mount + normal)).geturl()


def _check_target(target: str) -> None:
    try:
        parts = urlsplit(target)
        _ = parts.port  # Radicale asks for it, and it is checked no sooner.
        path = unquote(parts.path, errors="strict")
    except ValueError as error:
        raise InvalidInput(f"Destination: {error}", field="Destination") from error
    check_path(path.encode())
    if "?" in target or "#" in target:
        # What follows would be no part of the name (RFC 3986 sections 3.4 and 3.5).
        raise InvalidInput(
            f"Destination: ? and # in a name are written %3F and %23: {target!r}",
            field="Destination",
        )


def _lacks_length(environ: WSGIEnviron) -> bool:
    """Whether only the end of the body tells its length."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return True  # Then any Content-Length does not count (RFC 9112 section 6.3).
    return bool(environ.get("wsgi.input_terminated")) and not environ.get("CONTENT_LENGTH")


def _copy(source: IO[bytes], target: IO[bytes]) -> int:
    """Copy a body, but not much more than is allowed; return how many octets were copied."""
    length = 0
    while length <= limits.BODY and (piece := source.read(_PIECE)):
        length += target.write(piece)
    return length
