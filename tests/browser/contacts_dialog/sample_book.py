"""An address book for the dialog's tests, on the small server of the recipient field's."""

from dataclasses import dataclass, field
from typing import Any

from tests.browser.recipient_field.sample_api import DIRECTORY, SampleSite

_KINDS = {"group": ["group"], "person": ["account"], "": ["group", "account"]}
_CROWD = [
    {"kind": "account", "id": f"p{number}", "name": f"Person {number:03}", "address": address}
    for number in range(130)
    for address in [f"person{number:03}@example.org"]
]


def _book() -> list[dict[str, Any]]:
    return [*(dict(each) for each in DIRECTORY), *_CROWD]


@dataclass
class BookSite(SampleSite):
    """What the server serves; ``asked`` are the parameters of each question about contacts."""

    book: list[dict[str, Any]] = field(default_factory=_book)
    asked: list[dict[str, str]] = field(default_factory=list)
    is_cut: bool = False

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Status and JSON body of an API request."""
        if path != "/api/v1/contacts":
            return self._others(path, query)
        given = {name: values[0] for name, values in query.items()}
        self.asked.append(given)
        self.before_answer(given.get("q", ""))
        if self.status != 200:
            return self.status, {"title": "Not now", "status": self.status}
        found = [each for each in self.book if _is_wanted(each, given)]
        start, limit = int(given.get("cursor", 0)), int(given["limit"])
        page: dict[str, Any] = {"items": found[start : start + limit], "cut": self.is_cut}
        if found[start + limit :]:
            page["next_cursor"] = str(start + limit)
        return 200, page

    def _others(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        status, body = super().answer(path, query)
        if status == 200 and "limit" in query and "members" in body:
            body = {**body, "total": body["total"] + 62}
        return status, body


def _is_wanted(entry: dict[str, Any], given: dict[str, str]) -> bool:
    text = given.get("q", "").casefold()
    words = [*entry["name"].casefold().split(), entry["address"]]
    is_kind = entry["kind"] in _KINDS[given.get("kind", "")]
    return is_kind and any(word.startswith(text) for word in words)
