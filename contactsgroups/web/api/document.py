"""The OpenAPI 3.1 document of the API, made from its routes and their operations."""

import inspect
import re
from collections.abc import Iterator
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from contactsgroups.web.api.operations import Media, Operation, operation_of
from contactsgroups.web.api.schemas import Problem
from contactsgroups.web.errors import title_of
from contactsgroups.web.identity import CONFIRMED
from contactsgroups.web.state import EXTENSION

Json = dict[str, Any]

_ROOT = "/api/v1"
_ENDPOINTS = f"{EXTENSION}.api."
_ARGUMENT = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>")
_REF = "#/components/schemas/{model}"
_PATH_SCHEMAS: dict[str, Json] = {
    "uuid": {"type": "string", "format": "uuid"},
    "path": {"type": "string", "minLength": 1},
}
_DESCRIPTION = """\
Groups, their members and the directory, for webmails and scripts.

**Authentication.** Send `Authorization: Bearer TOKEN`. A token stands for one account and lives
for an hour at most. Its scope is made of words: `read` looks at what the account sees; `write`
also changes what the account may change; `manage` also reaches what the account administers.
`contactsgroups token ADDRESS` prints a token, with `--may-write` and `--manage` for more than
`read`. Pages of the same site may use their session instead, and then send the form token as
`X-CSRF-Token` with each change.

**Lists** have at most `limit` entries; `next_cursor` of an answer, sent as `cursor`, asks for the
next ones.

**Changes** of settings and lists of roles need the `ETag` that was read, as `If-Match`: 428
without it, 412 if another principal saved meanwhile.

**Problems** are `application/problem+json` (RFC 9457): `detail` is a sentence that may be shown,
`errors` names every field that is wrong. After 429 and 503, wait for the seconds in
`Retry-After`.

The page `docs/api.md` of the product has recipes.
"""
_FOR_OWNERS = "The scope is `write`, and `manage` where one only administers the group."


def describe_api(app: Flask, root: str = _ROOT) -> Json:
    """Return the document.

    Args:
        app: an application that the API is registered with.
        root: the URL of the API, without a slash at its end.
    """
    routes = list(_routes(app))
    paths: dict[str, Json] = {}
    for rule, method, operation in routes:
        view = app.view_functions[rule.endpoint]
        described = _operation(rule, operation, inspect.getdoc(view) or "")
        paths.setdefault(_path_of(rule), {})[method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mail groups",
            "version": version("contactsgroups"),
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
            "description": _DESCRIPTION,
        },
        "servers": [{"url": root}],
        "tags": [{"name": name} for name in sorted({_tag_of(rule) for rule, _, _ in routes})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": _schemas([operation for _, _, operation in routes]),
            "responses": _problems(routes),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _routes(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Yield every route of the API.

    Raises:
        LookupError: one is not described.
    """
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(_ENDPOINTS):
            continue
        operation = operation_of(app.view_functions[rule.endpoint])
        if operation is None:
            raise LookupError(f"{rule.endpoint} does not say what it does")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, operation


def _path_of(rule: Rule) -> str:
    path = rule.rule.partition(_ROOT)[2]
    return _ARGUMENT.sub(r"{\3}", path)


def _tag_of(rule: Rule) -> str:
    return _path_of(rule).split("/")[1].partition(".")[0]


def _operation(rule: Rule, operation: Operation, text: str) -> Json:
    described: Json = {
        "operationId": rule.endpoint.rpartition(".")[2],
        "tags": [_tag_of(rule)],
        "summary": operation.summary,
        "description": f"{text}\n\n{_FOR_OWNERS}" if operation.for_owners else text,
        "security": [{"token": operation.scope.split()}] if operation.scope else [],
        "parameters": list(_parameters(rule, operation)),
        "responses": _responses(rule, operation),
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.body)}},
        }
    if operation.uploads:
        # OpenAPI 3.1 has no schema for octets: the content type says it all.
        described["requestBody"] = {
            "required": True,
            "content": {each: {} for each in operation.uploads},
        }
    return described


def _parameters(rule: Rule, operation: Operation) -> Iterator[Json]:
    for converter, choices, name in _ARGUMENT.findall(rule.rule):
        schema = {"enum": choices.split(", ")} if choices else _PATH_SCHEMAS[converter]
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if operation.query is not None:
        yield from _query_parameters(operation.query)
    if operation.may_be_held:
        yield {
            "name": CONFIRMED,
            "in": "query",
            "description": "If many members of groups that follow the directory would move at "
            "once, the answer is 409, nothing is changed, and the problem has `moves` (of each "
            "group the numbers `before`, `added` and `removed`, and some names) and their `seal`. "
            "The same call with that seal here goes through if it still moves the same.",
            "schema": {"type": "string"},
        }
    if operation.needs_match:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The ETag that was read (RFC 9110 section 13.1.1).",
            "schema": {"type": "string"},
        }


def _query_parameters(model: type[BaseModel]) -> Iterator[Json]:
    schema = model.model_json_schema(ref_template=_REF)
    for name, described in schema["properties"].items():
        found: Json = {"name": name, "in": "query"}
        if "description" in described:
            found["description"] = described.pop("description")
        if name in schema.get("required", ()):
            found["required"] = True
        yield {**found, "schema": _without_null(described)}


def _without_null(schema: Json) -> Json:
    """Return the schema of a parameter: one that is left out is absent, not null."""
    schema = {name: value for name, value in schema.items() if name != "title"}
    choices = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    if schema.get("default", 0) is None:
        del schema["default"]
    return {**schema, **choices[0]} if choices else schema


def _responses(rule: Rule, operation: Operation) -> Json:
    found = {
        str(status): _success(status, body, operation) for status, body in operation.answers.items()
    }
    for status in sorted(_problem_statuses(rule, operation)):
        found[str(status)] = {"$ref": f"#/components/responses/{_problem_name(status)}"}
    return found


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _problems(routes: list[tuple[Rule, str, Operation]]) -> Json:
    """Return an answer for each status that a problem may have."""
    statuses = set().union(*(_problem_statuses(rule, operation) for rule, _, operation in routes))
    return {
        _problem_name(status): {
            "description": title_of(HTTPStatus(status)),
            "content": {"application/problem+json": {"schema": _ref(Problem)}},
        }
        for status in sorted(statuses)
    }


def _success(status: int, body: type[BaseModel] | Media | None, operation: Operation) -> Json:
    described: Json = {"description": title_of(HTTPStatus(status))}
    if isinstance(body, Media):
        described["content"] = {body.content_type: {}}
    elif body is not None:
        described["content"] = {"application/json": {"schema": _ref(body)}}
    headers = {}
    if operation.has_tag:
        headers["ETag"] = {"schema": {"type": "string"}}
    if status == HTTPStatus.CREATED and body is not None:
        headers["Location"] = {"schema": {"type": "string", "format": "uri-reference"}}
    if headers:
        described["headers"] = headers
    return described


def _problem_statuses(rule: Rule, operation: Operation) -> set[int]:
    """Return the statuses that follow from what an operation is, and those that it names."""
    found = {400, *operation.problems}
    if operation.scope:
        found |= {401, 403, 429, 503}  # 429 after too many forged tokens.
    if _ARGUMENT.search(rule.rule):
        found.add(404)
    has_body = operation.body is not None or bool(operation.uploads)
    if operation.query is not None or has_body or "path:" in rule.rule:
        found.add(422)
    if has_body:
        found |= {413, 415}
    if operation.needs_match:
        found |= {412, 428}
    return found


def _schemas(operations: list[Operation]) -> Json:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for operation in operations:
        if operation.body is not None:
            wanted[operation.body, "validation"] = None
        for body in operation.answers.values():
            if body is not None and not isinstance(body, Media):
                wanted[body, "serialization"] = None
    _, schema = models_json_schema(list(wanted), ref_template=_REF)
    return dict(sorted(schema["$defs"].items()))


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF.format(model=model.__name__)}
