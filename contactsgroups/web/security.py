"""Security of every page: response headers, form tokens, and limits on request bodies."""

from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Blueprint, current_app, request
from flask_wtf.csrf import CSRFProtect, generate_csrf, validate_csrf
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response as BaseResponse
from werkzeug.wsgi import get_input_stream
from wtforms.validators import ValidationError

from contactsgroups.web.identity import CSRF_KEY, bearer_token
from contactsgroups.web.languages import end_sentence, gettext, mark, set_language_headers
from contactsgroups.web.state import current_core, may_change

BODY_LIMIT = 8 * 1024 * 1024  # bytes: a picture of 5 MB and 50,000 addresses
TEXT_LIMIT = 3 * 1024 * 1024  # bytes of typed text in one form

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_FIRST_HEADER = next(iter(HEADERS))


R = TypeVar("R", bound=BaseResponse)


class FormExpired(Forbidden):
    """A form came without the token of this session: it has expired, or is from another session."""

    description = mark(
        "this form is too old, or you signed in again since it was opened; nothing was changed"
    )

    def in_words(self, what_next: str) -> str:
        """Return what happened and what to do next, in the language of the page."""
        what_happened = end_sentence(gettext(self.description))
        return f"{what_happened} {what_next}"


def protect(blueprint: Blueprint) -> None:
    """Check requests to a blueprint, and set the headers of its responses."""
    blueprint.url_value_preprocessor(_take_over_form_tokens)
    blueprint.before_request(_check_request)
    blueprint.after_request(set_headers)


def form_token() -> str:
    """Return the token that every form carries as ``csrf_token``.

    A host's page that sends requests of its own has it in the header ``X-CSRF-Token``.
    """
    token: str = generate_csrf(_form_keys()[-1], token_key=CSRF_KEY)
    return token


def _take_over_form_tokens(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Exempt the view from the ``CSRFProtect`` of a host, which would refuse our own tokens.

    Flask calls this for our views alone, and before every check of a host, in whatever order the
    extensions were registered. Nothing is left open: ``_check_form_token`` follows for each view.
    """
    of_host = current_app.extensions.get("csrf")
    if isinstance(of_host, CSRFProtect) and endpoint is not None:
        of_host.exempt(current_app.view_functions[endpoint])


def _check_request() -> None:
    _require_utf8()
    is_safe = not may_change()
    if "stream" not in request.__dict__:  # Unless the host has begun to read the body.
        # That of a safe method means nothing (RFC 9110 section 9.3.1), so nothing of it is read.
        request.stream = BytesIO() if is_safe else _limited_body()
    if not is_safe:
        request.max_form_memory_size = TEXT_LIMIT
        _check_form_token()


def _require_utf8() -> None:
    """Refuse a query with raw octets (RFC 3986 has none): Werkzeug fails as soon as it is read."""
    try:
        request.query_string.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(mark("the query part of the address is not UTF-8")) from error


def _limited_body() -> IO[bytes]:
    # Flask before 3.1 has one limit for all of the host's pages only.
    return get_input_stream(request.environ, max_content_length=BODY_LIMIT)


def _check_form_token() -> None:
    # A browser never sends a bearer token by itself, so no other site can make it do so.
    if bearer_token(request) is not None:
        return
    token = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token")
    try:
        limit = current_core().settings.session_lifetime
        validate_csrf(token, _form_keys(), time_limit=limit, token_key=CSRF_KEY)
    except ValidationError as error:
        raise FormExpired from error


def _form_keys() -> list[str | bytes | None]:
    """Return the keys of form tokens, the oldest first: those of the application's cookies."""
    return [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), current_app.secret_key]


def set_headers(response: R) -> R:
    """Set the security headers of our pages; the host's pages are left alone."""
    headers = response.headers
    if _FIRST_HEADER not in headers:  # In the product, blueprint and application both call this.
        headers.extend(HEADERS)
    # Not "no-store": the browser's Back must bring back a form with what was typed.
    headers.setdefault("Cache-Control", "private, no-cache")
    return set_language_headers(response)
