"""The head of a request: what is malformed is said to be so, what is unusual is understood."""

from base64 import b64encode

import pytest

from contactsgroups.bootstrap import Core
from radicale_plugin import limits
from tests.carddav.calling import Caller
from tests.carddav.dav import PASSWORD
from tests.carddav.test_bounds import HOME, OWN, card, fill


@pytest.fixture
def ada(core: Core) -> Caller:
    """Ada, with one card."""
    ada = Caller(core)
    fill(ada, 1)
    return ada


def encoded(credentials: bytes) -> str:
    return b64encode(credentials).decode()


@pytest.mark.parametrize(
    "value",
    ["Basic", "Basic !", "Basic é", "Basic YQ", "Basic YWE", f"Basic {encoded(b'ada')}", "basic x"],
)
def test_malformed_credentials_are_a_bad_request(ada: Caller, value: str) -> None:
    for method in ("PROPFIND", "GET", "OPTIONS"):
        answer = ada.ask(method, HOME, environ={"HTTP_AUTHORIZATION": value})
        assert answer.status == 400
        assert answer.text.startswith("Authorization")


@pytest.mark.parametrize(
    "value",
    [
        f"Basic {encoded(b'ada@example.org:')}",
        f"Basic {encoded(bytes([0xFF, 0xFE]) + b':' + bytes([0xFF]))}",
        f"Basic {encoded(b'a' * 5000 + b':x')}",
        f"Basic {encoded(b'ada@example.org' + bytes(1) + b':x')}",
        "Bearer x",
        "x",
    ],
)
def test_wrong_credentials_are_asked_for_again(ada: Caller, value: str) -> None:
    answer = ada.ask("PROPFIND", HOME, environ={"HTTP_AUTHORIZATION": value})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_has_no_case(ada: Caller, scheme: str) -> None:
    credentials = encoded(f"ada@example.org:{PASSWORD}".encode())
    answer = ada.ask("PROPFIND", HOME, environ={"HTTP_AUTHORIZATION": f"{scheme} {credentials}"})
    assert answer.status == 207


@pytest.mark.parametrize(
    ("method", "name", "value", "status"),
    [
        ("PUT", "CONTENT_LENGTH", "-1", 400),
        ("PUT", "CONTENT_LENGTH", "x", 400),
        ("PUT", "CONTENT_LENGTH", "٣", 400),
        ("PUT", "CONTENT_LENGTH", "1000", 400),
        ("PUT", "CONTENT_LENGTH", str(limits.BODY + 1), 413),
        ("PUT", "CONTENT_LENGTH", "9" * 5000, 413),
        ("PUT", "CONTENT_TYPE", "text/vcard; charset=punycode", 415),
        ("PUT", "HTTP_CONTENT_ENCODING", "gzip", 415),
        ("PUT", "HTTP_CONTENT_ENCODING", "identity, br", 415),
        ("PROPFIND", "HTTP_DEPTH", "2", 400),
        ("PROPFIND", "HTTP_DEPTH", "1,noroot", 400),
        ("PROPFIND", "HTTP_DEPTH", "infinity", 403),
        ("MOVE", "HTTP_OVERWRITE", "true", 400),
        ("MOVE", "HTTP_DESTINATION", "", 400),
        ("MOVE", "HTTP_DESTINATION", "http://[::1/x", 400),
        ("MOVE", "HTTP_DESTINATION", "http://localhost:x/y", 400),
        ("MOVE", "HTTP_DESTINATION", "http://elsewhere.example/x", 403),
        ("MOVE", "HTTP_DESTINATION", OWN + "%00", 400),
        ("MOVE", "HTTP_DESTINATION", OWN + "a" * 300, 414),
        ("GET", "HTTP_X_LONG", "x" * (limits.HEADER + 1), 431),
        ("GET", "HTTP_HOST", "a b", 400),
        ("PUT", "HTTP_IF_MATCH", '"x', 412),
        ("LOCK", "HTTP_TIMEOUT", "x", 405),
    ],
)
def test_what_is_malformed_is_said_to_be_so(
    ada: Caller, method: str, name: str, value: str, status: int
) -> None:
    body = card(uid="0") if method == "PUT" else ""
    answer = ada.ask(method, OWN + "0.vcf", body, environ={name: value})
    assert answer.status == status, answer
    assert answer.text
    assert ada.ask("GET", OWN + "0.vcf").status == 200


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "iso-8859-1", "utf-16"])
def test_a_body_in_another_character_set_is_understood(ada: Caller, charset: str) -> None:
    text = card(uid="0").replace("FN:Ada", "FN:Zoë").encode(charset.strip('"'))
    kind = f"text/vcard; version=3.0; charset={charset}"
    assert ada.ask("PUT", OWN + "0.vcf", text, Content_Type=kind).status == 204
    assert "FN:Zoë" in ada.ask("GET", OWN + "0.vcf").text


def test_a_method_that_is_none_is_answered_with_those_that_are(ada: Caller) -> None:
    for method in ("LOCK", "PATCH", "X" * 1000):
        answer = ada.ask(method, OWN)
        assert answer.status == 405
        assert "PROPFIND" in answer.headers["Allow"].split(", ")
