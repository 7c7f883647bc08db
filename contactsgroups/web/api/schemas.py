"""What schemas of the API are made of: their base, texts, switches in URLs, and pages of a list."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from contactsgroups.domain.text import DEPARTMENT_PATH_LIMIT

PAGE_LIMIT = 200
_CURSOR_LIMIT = 4000
"""Characters: a department's path, the longest place, may take four octets for each of its own."""
_NO_CONTROLS = r"^[^\x00-\x1F\x7F]*$"

Word = Annotated[str, Field(max_length=300, pattern=_NO_CONTROLS)]
"""One line of text in a URL: databases refuse some control characters."""
DepartmentPath = Annotated[str, Field(max_length=DEPARTMENT_PATH_LIMIT, pattern=_NO_CONTROLS)]
"""A department in a URL."""
Flag = Literal["true", "false"]
"""A switch in a URL."""
Text = Annotated[str, Field(max_length=10_000)]
"""Text in a body, checked further by the use case."""
Addresses = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=1000)]


class Schema(BaseModel):
    """Base of every schema: unknown fields are refused, so that no misspelt one is passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Schema):
    """Parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT, description="Entries on a page.")] = 50
    cursor: Annotated[
        str,
        Field(
            max_length=_CURSOR_LIMIT,
            pattern=r"^[A-Za-z0-9_-]*$",
            description="`next_cursor` of the page before; without it, the first page.",
        ),
    ] = ""


class Page(Schema):
    """A part of a list."""

    next_cursor: Annotated[
        str | None, Field(description="Asks for the next page; absent on the last one.")
    ] = None


class Fault(Schema):
    """What is wrong with one field."""

    field: Annotated[str, Field(description="Its name; empty if it is about the whole.")]
    detail: str


class Problem(Schema):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: Annotated[str, Field(description="The phrase of the status.")]
    status: int
    detail: Annotated[str, Field(description="A sentence that is fit to be shown.")]
    field: Annotated[str | None, Field(description="The first field that is wrong.")] = None
    errors: Annotated[
        list[Fault] | None, Field(description="Everything that is wrong; always there with 422.")
    ] = None


def flag_of(text: Flag | None) -> bool | None:
    """Return a switch of a URL as a value."""
    return None if text is None else text == "true"


def without_default(schema: dict[str, Any]) -> None:
    """Leave the default out of a schema: an absent field stays as it is, and None is no value."""
    schema.pop("default", None)
