"""Static files, from wherever they are."""

import re
import shutil

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


def test_files_of_the_present_version_are_kept(visitor):
    answer = visitor.get(f"{BASE}v/{assets.current_version()}/recipient-field.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_page_from_before_an_upgrade_gets_the_files_of_today_and_keeps_none(visitor):
    answer = visitor.get(f"{BASE}v/0123456789/recipient-field.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, no-cache"


def test_what_a_file_of_a_version_refers_to_is_of_the_same_version(visitor):
    """Relative names stay below the version, so that one page never mixes two."""
    for path in _all_files():
        if path.endswith((".js", ".css")):
            names = re.findall(
                r"""(?:from ['"]|url\(['"]?)([^'")]+)""", visitor.get(BASE + path).text
            )
            assert not [name for name in names if name.startswith(("/", "http"))], path


def test_the_version_follows_every_file(monkeypatch, tmp_path):
    copied = shutil.copytree(assets.directory(), tmp_path / "static")
    before = assets.current_version()
    monkeypatch.setattr(assets, "directory", lambda: copied)
    assert assets.current_version() == before
    module = copied / "recipient-field" / "texts.js"
    module.write_text(module.read_text(encoding="utf-8") + "// Changed.\n", encoding="utf-8")
    assert assets.current_version() != before


def test_pages_name_the_version(visitor):
    version = f"{BASE}v/{assets.current_version()}/"
    page = visitor.get("/sign-in").text
    assert f'src="{version}recipient-field.js"' in page
    assert f'href="{version}pages.css"' in page


@pytest.mark.parametrize(
    "path", ["../contactsgroups/web/app.py", "%2e%2e/pyproject.toml", "nothing.js", "icons", "a.py"]
)
def test_nothing_else_is_served(visitor, path):
    assert visitor.get(BASE + path).status_code == 404


def test_static_files_need_no_session(visitor):
    assert "Cookie" not in visitor.get(BASE + "pages.css").headers.get("Vary", "")
