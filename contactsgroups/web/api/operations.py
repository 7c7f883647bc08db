"""Operations of the API: what each takes and answers, said once, for the code and for its document.

A view that has an :class:`Operation` gets its query and its body checked, and what it returns is
made a response; :mod:`contactsgroups.web.api.document` describes the same operation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request
from pydantic import BaseModel

from contactsgroups.web.api import conditions
from contactsgroups.web.api.requests import read_body, read_query
from contactsgroups.web.identity import require_principal

View = Callable[..., Any]
V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Media:
    """A body that is no JSON of ours."""

    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path.

    Attributes:
        summary: a few words; what else is to be known stands in the view's docstring.
        answers: the body of each status of success; None for no body.
        scope: what the token must have: ``read``, ``write`` or ``manage``; empty without a token.
        query: the parameters in the URL.
        body: the JSON that is sent.
        uploads: content types of which one is sent instead; the view reads it.
        problems: statuses beside those that follow from the rest.
        needs_match: whether If-Match is required (RFC 6585 section 3).
        for_owners: whether owners of the group need no more than the scope; who only administers it
            needs ``manage``, too.
        has_tag: whether the answer has an ETag.
        may_be_held: whether a large move of members must be confirmed first, by a parameter.
    """

    summary: str
    answers: Mapping[int, type[BaseModel] | Media | None]
    scope: str = "read"
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    uploads: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    needs_match: bool = False
    for_owners: bool = False
    has_tag: bool = False
    may_be_held: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view returns where the body alone does not say it."""

    body: BaseModel | None = None
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""


def describes(operation: Operation) -> Callable[[V], V]:
    """Say what a view does that reads its request and makes its response itself."""

    def describe(view: V) -> V:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return describe


def serves(operation: Operation) -> Callable[[View], View]:
    """Let a view be called with ``query`` and ``body`` as the operation has them.

    It returns a body, an :class:`Answer`, or None for 204.
    """

    def serve(view: View) -> View:
        @wraps(view)
        def answer(**path: Any) -> Response:
            return _response(view(**path, **_read(operation)))

        return describes(operation)(answer)

    return serve


def operation_of(view: View) -> Operation | None:
    """Return what a view was said to do."""
    found: Operation | None = getattr(view, "operation", None)
    return found


def _read(operation: Operation) -> dict[str, BaseModel]:
    """Return the arguments that are read from the request, once it is known who sent it.

    Raises:
        NotAuthenticated: nobody is signed in whom it takes; nothing was read.
        InvalidRequest: naming everything that is wrong with the query, or with the body.
    """
    if operation.scope:
        require_principal()
    found: dict[str, BaseModel] = {}
    if operation.query is not None:
        found["query"] = read_query(operation.query)
    if operation.body is not None:
        found["body"] = read_body(operation.body)
    return found


def _response(returned: BaseModel | Answer | None) -> Response:
    if returned is None:
        returned = Answer(status=HTTPStatus.NO_CONTENT)
    answer = returned if isinstance(returned, Answer) else Answer(returned)
    response = Response(status=answer.status, headers=dict(answer.headers))
    # Kept by the browser at most, and compared each time.
    response.headers["Cache-Control"] = "private, no-cache" if answer.tag else "private, no-store"
    if answer.tag:
        response.headers["ETag"] = answer.tag
    if answer.body is None:
        del response.headers["Content-Type"]
        return response
    response.content_type = "application/json"
    response.set_data(conditions.text_of(answer.body))
    if answer.tag and request.method in {"GET", "HEAD"}:
        response.make_conditional(request)
    return response
