"""Every text field of every form says how long its text may be, and the server agrees."""

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import pytest
from flask import Flask

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from tests.directories import add_group
from tests.web.forms import Visitor, read_forms
from tests.web.within_reach import kind_of, pages_within_reach

TYPED = {"text", "search", "email", "url", "tel", ""}
WHOLE = {"lines", "rest", "text", "day", "body"}
"""Lists and whole texts, as recipient fields have them, too: a browser would cut what is pasted
without a word, so the server answers.  ``text`` and ``day`` stood in a line that was pasted."""
TOO_LONG = re.compile("longer than|too long|fits", re.IGNORECASE)
ADDRESSES = {"address", "sender", "owner"}
NAMED_ADDRESSES = {("/admin/addresses", "address"), ("/admin/aliases", "account")}
"""They take an address with a name before it, as mail programs write it."""
DOMAINS = {"name"}
PATHS = {"path", "new_path", "department"}


@dataclass(frozen=True)
class Field:
    """A text field of a form; ``place`` is where the form leads, without what is one group's."""

    url: str
    action: str
    method: str
    name: str
    limit: int | None
    is_whole: bool

    @property
    def place(self) -> tuple[str, str]:
        return kind_of(self.action), self.name

    @property
    def is_bounded(self) -> bool:
        return self.limit is not None or self.is_whole

    def longest(self) -> str:
        """A text of just the greatest length, of the kind that the field is for."""
        assert self.limit is not None
        if self.place in NAMED_ADDRESSES:
            return f"{'N' * (self.limit - 20)} <{address_of(17)}>"
        if self.name in ADDRESSES:
            return address_of(self.limit)
        if self.name in DOMAINS and self.action.endswith("/domains"):
            return domain_of(self.limit)
        if self.name in PATHS:
            return "/".join(["d" * 99] * self.limit)[: self.limit - 1] + "d"
        if self.name == "rule":
            return 'title = "{}"'.format("t" * (self.limit - len('title = ""')))
        return "x" * self.limit


def domain_of(size: int) -> str:
    """A domain of so many characters."""
    labels = ".".join(["d" * 50] * size)[: size - len("x.example")]
    return (
        labels.rstrip(".") + "x" * (size - len("x.example") - len(labels.rstrip("."))) + "x.example"
    )


def address_of(size: int) -> str:
    """An address of so many characters."""
    local = "a" * min(64, size - len("@x.example"))
    return f"{local}@{domain_of(size - len(local) - 1)}"


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.fields: list[Field] = []
        self._url, self._action, self._method = url, url, "get"
        self._is_list = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._action = given.get("action") or self._url
            self._method = given.get("method") or "get"
        self._is_list |= tag == "recipient-field"
        is_typed = tag == "textarea" or (tag == "input" and (given.get("type") or "") in TYPED)
        if is_typed and "hidden" not in given and (name := given.get("name")):
            self.fields.append(
                Field(
                    url=self._url,
                    action=self._action,
                    method=self._method,
                    name=name,
                    limit=int(given["maxlength"] or 0) if "maxlength" in given else None,
                    is_whole=self._is_list or name in WHOLE,
                )
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "recipient-field":
            self._is_list = False


def fields_of(url: str, html: str) -> list[Field]:
    reader = _Reader(url)
    reader.feed(html)
    return reader.fields


@pytest.fixture
def visitors(app: Flask, core: Core) -> list[Visitor]:
    """Everybody for whom there are forms, with something to decide and to ask for."""
    people = {"owners": ["ada@example.org"], "join_on_request": True, "leave_needs_approval": True}
    asked = [
        add_group(
            core.database,
            f"asked{number}@example.org",
            "ada@example.org",
            "bob@example.org",
            **people,
        )
        for number in range(4)
    ]
    rule = {"members": None, "kind": "dynamic", "rule": 'title is set or title = ""'}
    add_group(core.database, "rule@example.org", **rule)
    gone = add_group(core.database, "gone@example.org", "ada@example.org")
    groups.remove_group(core.database, OPERATOR, gone.uuid)
    found = [
        Visitor(app.test_client()).take_session(f"{name}@example.org")
        for name in ("admin", "ada", "bob", "eve")
    ]
    for each in asked[1:]:
        found[3].submit(f"/groups/{each.uuid}/join", note="Please.")
    return [*found, Visitor(app.test_client())]


def test_every_text_field_has_a_length_that_the_server_takes(visitors: list[Visitor]) -> None:
    found: dict[tuple[str, str], tuple[Visitor, Field]] = {}
    for visitor in visitors:
        for url, html in pages_within_reach(visitor, most=6):
            for each in fields_of(url, html):
                found.setdefault(each.place, (visitor, each))
    assert {name for _, name in found} >= {"q", "rule", "note", "answer", "path", "subject", "who"}
    assert [place for place, (_, each) in found.items() if not each.is_bounded] == []
    limited = [(visitor, each) for visitor, each in found.values() if each.limit is not None]
    refused = [
        (each.place, each.limit, said)
        for visitor, each in limited
        if (said := fault_of_length(visitor, each, each.longest()))
    ]
    assert not refused, "\n".join(map(str, refused))


def fault_of_length(visitor: Visitor, field: Field, text: str) -> str:
    """Send a form with a text in one field; return what the answer says of its length."""
    form = next(
        each
        for each in read_forms(visitor.get(field.url).text)
        if field.name in each.values and kind_of(each.action or field.url) == field.place[0]
    )
    values, url = {**form.values, field.name: text}, form.action or field.url
    if field.method == "post":
        answer = visitor.client.post(url, data=values)
    else:
        answer = visitor.client.get(url, query_string=values)
    assert answer.status_code in {200, 303, 401, 403, 409, 422}, (field, answer.status_code)
    assert "this form is too old" not in answer.text
    assert [each for each in fields_of(field.url, answer.text) if not each.is_bounded] == []
    html = re.sub(r'<(textarea|script).*?</\1>|value="[^"]*"', "", answer.text, flags=re.DOTALL)
    said = TOO_LONG.search(unescape(html))
    return said.group(0) if said else ""
