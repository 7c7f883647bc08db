"""Errors that pages show have constant messages, with their values apart."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.catalogues import PACKAGE, error_names, sources

NAMES = error_names() | {"Sentence"}


def formatted(node: ast.AST) -> bool:
    """Whether an expression puts values into a text by itself."""
    is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return (
        isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod))
        or (is_method and node.func.attr in {"format", "join"})  # type: ignore[attr-defined]
    )


def strays(source: str) -> Iterator[int]:
    """Yield the line of each error whose message has values in it already."""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        made = {
            target.id
            for each in ast.walk(function)
            if isinstance(each, ast.Assign) and formatted(each.value)
            for target in each.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and call.args and called(call) in NAMES:
                message = call.args[0]
                is_made = isinstance(message, ast.Name) and message.id in made
                if formatted(message) or is_made:
                    yield call.lineno


def called(call: ast.Call) -> str:
    node = call.func
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_error_formats_its_message_by_itself(path: Path) -> None:
    assert list(strays(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        'raise InvalidInput(f"{x} is bad")',
        'raise InvalidInput("%s is bad" % x)',
        'raise InvalidInput("{} is bad".format(x))',
        'text = f"{x} is bad"; raise InvalidInput(text)',
    ],
)
def test_a_message_with_its_values_in_it_is_found(line: str) -> None:
    assert list(strays(f"def f(x):\n    {line}\n")) == [2]


def test_a_constant_message_with_its_values_apart_is_right() -> None:
    assert list(strays('def f(x):\n    raise InvalidInput("{x} is bad", x=x)\n')) == []
