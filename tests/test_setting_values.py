"""An environment gives texts, a file values; both become what a setting is."""

from pathlib import Path
from typing import Any

import pytest

from contactsgroups.setting_values import WANTED, parse_value


@pytest.mark.parametrize(
    ("value", "type_", "found"),
    [
        ("a\N{LATIN SMALL LETTER E WITH ACUTE}/b", Path, Path("a\u00e9/b")),
        ("7", int, 7),
        (7, int, 7),
        ("0.5", float, 0.5),
        ("Yes", bool, True),
        ("0", bool, False),
        (False, bool, False),
        ("", str, ""),
    ],
)
def test_values_are_taken_as_texts_too(value: Any, type_: Any, found: Any) -> None:
    assert parse_value(value, type_) == found


@pytest.mark.parametrize(
    ("value", "type_"),
    [("a\0b", Path), ("7.5", int), ("", int), ("x", float), ("on", bool), ("", bool), ([], int)],
)
def test_what_cannot_be_is_refused_and_said(value: Any, type_: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        parse_value(value, type_)
    assert WANTED[type_]
