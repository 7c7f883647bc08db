"""Values of settings, as an environment or a file gives them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def parse_value(value: Any, type_: Any) -> Any:
    """Return a value as one of the type of its setting.

    Raises:
        ValueError, TypeError: it cannot be one; ``WANTED`` says what is.
    """
    return _PARSERS[type_](value)


def _parse_bool(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise ValueError(value)
    return words[str(value).lower()]


def _parse_path(value: Any) -> Path:
    if "\0" in str(value):
        raise ValueError(value)
    return Path(value)


_PARSERS: Mapping[Any, Callable[[Any], Any]] = {
    Path: _parse_path,
    str: str,
    int: int,
    float: float,
    bool: _parse_bool,
}
WANTED: Mapping[Any, str] = {
    Path: "a path",
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
"""What a value must be, by the type of its setting."""
