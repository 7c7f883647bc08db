"""Clients of the API with tokens of several scopes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from contactsgroups.bootstrap import Core
from contactsgroups.services.accounts.tokens import issue_token

ROOT = "/api/v1"


@dataclass
class Caller:
    """A program that calls the API with a token."""

    app: Flask
    token: str

    def __call__(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.app.test_client().open(ROOT + path, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """Return the JSON of an answer that must be a good one."""
        answer = self("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json

    def change(self, method: str, path: str, **more: Any) -> TestResponse:
        """Read first, and send what was read as If-Match."""
        tag = self("GET", path).headers["ETag"]
        return self(method, path, headers={"If-Match": tag}, **more)


@pytest.fixture
def caller(app: Flask, core: Core) -> Callable[..., Caller]:
    """Make a client with a token: ``caller("ada@example.org", may_write=True)``."""

    def make(address: str, **scope: bool) -> Caller:
        secret = core.settings.read_token_secret()
        return Caller(app, issue_token(core.database, secret, address, 600, **scope))

    return make


@pytest.fixture
def manager(caller: Callable[..., Caller]) -> Caller:
    """Administers every domain."""
    return caller("admin@example.org", may_write=True, manages=True)


@pytest.fixture
def reader(caller: Callable[..., Caller]) -> Caller:
    """Zoe, who may only read, and is in no group."""
    return caller("zoe@example.org")
