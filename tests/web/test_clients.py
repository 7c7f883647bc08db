"""Browsers are called by names that their owners know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.web.clients import client_in_words, describe_client

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/2010 Firefox/140.0",
            "Firefox on Linux",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {_WEBKIT} Chrome/140 Safari/537.36", "Chrome on Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {_WEBKIT} Chrome/140 Edg/140",
            "Edge on Windows",
        ),
        (f"Mozilla/5.0 (Linux; Android 15) {_WEBKIT} Chrome/140 Mobile", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) FxiOS/140 Safari/605", "Firefox on iPad"),
        ("curl/8.0", "curl"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_and_its_system_are_named(user_agent: str, name: str) -> None:
    assert describe_client(user_agent) == name
    assert client_in_words(name) == name


@given(st.text())
def test_nothing_of_an_odd_header_is_kept(user_agent: str) -> None:
    name = describe_client(user_agent)
    assert name.isascii()
    assert len(name) < 40
