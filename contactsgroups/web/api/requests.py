"""Read what was sent to the API: everything that is wrong is named at once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.web.api.json_body import parse_json

_FAULTS_LIMIT = 50
_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "bool_type": "it must be true or false",
    "string_type": "it must be text",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_parsing_size": "it must be a whole number that is not so large",
    "list_type": "it must be a list",
    "model_type": "it must be an object",
    "model_attributes_type": "it must be an object",
    "string_too_long": "it is longer than {max_length} characters",
    "string_too_short": "it is empty",
    "too_long": "it has more than {max_length} entries",
    "greater_than_equal": "it must be {ge} at least",
    "less_than_equal": "it must be {le} at most",
    "literal_error": "it must be {expected}",
    "uuid_type": "it must be a UUID",
    "uuid_parsing": "it must be a UUID",
    "string_pattern_mismatch": "it is not of the form that the document of the API names",
}
"""What is said of the kinds of faults that Pydantic finds, with what it knows of each."""
_OTHERWISE = "it is not as the document of the API says"

M = TypeVar("M", bound=BaseModel)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class InvalidRequest(InvalidInput):
    """The query or the body is not as the document of the API says.

    ``faults`` has a field and a text for each fault; a field within another one has its name behind
    a dot, a place in a list its number.
    """

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)[:_FAULTS_LIMIT]
        field, text = self.faults[0]
        more = len(self.faults) - 1
        others = f" (and {more} more)" if more else ""
        where = field or "the body"
        super().__init__(f"{where}: {text}{others}", field=field)


def read_query(model: type[M]) -> M:
    """Return the parameters of the request's URL.

    Raises:
        InvalidRequest: one is unknown, given twice, or not as it should be.
    """
    given = request.args.to_dict(flat=False)
    twice = [(name, "is given more than once") for name, values in given.items() if values[1:]]
    if twice:
        raise InvalidRequest(twice)
    return _checked(model, {name: values[0] for name, values in given.items()})


def read_body(model: type[M]) -> M:
    """Return the JSON object of the request's body.

    Raises:
        BadRequest: it is no JSON that can be read.
        InvalidRequest: it is not as it should be.
        UnsupportedMediaType: it is something else.
    """
    if not request.is_json:
        raise UnsupportedMediaType("the body must be JSON: send Content-Type: application/json")
    octets = request.get_data()
    parse_json(octets)  # Pydantic would take the last of two members of one name.
    try:
        return model.model_validate_json(octets, strict=True)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] == "json_invalid":
            raise BadRequest("the body is no JSON that can be read") from error
        raise InvalidRequest(_faults_of(error)) from error


def _checked(model: type[M], values: dict[str, str]) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidRequest(_faults_of(error)) from error


def _faults_of(error: ValidationError) -> list[tuple[str, str]]:
    found = error.errors(include_url=False, include_input=False)
    return [(_name_of(each["loc"]), _text_of(each)) for each in found]


def _text_of(fault: "ErrorDetails") -> str:
    return _WORDS.get(fault["type"], _OTHERWISE).format_map(fault.get("ctx", {}))


def _name_of(place: tuple[Any, ...]) -> str:
    return ".".join(str(each) for each in place)[:100]
