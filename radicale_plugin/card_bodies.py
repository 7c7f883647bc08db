"""A request with cards, as Radicale takes it: in UTF-8, and no more than it can parse."""

import io
import re
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from radicale import httputils
from radicale.config import Configuration
from radicale.pathutils import strip_path
from radicale.types import WSGIEnviron

from radicale_plugin.card_mending import read_cards
from radicale_plugin.card_texts import check_cards
from radicale_plugin.charsets import decode
from radicale_plugin.headers import charset_of
from radicale_plugin.refusal import Refusal, bad_request

_OLD_LINE_END = re.compile(r"\r(?!\n)")


def read_octets(configuration: Configuration, environ: WSGIEnviron) -> bytes:
    """Return the body of a request.

    Raises:
        Refusal: it ends too soon, or does not come.
    """
    try:
        octets: bytes = httputils.read_raw_request_body(configuration, environ)
    except TimeoutError as error:
        raise Refusal(HTTPStatus.REQUEST_TIMEOUT, "the body did not come") from error
    except RuntimeError as error:
        raise bad_request(str(error)) from error
    return octets


def with_cards(environ: WSGIEnviron, octets: bytes) -> tuple[WSGIEnviron, str]:
    """Return the request with its cards as they can be stored, and their text.

    Raises:
        Refusal: they have too much of something, or are something else.
    """
    charset = charset_of(environ.get("CONTENT_TYPE", ""))
    check_cards(_OLD_LINE_END.sub("\r\n", decode(octets, charset, "utf-8")))
    text = read_cards(octets, charset)
    check_cards(text)  # Radicale parses this, and the octets may have looked like another text.
    return with_text(environ, text), text


def with_text(environ: WSGIEnviron, text: str) -> WSGIEnviron:
    """Return the request with this body, in UTF-8."""
    encoded = text.encode()
    media_type = environ.get("CONTENT_TYPE", "").partition(";")[0]
    return {
        **environ,
        "CONTENT_TYPE": f"{media_type}; charset=utf-8",
        "CONTENT_LENGTH": str(len(encoded)),
        "wsgi.input": io.BytesIO(encoded),
    }


def name_to_store(environ: WSGIEnviron, path: str) -> str:
    """Return the name that a request gives to what it stores."""
    target = unquote(urlsplit(environ.get("HTTP_DESTINATION", "")).path)
    return strip_path(target if target.startswith("/") else path).rpartition("/")[2]
