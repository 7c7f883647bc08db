"""Static files, from wherever they are."""

import re

import pytest

from contactsgroups.web import assets

BASE = "/static/contactsgroups/"


def _all_files():
    root = assets.directory()
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.suffix in {".js", ".css", ".svg", ".html"}
    )


@pytest.mark.parametrize("path", _all_files())
def test_every_file_is_served_with_its_type(visitor, path):
    answer = visitor.get(BASE + path)
    types = {
        "js": "text/javascript",
        "css": "text/css",
        "svg": "image/svg+xml",
        "html": "text/html",
    }
    assert answer.status_code == 200
    assert answer.mimetype == types[path.rpartition(".")[2]]


@pytest.mark.parametrize("path", [path for path in _all_files() if path.endswith((".js", ".css"))])
def test_whatever_a_file_refers_to_is_served(visitor, path):
    """Modules import each other by relative names; styles refer to icons in the same way."""
    text = visitor.get(BASE + path).text
    folder = (BASE + path).rpartition("/")[0]
    for name in re.findall(r"""(?:from ['"]|url\(['"]?)([^'")]+)""", text):
        if not name.startswith("data:"):
            assert visitor.get(f"{folder}/{name.removeprefix('./')}").status_code == 200, name


def test_a_browser_asks_again_and_hears_that_nothing_changed(visitor):
    first = visitor.get(BASE + "pages.css")
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = visitor.get(BASE + "pages.css", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["../contactsgroups/web/app.py", "%2e%2e/pyproject.toml", "nothing.js", "icons", "a.py"]
)
def test_nothing_else_is_served(visitor, path):
    assert visitor.get(BASE + path).status_code == 404


def test_static_files_need_no_session(visitor):
    assert "Cookie" not in visitor.get(BASE + "pages.css").headers.get("Vary", "")
