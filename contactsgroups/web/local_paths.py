"""Paths of this site, as pages and redirects name them."""

from urllib.parse import quote

from flask import request, url_for


def whole_path() -> str:
    """Return the request's path and query from the site's root, which may be above ours."""
    path = quote(request.root_path + request.path)
    query = request.query_string.decode(errors="replace")
    return f"{path}?{query}" if query else path


def local_path(target: str, otherwise: str = "") -> str:
    """Return a path of this site to redirect to, never another site's address.

    ``otherwise``: what is returned for anything else; by default the start page.
    """
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    if is_path and target.isprintable():
        return target
    return otherwise or url_for("contactsgroups.start.show")
