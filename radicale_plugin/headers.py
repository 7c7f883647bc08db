"""The head of a request: what is malformed in it is refused before Radicale reads it."""

import base64
import binascii
import re
from collections.abc import Callable
from http import HTTPStatus

from radicale.types import WSGIEnviron

from radicale_plugin import limits
from radicale_plugin.charsets import is_known
from radicale_plugin.refusal import Refusal, bad_request, too_large

_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^";\s]*)"?', re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,15}")  # int() would take digits of any script, and far too many.
_DEPTHS = frozenset({"0", "1", "infinity"})
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_AUTHORITY = re.compile(r"[^\s/?#@\\]{1,255}")

_HIDDEN = "contactsgroups.content_type"
"""Where a request keeps its media type while the character set in it is hidden."""


def check_head(environ: WSGIEnviron) -> WSGIEnviron:
    """Return the request with its head in the form that Radicale understands.

    The character set of its body is hidden: see :func:`with_charset`.

    Raises:
        Refusal: a header is malformed, or there is too much of something.
    """
    _check_sizes(environ)
    for name, check in _CHECKS.items():
        if name in environ:
            check(environ[name])
    if environ["REQUEST_METHOD"].upper() == "MOVE" and not environ.get("HTTP_DESTINATION"):
        raise bad_request("MOVE needs a Destination")
    return hide_charset({**environ, **_rewritten(environ)})


def _check_sizes(environ: WSGIEnviron) -> None:
    headers = [value for name, value in environ.items() if name.startswith("HTTP_")]
    if len(headers) > limits.HEADERS or any(len(value) > limits.HEADER for value in headers):
        raise Refusal(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"a request has at most {limits.HEADERS} headers of {limits.HEADER} octets",
        )
    check_path(environ.get("PATH_INFO", "").encode("latin-1", "replace"))


def check_path(path: bytes) -> None:
    """Check that the file system has room for the names in a path.

    Raises:
        Refusal: it does not, or no name can be such.
    """
    if _CONTROL.search(path):
        raise bad_request("a path has no control characters")
    if len(path) > limits.PATH or any(len(each) > limits.COMPONENT for each in path.split(b"/")):
        raise Refusal(
            HTTPStatus.REQUEST_URI_TOO_LONG,
            f"a path has at most {limits.PATH} octets, {limits.COMPONENT} between slashes",
        )


def _check_length(value: str) -> None:
    """Check ``Content-Length`` (RFC 9110 section 8.6)."""
    if not value:
        return
    if not _DIGITS.fullmatch(value):
        if value.isascii() and value.isdigit():
            raise too_large(f"a body has at most {limits.BODY} octets")
        raise bad_request("Content-Length is no number")
    if int(value) > limits.BODY:
        raise too_large(f"a body has at most {limits.BODY} octets")


def _check_credentials(value: str) -> None:
    """Check Basic credentials (RFC 7617 section 2); others are not known here."""
    scheme, _, encoded = value.partition(" ")
    if scheme.lower() != "basic":
        return
    try:
        decoded = base64.b64decode(encoded.strip().encode("ascii"), validate=True)
    except (binascii.Error, UnicodeError) as error:
        raise bad_request("Authorization is not in base64") from error
    if b":" not in decoded:
        raise bad_request("Authorization has no password")


def _check_depth(value: str) -> None:
    """Check ``Depth`` (RFC 4918 section 10.2)."""
    if value.lower() not in _DEPTHS:
        raise bad_request("Depth is 0, 1 or infinity")


def _check_overwrite(value: str) -> None:
    """Check ``Overwrite`` (RFC 4918 section 10.6)."""
    if value not in {"T", "F"}:
        raise bad_request("Overwrite is T or F")


def _check_authority(value: str) -> None:
    """Check ``Host``, which the host of a Destination is compared with."""
    if value and not _AUTHORITY.fullmatch(value):
        raise bad_request("Host is no name of a host")


def _check_charset(value: str) -> None:
    """Check the character set of the body."""
    charset = charset_of(value)
    if charset and not is_known(charset):
        reason = f"this character set is not known here: {charset}; use UTF-8"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason)


def charset_of(content_type: str) -> str:
    """Return the character set that a media type names, or nothing."""
    found = _CHARSET.search(content_type)
    return found[1] if found else ""


def _check_coding(value: str) -> None:
    """Check ``Content-Encoding`` (RFC 9110 section 8.4): nothing is unpacked here."""
    if value.strip().lower() not in {"", "identity"}:
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "bodies are not compressed here")


_CHECKS: dict[str, Callable[[str], None]] = {
    "CONTENT_LENGTH": _check_length,
    "CONTENT_TYPE": _check_charset,
    "HTTP_AUTHORIZATION": _check_credentials,
    "HTTP_CONTENT_ENCODING": _check_coding,
    "HTTP_DEPTH": _check_depth,
    "HTTP_HOST": _check_authority,
    "HTTP_OVERWRITE": _check_overwrite,
}


def _rewritten(environ: WSGIEnviron) -> WSGIEnviron:
    """Return the headers that Radicale reads too literally, as it reads them."""
    rewritten = {}
    scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":  # Schemes have no case (RFC 9110 section 11.1).
        rewritten["HTTP_AUTHORIZATION"] = f"Basic {credentials}"
    if content_type := environ.get("CONTENT_TYPE", ""):
        rewritten["CONTENT_TYPE"] = _with_plain_charset(content_type)
    return rewritten


def hide_charset(environ: WSGIEnviron) -> WSGIEnviron:
    """Return a request that does not say in which character set its body is.

    Radicale would take password and user name, which are UTF-8 (RFC 7617 section 2.1), for text in
    that set as well.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    return {**environ, "CONTENT_TYPE": content_type.partition(";")[0], _HIDDEN: content_type}


def with_charset(environ: WSGIEnviron) -> WSGIEnviron:
    """Return a request that says so again."""
    return {**environ, "CONTENT_TYPE": environ.get(_HIDDEN, environ.get("CONTENT_TYPE", ""))}


def _with_plain_charset(content_type: str) -> str:
    """Return a media type with its charset, without quotes and other parameters."""
    media_type = content_type.partition(";")[0].strip()
    if "=" in media_type:  # It is none; Radicale would look for a charset in it.
        media_type = ""
    charset = charset_of(content_type)
    return f"{media_type}; charset={charset}" if charset else media_type
