"""The document of the API is valid, says what the routes are, and is the one in docs/."""

import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from contactsgroups.domain.group import SETTINGS
from contactsgroups.web.api import routes
from contactsgroups.web.api.document import describe_api
from contactsgroups.web.api.document_page import bare_app, render_document
from tests.web.api.test_rights import OF_OWNERS

PAGE = Path(__file__).parents[3] / "docs" / "openapi.json"


@pytest.fixture
def document() -> dict:
    return describe_api(bare_app())


def test_the_document_is_valid(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_page_is_the_document():
    """Run ``make docs`` if it is not."""
    assert PAGE.read_text() == render_document()


def test_the_document_is_served_to_everybody_with_the_url_at_which_the_api_is(visitor, document):
    answer = visitor.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    assert answer.json == json.loads(json.dumps(document))
    below = visitor.get("/api/v1/openapi.json", environ_overrides={"SCRIPT_NAME": "/groups"})
    assert below.json["servers"] == [{"url": "/groups/api/v1"}]


def test_the_document_is_made_once_for_each_root_and_few_are_kept(app, visitor, monkeypatch):
    made = []

    def describe(described, root):
        made.append((described, root))
        return {"servers": root}

    monkeypatch.setattr(routes, "describe_api", describe)
    routes._document.cache_clear()
    for prefix in ("", "/a", "", "/a"):
        answer = visitor.get("/api/v1/openapi.json", environ_overrides={"SCRIPT_NAME": prefix})
        assert answer.json == {"servers": f"{prefix}/api/v1"}
    assert made == [(app, "/api/v1"), (app, "/a/api/v1")]
    for number in range(50):
        visitor.get("/api/v1/openapi.json", environ_overrides={"SCRIPT_NAME": f"/{number}"})
    assert routes._document.cache_info().currsize <= 8
    routes._document.cache_clear()


def test_every_route_is_in_the_document_and_nothing_else(app, document):
    routes = {
        (rule.endpoint.rpartition(".")[2], method)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {
        (operation["operationId"], method.upper())
        for methods in document["paths"].values()
        for method, operation in methods.items()
    }
    assert described == routes
    assert len(described) > 20


def test_a_route_that_says_nothing_is_found():
    app = bare_app()
    app.add_url_rule("/api/v1/more", "contactsgroups.api.more", lambda: "")
    with pytest.raises(LookupError, match=r"contactsgroups\.api\.more does not say what it does"):
        describe_api(app)


def test_operations_are_told_apart_by_their_names(document):
    ids = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(ids) == len(set(ids))


def test_each_setting_of_a_group_is_in_the_document(document):
    schemas = document["components"]["schemas"]
    for schema in ("Group", "NewGroup", "ChangedGroup"):
        assert {each.name for each in SETTINGS} <= set(schemas[schema]["properties"])
    switch = schemas["NewGroup"]["properties"]["show_in_contacts"]
    assert (switch["type"], switch["default"]) == ("boolean", True)
    assert "default" not in schemas["ChangedGroup"]["properties"]["show_in_contacts"]


def test_what_needs_a_condition_says_so(document):
    change = document["paths"]["/groups/{uuid}"]["patch"]
    assert {"name", "in", "required"} <= set(change["parameters"][-1])
    assert change["parameters"][-1]["name"] == "If-Match"
    assert {"412", "428"} <= set(change["responses"])
    assert change["security"] == [{"token": ["write"]}]


def test_what_owners_may_do_with_their_scope_is_said_of_it(document):
    found = {
        each["operationId"]: each["security"][0]["token"]
        for methods in document["paths"].values()
        for each in methods.values()
        if "`manage` where one only administers" in each["description"]
    }
    assert found == {each: ["write"] for each in OF_OWNERS}
