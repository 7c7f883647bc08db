"""Targets that are no path, and methods that are none of ours, get a plain answer each."""

import socket
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers.product import Product

HEADERS = b"Host: a.example\r\nConnection: close\r\n\r\n"


class Answer(NamedTuple):
    """What a server has answered."""

    status: int
    head: str
    body: str


def ask(product: Product, method: str, target: str) -> Answer:
    with socket.create_connection(product.place, timeout=60) as client:
        client.sendall(f"{method} {target} HTTP/1.1\r\n".encode("latin-1") + HEADERS)
        answer = b"".join(iter(lambda: client.recv(65_536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return Answer(int(head.split()[1]), head, body)


def test_options_of_the_whole_server_names_its_methods(product: Product) -> None:
    answer = ask(product, "OPTIONS", "*")
    assert answer.status == 204
    assert {"GET", "OPTIONS", "PROPFIND", "REPORT"} <= set(
        answer.head.partition("Allow: ")[2].partition("\r\n")[0].split(", ")
    )
    assert answer.body == ""


@pytest.mark.parametrize("target", ["a.example:443", "/", "*"])
def test_it_is_no_proxy(product: Product, target: str) -> None:
    answer = ask(product, "CONNECT", target)
    assert answer.status == 501
    assert answer.body == "This is no proxy.\n"


@pytest.mark.parametrize("target", ["*", "x", "a.example:80", "mailto:x"])
@pytest.mark.parametrize("method", ["GET", "PUT", "TRACE", "FOO", "PROPFIND"])
def test_a_target_that_is_no_path_is_a_bad_request(
    product: Product, method: str, target: str
) -> None:
    answer = ask(product, method, target)
    assert answer.status == 400
    assert "text/plain" in answer.head
    assert "slash" in answer.body


@pytest.mark.parametrize("path", ["", "/", "/healthz", "/dav/"])
def test_a_whole_url_is_answered_as_its_path(product: Product, path: str) -> None:
    """As RFC 9112 section 3.2.2 demands of every server."""
    assert ask(product, "GET", f"http://a.example{path}").status == 200


@pytest.mark.parametrize("target", ["/", "/dav/", "/healthz"])
def test_a_method_that_is_none_of_ours_is_not_allowed(product: Product, target: str) -> None:
    for method in ("TRACE", "FOO", "SEARCH", "X" * 300):
        answer = ask(product, method, target)
        assert answer.status == 405
        assert "GET" in answer.head.partition("Allow: ")[2].partition("\r\n")[0]


@pytest.mark.parametrize("method", ["get", "Options"])
def test_methods_are_upper_case(product: Product, method: str) -> None:
    assert ask(product, method, "/").status == 400  # RFC 9110 section 9.1


@given(
    method=st.sampled_from(["GET", "OPTIONS", "TRACE", "CONNECT", "FOO", "get", "PROPFIND", "G@T"]),
    target=st.text(st.characters(min_codepoint=33, max_codepoint=255), min_size=1, max_size=20)
    | st.sampled_from(["http://[", "http://a:b/", "http:///", "/#", "?", "//", "/%00", "/dav/%ff"]),
)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_of_that_is_a_fault_of_ours(product: Product, method: str, target: str) -> None:
    answer = ask(product, method, target)
    assert answer.status < 500 or answer.status == 501
