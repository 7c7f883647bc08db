"""Whatever the document allows or forbids to send, no answer is a fault or none that it names."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from contactsgroups.web.api.document import describe_api
from contactsgroups.web.api.document_page import bare_app
from tests.web.api.conftest import ROOT, Caller

EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
TOLERANT = {"GET /completions", "GET /groups/{uuid}/picture.png"}
"""Operations that pass over what they don't know, and so accept more than the document names."""
GROUPS = ("team@example.org", "sales@example.org", "secret@example.org", "com@example.com")
ADDRESSES = ("ada@example.org", "bob@example.org", "x@side.example", "team@example.org", "rubbish")


def labels() -> list[str]:
    """Every operation but the document itself, as ``GET /groups``."""
    paths = describe_api(bare_app())["paths"]
    del paths["/openapi.json"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


@pytest.fixture
def operation(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The operation of a label, of the document that is served; nobody asks it too often."""
    monkeypatch.setattr("contactsgroups.web.rate.Rate.take", lambda *_, **__: None)
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", app)
    (found,) = [
        each.ok()
        for each in schema.get_all_operations()
        if f"{each.ok().method.upper()} {each.ok().path}" == request.param
    ]
    return found


def strategies(mode: GenerationMode, operation: Any, ids: list[str]) -> st.SearchStrategy[Any]:
    """Cases of an operation; half of the valid ones with a group and an address that there are."""
    known = {"uuid": st.sampled_from(ids), "address": st.sampled_from(ADDRESSES)}

    def aim(case: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
        for name in case.path_parameters:
            if name in known and draw(st.booleans()):
                case.path_parameters[name] = draw(known[name])
        if "If-Match" in (case.headers or {}) and draw(st.booleans()):
            case.headers["If-Match"] = "*"
        return case

    @st.composite
    def aimed(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
        return aim(draw(operation.as_strategy(generation_mode=mode)), draw)

    if mode is GenerationMode.NEGATIVE:
        return operation.as_strategy(generation_mode=mode)
    return aimed()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("operation", labels(), indirect=True, ids=str)
def test_every_answer_is_one_that_the_document_names(
    operation: Any, mode: GenerationMode, manager: Caller, find: Callable[[str], Any]
) -> None:
    label = f"{operation.method.upper()} {operation.path}"
    used = CHECKS[:-1] if label in TOLERANT else CHECKS
    if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
        call(strategies(mode, operation, ids_of(find)), manager.token, used, EXAMPLES)


@pytest.mark.parametrize("operation", labels(), indirect=True, ids=str)
def test_so_is_every_answer_to_who_may_do_less(
    operation: Any, reader: Caller, find: Callable[[str], Any]
) -> None:
    cases = strategies(GenerationMode.POSITIVE, operation, ids_of(find))
    for token in (reader.token, "forged"):
        call(cases, token, CHECKS[:-1], EXAMPLES // 4)


def ids_of(find: Callable[[str], Any]) -> list[str]:
    return [find(address).uuid for address in GROUPS]


def call(cases: st.SearchStrategy[Any], token: str, used: list[Any], examples: int) -> None:
    """Send cases of an operation, and check the answers."""

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Any) -> None:
        headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        case.call_and_validate(headers=headers, checks=used)

    send()


def _can_be_wrong(operation: Any) -> bool:
    """Whether there is anything in a request that could violate the document."""
    parts = (operation.path_parameters, operation.query, operation.headers, operation.body)
    return any(bool(list(each)) for each in parts)
