"""Serves the static files, from the checkout's ``static/`` or from the installed package.

Modules and style sheets refer to each other by relative names.  So they may stand below a version
of all of them, and then never change (:func:`send_version`); or they have plain addresses, and
browsers ask each time whether they changed (:func:`send`).  Either way an old one is never used
beside a new one.
"""

import hashlib
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

blueprint = Blueprint("assets", __name__, url_prefix="/static/contactsgroups")

# The machine's own table of types may be missing or wrong, and the browser is told not to guess.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ts": "text/plain",
}


@blueprint.get("/<path:path>")
def send(path: str) -> Response:
    """Send a file.

    Browsers ask again each time, and mostly hear that nothing changed.
    """
    type_ = _TYPES.get(Path(path).suffix)
    if type_ is None:
        abort(404)
    response = send_from_directory(directory(), path, mimetype=type_, conditional=True)
    response.headers["Cache-Control"] = "public, no-cache"
    # Modules and the icons in style sheets are fetched with CORS, and none is confidential.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/v/<version>/<path:path>")
def send_version(version: str, path: str) -> Response:
    """Send a file of a version, to be kept for a year; a page of another version gets today's."""
    response = send(path)
    if version == current_version():
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def current_version() -> str:
    """Return a digest of all static files, the same wherever they are installed."""
    paths = sorted(each for each in directory().rglob("*") if each.suffix in _TYPES)
    return _digest(tuple((path, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=1)
def _digest(state: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.blake2b(digest_size=9)
    for path, _ in state:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(directory()).as_posix()} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def directory() -> Path:
    """Return where the static files are."""
    package = Path(str(files("contactsgroups")))
    places = (package / "static", package.parent / "static")
    return next(place for place in places if (place / "recipient-field.js").is_file())
