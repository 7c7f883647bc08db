"""Reads what stands in the query part of a page's URL."""

from flask import request

TEXT_LIMIT = 300


def read_text(name: str) -> str:
    """Return a parameter as one line of printable text, cut to 300 characters.

    Databases refuse some control characters, NUL above all; nothing is ever found by them.
    """
    text = request.args.get(name, "")[:TEXT_LIMIT]
    return "".join(char if char.isprintable() else " " for char in text).strip()
