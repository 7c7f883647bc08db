"""A small web server for the recipient field's tests: its files, a page, and the two API answers.

The field's behaviour with slow, failing and overtaken answers needs an API that can be told when
and how to answer; with the real application the field is tested elsewhere.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

STATIC = Path(__file__).resolve().parents[3] / "static"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


def _group(name: str, address: str, count: int, **more: Any) -> dict[str, Any]:
    return {
        "kind": "group",
        "id": address.partition("@")[0],
        "name": name,
        "address": address,
        "member_count": count,
        "external_count": 0,
        "moderated": False,
        "posting": "accept",
        "members_visible": True,
        **more,
    }


def _person(name: str, address: str, kind: str = "account") -> dict[str, Any]:
    return {"kind": kind, "id": address, "name": name, "address": address}


# Best first, as the directory would rank them.
DIRECTORY = [
    _group("Sales Team", "sales@example.org", 3, external_count=1),
    _group("Salon Committee", "salon@example.org", 12, posting="hold", moderated=True),
    _group(
        "Salary Office",
        "salary@example.org",
        2,
        posting="reject",
        posting_reason="Only members may post.",
        members_visible=False,
    ),
    _group("All Staff", "all@example.org", 300),
    _person("Salma Ortiz", "salma.ortiz@example.org"),
    _person("Ada Example", "ada@example.org"),
    _person("Doe, Jane", "jane@example.org"),
    _person('Bob "Bobby" Builder', "bob@example.org"),
    _person("Óscar Núñez", "oscar@example.org"),
    _person("李小龙", "li.xiaolong@example.org"),
    _person("Carla Contact", "carla@example.com", "contact"),
    _person("", "nameless@example.com", "contact"),
]

MEMBERS = {
    "sales": [
        {"name": "Ada Example", "address": "ada@example.org", "kind": "account"},
        {"name": "Salma Ortiz", "address": "salma.ortiz@example.org", "kind": "account"},
        {"name": "Otto Outside", "address": "otto@example.net", "kind": "external"},
    ],
}


def complete(query: str, kinds: list[str]) -> list[dict[str, Any]]:
    """Entries with a word that starts with ``query``, or with that whole name or address."""
    text = query.casefold()

    def matches(entry: dict[str, Any]) -> bool:
        name, address = entry["name"].casefold(), entry["address"].casefold()
        starts = [name, address, *name.split()]
        return any(start.startswith(text) for start in starts)

    return [e for e in DIRECTORY if matches(e) and (not kinds or e["kind"] in kinds)]


@dataclass
class SampleSite:
    """What the server serves and how it behaves; a test may change all of it."""

    pages: dict[str, str] = field(default_factory=dict)
    # Called with the query before it is answered: tests block here to make an answer slow.
    before_answer: Callable[[str], None] = lambda query: None
    status: int = 200
    queries: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    posted: list[dict[str, list[str]]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Status and JSON body of an API request."""
        if path == "/api/v1/completions":
            text = query["q"][0]
            self.queries.append(text)
            self.before_answer(text)
            kinds = [kind for part in query.get("kinds", []) for kind in part.split(",")]
            if self.status != 200:
                return self.status, {"title": "Not now", "status": self.status}
            return 200, {"query": text, "completions": complete(text, kinds)[:10]}
        group = path.split("/")[4]
        if group not in MEMBERS:
            return 403, {"title": "Forbidden", "status": 403}
        return 200, {"members": MEMBERS[group], "total": len(MEMBERS[group])}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, site: SampleSite, *args: Any) -> None:
        self.site = site
        super().__init__(*args)

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/api/"):
            self.site.headers.append(dict(self.headers))
            status, body = self.site.answer(url.path, parse_qs(url.query))
            self._send(status, json.dumps(body).encode(), "application/json")
        elif url.path in self.site.pages:
            content_type = TYPES.get(Path(url.path).suffix, TYPES[".html"])
            self._send(200, self.site.pages[url.path].encode(), content_type)
        else:
            self._send_file(STATIC / url.path.removeprefix("/static/"))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.site.posted.append(parse_qs(body, keep_blank_values=True))
        self._send(200, b"<!doctype html><title>Sent</title><h1>Sent</h1>", TYPES[".html"])

    def _send_file(self, path: Path) -> None:
        if path.resolve().is_relative_to(STATIC) and path.is_file():
            self._send(200, path.read_bytes(), TYPES[path.suffix])
        elif path.name == "favicon.ico":
            self._send(204, b"", TYPES[".html"])
        else:
            self._send(404, b"not found", TYPES[".html"])

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # The browser gave up a question that was overtaken.


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


def serve(site: SampleSite) -> _Server:
    """Serve ``site`` on a free port of 127.0.0.1, until ``shutdown()`` and ``server_close()``."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, site))
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    polling = {"poll_interval": 0.01}
    threading.Thread(target=server.serve_forever, kwargs=polling, daemon=True).start()
    return server
