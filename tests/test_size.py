"""Modules and functions stay small enough to be read at once.

The measures say when to look again, not how to write: a module that grows beyond 400 lines has a
second idea in it, and where one function in ten is longer than 15 lines, steps have no names any
more.  The product began far below both; these limits keep it there.  Versions of the schema are
left out: a migration is a list of tables, and it is never changed again.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path
    for package in ("contactsgroups", "radicale_plugin")
    for path in (ROOT / package).glob("**/*.py")
    if path.parent.name != "versions"
)
LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 15
"""At most one function in ten is longer."""


def lengths_of_functions(text: str) -> Iterator[int]:
    """Lines of each function from ``def`` to its end, docstrings and blank lines left out."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield sum(bool(line.strip()) for line in _lines_without_docstring(text, node))


def _lines_without_docstring(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    lines = text.splitlines()
    described = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    skipped = range(described.lineno, (described.end_lineno or 0) + 1) if described else range(0)
    span = range(node.lineno, (node.end_lineno or 0) + 1)
    return [lines[number - 1] for number in span if number not in skipped]


def test_no_module_has_grown_too_long() -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert len(lines) > 150
    assert {path for path, count in lines.items() if count > LINES_OF_A_MODULE} == set()


def test_nine_functions_of_ten_are_read_at_a_glance() -> None:
    lengths = sorted(
        length for path in MODULES for length in lengths_of_functions(path.read_text())
    )
    assert len(lengths) > 500
    assert lengths[len(lengths) * 9 // 10] <= LINES_OF_A_FUNCTION


def test_what_counts_as_a_line() -> None:
    text = 'def f():\n    """Words."""\n\n    a = 1\n    return a\n'
    assert list(lengths_of_functions(text)) == [3]
