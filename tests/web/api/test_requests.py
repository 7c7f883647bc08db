"""What is wrong with a request is said in plain words, whatever kind of fault it is."""

import pytest
from pydantic import BaseModel

from contactsgroups.web.api import document, requests
from contactsgroups.web.api.document_page import bare_app
from tests.web.api.test_groups import NEW, problem


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"disabled": "yes"}, "disabled", "it must be true or false"),
        ({"colour": "red"}, "colour", "there is no such field"),
        ({"display_name": 5}, "display_name", "it must be text"),
        ({"display_name": None}, "display_name", "it must be text"),
        ({"display_name": "x" * 10_001}, "display_name", "it is longer than 10000 characters"),
        ({"members": "ada"}, "members", "it must be a list"),
        ({"owners": [1]}, "owners.0", "it must be text"),
        ({"owners": ["x@y.example"] * 1001}, "owners", "it has more than 1000 entries"),
        (
            {"kind": "list"},
            "kind",
            "it must be 'static', 'team', 'department' or 'dynamic'",
        ),
    ],
)
def test_a_fault_in_a_body_is_said_in_plain_words(manager, changes, field, text):
    refused = problem(manager("POST", "/groups", json={**NEW, **changes}), 422)
    assert refused["errors"] == [{"field": field, "detail": text}]
    assert refused["detail"] == f"{field}: {text}"


@pytest.mark.parametrize(
    ("query", "field", "text"),
    [
        ("limit=0", "limit", "it must be 1 at least"),
        ("limit=201", "limit", "it must be 200 at most"),
        ("limit=x", "limit", "it must be a whole number"),
        ("limit=1.5", "limit", "it must be a whole number"),
        ("shown=yes", "shown", "it must be 'true' or 'false'"),
        ("colour=red", "colour", "there is no such field"),
        ("cursor=%21", "cursor", "it is not of the form that the document of the API names"),
        ("q=" + "x" * 301, "q", "it is longer than 300 characters"),
    ],
)
def test_so_is_one_in_a_query(manager, query, field, text):
    refused = problem(manager("GET", f"/groups?{query}"), 422)
    assert refused["errors"] == [{"field": field, "detail": text}]


@pytest.mark.parametrize("body", [[], "x", 5])
def test_what_is_no_object_is_said_of_the_body(manager, body):
    refused = problem(manager("POST", "/groups", json=body), 422)
    assert refused["detail"] == "the body: it must be an object"
    assert refused["errors"] == [{"field": "", "detail": "it must be an object"}]


def test_what_is_missing_is_named(manager):
    refused = problem(manager("POST", "/groups", json={"members": []}), 422)
    assert refused["errors"] == [{"field": "address", "detail": "it is missing"}]


WRONG = [None, 1, 1.5, True, "x", "", "\0", "x" * 20_000, [], [1], [[]], {}, {"x": 1}]


def test_no_fault_of_any_schema_is_said_in_the_words_of_the_library(manager, find):
    """Every field of every body and query with values of every type."""
    uuid, asked = find("team").uuid, 0
    for rule, method, operation in document._routes(bare_app()):
        path = rule.rule.replace("<uuid:uuid>", uuid).replace("<path:address>", "a@b.example")
        path = path.partition("/api/v1")[2].split("/<any")[0]
        if "<" in path or path.startswith("/completions"):
            continue
        for body in _wrong_of(operation.body):
            asked += _is_plain(manager(method, path, json=body, headers={"If-Match": "*"}))
        for query in _wrong_of(operation.query):
            given = {name: str(value) for name, value in query.items()}
            asked += _is_plain(manager(method, path, query_string=given))
    assert asked > 100


def _wrong_of(model: type[BaseModel] | None):
    if model is None:
        return
    for name in [*model.model_fields, "colour"]:
        for value in WRONG:
            yield {name: value}


def _is_plain(answer) -> bool:
    if answer.status_code != 422:
        return False
    for each in answer.json["errors"]:
        assert not each["detail"].startswith(("Input", "String", "Field", "Extra", "List", "Value"))
        assert each["detail"] != requests._OTHERWISE, each
    return True
