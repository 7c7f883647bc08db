"""The tree of errors is the one that its own description draws."""

import re

import pytest

from contactsgroups.domain import errors
from contactsgroups.domain.errors import (
    AddressInUse,
    ContactsGroupsError,
    InvalidInput,
    MembershipCycle,
    StaleVersion,
)
from tests.error_classes import error_classes

_DRAWN = re.compile(r"^( *(?:[│├└─ ]*))(\w+)")


def drawn() -> dict[str, str | None]:
    """Each class of the drawing, and the one that it hangs on."""
    assert errors.__doc__ is not None
    path: list[str] = []
    found: dict[str, str | None] = {}
    for line in errors.__doc__.split("::\n")[1].strip("\n").splitlines():
        indent, name = _DRAWN.match(line).groups()  # type: ignore[union-attr]
        depth = (len(indent) - 4) // 4
        path = [*path[:depth], name]
        found[name] = path[-2] if depth else None
    return found


def test_the_drawing_is_the_tree() -> None:
    root, *others = error_classes(errors.__name__)
    real = {each.__name__: each.__bases__[0].__name__ for each in others}
    assert drawn() == {root.__name__: None, **real}


def test_an_input_error_names_its_field_where_there_is_one() -> None:
    assert InvalidInput("wrong").field is None
    assert InvalidInput("wrong", field="name").field == "name"
    assert str(InvalidInput("wrong", field="name")) == "wrong"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            AddressInUse("a@example.org", "alias"),
            "a@example.org is already in use by an existing alias",
        ),
        (MembershipCycle(["a", "b", "a"]), "groups would contain each other: a → b → a"),
        (
            StaleVersion("a@example.org", changed_by="ada@example.org", changed_at="noon"),
            "a@example.org was changed by ada@example.org at noon; nothing of yours was saved",
        ),
    ],
)
def test_errors_say_what_happened(error: ContactsGroupsError, text: str) -> None:
    assert str(error) == text
