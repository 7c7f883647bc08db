"""Fills in forms as a browser without JavaScript does: with the values that stand in the page."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.accounts.sessions import SessionLimits, begin_session

LIMITS = SessionLimits(lifetime=timedelta(hours=12), idle=timedelta(hours=2))


@dataclass
class Form:
    """A form of a page; ``values`` is what a browser would send if nothing were changed."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._area = self._select = ""
        self._is_first_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(Form(given.get("action") or "", given.get("method") or "get"))
        if not self.forms:
            return
        name = given.get("name") or ""
        values = self.forms[-1].values
        if tag == "input" and name:
            is_choice = given.get("type") in {"checkbox", "radio"}
            if given.get("type") != "file" and (not is_choice or "checked" in given):
                values[name] = given.get("value") or ""
        elif tag == "textarea":
            self._area, self._is_first_text = name, True
            values[name] = ""
        elif tag == "select":
            self._select = name
            values[name] = ""
        elif tag == "option" and "selected" in given:
            values[self._select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            # A line end right after the tag is no part of the text.
            self.forms[-1].values[self._area] += data.removeprefix("\n")


def read_forms(html: str) -> list[Form]:
    """Return the forms of a page, in order, without that of the languages at its foot."""
    reader = _Reader()
    reader.feed(html)
    return [each for each in reader.forms if not each.action.endswith("/language")]


def as_people_read(html: str) -> str:
    """Return a page without what only its fields and links hold."""
    held = r'(href|action|value)="[^"]*"|<textarea.*?</textarea>'
    return re.sub(held, "", html, flags=re.DOTALL)


class Visitor:
    """Somebody with a browser, cookies kept, JavaScript off."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, url: str, **more: Any) -> TestResponse:
        return self.client.get(url, buffered=True, **more)

    def submit(
        self,
        url: str,
        *,
        form: str = "",
        without: tuple[str, ...] = (),
        files: dict[str, Any] | None = None,
        **changes: str,
    ) -> TestResponse:
        """Open a page, change some fields of a form and send it.

        Args:
            form: part of the wanted form's action, or the name of one of its fields; by default
                the last form of the page.
            without: boxes to untick.
        """
        found = self.form_on(url, form)
        values = {**found.values, **changes}
        data = {name: value for name, value in values.items() if name not in without}
        return self.client.post(found.action or url, data={**data, **(files or {})})

    def form_on(self, url: str, wanted: str = "") -> Form:
        forms = [each for each in read_forms(self.get(url).text) if each.method == "post"]
        if not wanted:
            return forms[-1]
        return next(each for each in forms if wanted in each.action or wanted in each.values)

    def sign_in(self, address: str, password: str = "correct horse") -> TestResponse:
        return self.submit("/sign-in", address=address, password=password)

    def take_session(self, address: str) -> "Visitor":
        """Be signed in without typing a password, whose check takes its time on purpose."""
        database = self.client.application.extensions["contactsgroups"].core.database
        principal = find_principal(database, address)
        assert principal is not None
        token = begin_session(database, principal, client="Firefox on Linux", limits=LIMITS)
        with self.client.session_transaction() as session:
            session["contactsgroups_session"] = token
        return self
