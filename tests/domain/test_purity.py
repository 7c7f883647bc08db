"""The domain stands on the standard library alone."""

import ast
import sys
from pathlib import Path

import contactsgroups.domain


def test_the_domain_imports_nothing_but_itself_and_the_standard_library() -> None:
    package = Path(contactsgroups.domain.__file__).parent
    modules = sorted(package.glob("**/*.py"))
    assert modules
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert name.startswith("contactsgroups.domain") or top in sys.stdlib_module_names
