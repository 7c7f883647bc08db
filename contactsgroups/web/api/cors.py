"""Allow pages of other origins to call the API, with a bearer token only.

No cookie ever counts there: the headers never allow credentials (Fetch Standard, "CORS protocol").
"""

from collections.abc import Iterator

_METHODS = "GET, POST, PUT, DELETE"
_REQUEST_HEADERS = "Authorization, Content-Type"
_PREFLIGHT_SECONDS = "600"


def headers_for(origin: str | None, allowed: str) -> Iterator[tuple[str, str]]:
    """Yield the headers for a request from ``origin``.

    Args:
        allowed: the setting ``cors_origins``.
    """
    if not allowed:
        return
    yield "Vary", "Origin"
    if origin is not None and origin in allowed.split():
        yield "Access-Control-Allow-Origin", origin
        yield "Access-Control-Allow-Methods", _METHODS
        yield "Access-Control-Allow-Headers", _REQUEST_HEADERS
        yield "Access-Control-Max-Age", _PREFLIGHT_SECONDS
