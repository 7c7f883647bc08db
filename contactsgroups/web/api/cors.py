"""Allow pages of other origins to call the API, with a bearer token only.

No cookie ever counts there: the headers never allow credentials (Fetch Standard, "CORS protocol").
"""

from functools import lru_cache

_METHODS = "GET, POST, PUT, PATCH, DELETE"
_REQUEST_HEADERS = "Authorization, Content-Type, If-Match"
_RESPONSE_HEADERS = "ETag, Location, Retry-After, Contactsgroups-In-Force"
_PREFLIGHT_SECONDS = "600"


@lru_cache(maxsize=32)
def headers_for(origin: str | None, allowed: str) -> tuple[tuple[str, str], ...]:
    """Return the headers for a request from ``origin``.

    Args:
        allowed: the setting ``cors_origins``.
    """
    if not allowed:
        return ()
    varies = ("Vary", "Origin")
    if origin is None or origin not in allowed.split():
        return (varies,)
    return (
        varies,
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Methods", _METHODS),
        ("Access-Control-Allow-Headers", _REQUEST_HEADERS),
        ("Access-Control-Expose-Headers", _RESPONSE_HEADERS),
        ("Access-Control-Max-Age", _PREFLIGHT_SECONDS),
    )
