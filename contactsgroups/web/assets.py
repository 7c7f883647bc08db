"""Serves the static files, from the checkout's ``static/`` or from the installed package."""

from functools import cache
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
}


@blueprint.get("/<path:path>")
def send(path: str) -> Response:
    """Send a file.

    Browsers ask again each time, and mostly hear that nothing changed: modules import each other
    by plain relative names, and an old one beside a new one could break the page.
    """
    type_ = _TYPES.get(Path(path).suffix)
    if type_ is None:
        abort(404)
    response = send_from_directory(directory(), path, mimetype=type_, conditional=True)
    response.headers["Cache-Control"] = "public, no-cache"
    # Modules and the icons in style sheets are fetched with CORS, and none is confidential.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@cache
def directory() -> Path:
    """Return where the static files are."""
    package = Path(str(files("contactsgroups")))
    places = (package / "static", package.parent / "static")
    return next(place for place in places if (place / "recipient-field.js").is_file())
