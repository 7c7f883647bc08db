"""The package names what programs may use, and every recipe of the documentation uses only that."""

import ast
import doctest
import inspect
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from click.testing import CliRunner

import contactsgroups
from contactsgroups.cli import commands
from contactsgroups.persistence import Database
from contactsgroups.persistence.state_use import StateUse
from contactsgroups.services.accounts.sign_in import SignIn
from contactsgroups.services.completion.recorder import Recorder
from tests.documents import PAGES, ROOT, blocks

LIBRARY = ROOT / "docs" / "library.md"
PACKAGE = ROOT / "contactsgroups"
SUPPORTED = {f"contactsgroups.{name}" for name in contactsgroups.__all__} | {
    "contactsgroups.serve.build_application",
    "contactsgroups.web.ContactsGroups",
    "contactsgroups.web.app.create_app",
    "contactsgroups.web.form_token",
}
_IMPORT = re.compile(
    r"^\W*from\s+(contactsgroups[\w.]*)\s+import\s+(\([^)]*\)|[^\n]+)|^\W*import\s+(contactsgroups.*)",
    re.MULTILINE,
)


def declared_names() -> dict[str, str]:
    """What type checkers are told: each name, and where it comes from."""
    tree = ast.parse(inspect.getsource(contactsgroups))
    (block,) = (each for each in tree.body if isinstance(each, ast.If))
    imported = {
        alias.asname or alias.name: f"{each.module}.{alias.name}"
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    for each in block.body:
        if isinstance(each, ast.Assign):
            (target,) = each.targets
            imported[ast.unparse(target)] = imported.pop(ast.unparse(each.value))
    return imported


def imports_of(text: str) -> Iterator[str]:
    """What of this package a piece of Python imports."""
    for module, names, whole in _IMPORT.findall(text):
        if whole:
            yield whole
        for name in names.strip("()").split(","):
            if name.strip(" .\n"):
                yield f"{module}.{name.strip(' .' + chr(10)).split(' as ')[0]}"


def test_type_checkers_and_the_interpreter_find_the_same() -> None:
    found = {name: target.replace(":", ".") for name, target in contactsgroups._HOMES.items()}
    assert found == declared_names()


@pytest.mark.parametrize("name", contactsgroups.__all__)
def test_every_name_is_there_and_listed(name: str) -> None:
    assert getattr(contactsgroups, name) is not None
    assert name in dir(contactsgroups)


NEVER_LOOKED_INTO = {Database, Recorder, SignIn, StateUse}
"""Programs hand them on within the core, ``core.database`` by name, and use nothing of them."""


def annotations_of(value: Any) -> Iterator[Any]:
    """What a function takes and returns; what a class has as fields, properties and methods."""
    if inspect.isfunction(value):
        yield from get_type_hints(inspect.unwrap(value)).values()
    elif inspect.isclass(value):
        yield from get_type_hints(value).values()
        for name, each in vars(value).items():
            function = each.fget if isinstance(each, property) else each
            if inspect.isfunction(function) and not name.startswith("_"):
                yield from annotations_of(function)


def our_classes_in(annotation: Any) -> Iterator[type]:
    for argument in get_args(annotation):
        if not isinstance(argument, list):
            yield from our_classes_in(argument)
    if inspect.isclass(annotation) and annotation.__module__.startswith("contactsgroups."):
        yield annotation


@pytest.mark.parametrize("name", contactsgroups.__all__)
def test_whatever_a_name_takes_or_returns_has_a_name_itself(name: str) -> None:
    exported = [getattr(contactsgroups, each) for each in contactsgroups.__all__]
    for annotation in annotations_of(getattr(contactsgroups, name)):
        for each in our_classes_in(annotation):
            assert each in exported or each in NEVER_LOOKED_INTO, f"{name}: {each}"


def test_another_name_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'drop_everything'"):
        contactsgroups.drop_everything  # noqa: B018


@pytest.mark.parametrize("name", contactsgroups.__all__)
def test_every_name_is_documented(name: str) -> None:
    assert re.search(rf"\b{name}\b", LIBRARY.read_text())


def test_every_use_case_takes_a_database_and_a_principal_or_an_address() -> None:
    """Nothing that joins a transaction of others is handed out."""
    for name in contactsgroups.__all__:
        value = getattr(contactsgroups, name)
        if not inspect.isfunction(value) or name in {"load_settings", "open_core"}:
            continue
        first, second, *_ = inspect.signature(value).parameters
        assert (first, second in {"actor", "principal", "address"}) == ("database", True), name


def test_a_small_module_is_imported_without_the_rest() -> None:
    code = (
        "import sys, contactsgroups.domain.address; print('sqlalchemy' in sys.modules);"
        "import contactsgroups.web; print('contactsgroups.cli' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "False"]


def test_nothing_inside_comes_in_through_the_front_door() -> None:
    """It would be a circle: the door leads to every module."""
    for path in [*PACKAGE.glob("**/*.py"), *(ROOT / "radicale_plugin").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "contactsgroups":
                assert not {each.name for each in node.names} & {*contactsgroups.__all__}, path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_recipes_use_the_supported_names_only(page: Path) -> None:
    for block in blocks(page):
        for name in imports_of(block):
            assert name in SUPPORTED, f"{page.name} imports {name}"


def test_the_check_of_recipes_sees_every_way_to_import() -> None:
    text = """
from contactsgroups import find_principal, Core as C
>>> from contactsgroups.services.groups import (
...     create_group,
...     remove_group,
... )
    import contactsgroups.services
"""
    assert list(imports_of(text)) == [
        "contactsgroups.find_principal",
        "contactsgroups.Core",
        "contactsgroups.services.groups.create_group",
        "contactsgroups.services.groups.remove_group",
        "contactsgroups.services",
    ]


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current directory is an installation in which the page's commands have been run."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "DATABASE_URL", "STATE"):
        monkeypatch.delenv(f"CONTACTSGROUPS_{name}", raising=False)
    (script,) = blocks(LIBRARY, "sh")
    for line in script.splitlines():
        program, *arguments = shlex.split(line)
        assert program == "contactsgroups"
        CliRunner().invoke(commands, arguments, catch_exceptions=False, standalone_mode=False)


@pytest.mark.usefixtures("prepared")
def test_the_examples_of_the_library_do_what_the_page_shows() -> None:
    examples = "".join(blocks(LIBRARY, "pycon"))
    test = doctest.DocTestParser().get_doctest(examples, {}, "library.md", str(LIBRARY), 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    outcome = runner.run(test, out=report.append)
    assert outcome.attempted > 20
    assert outcome.failed == 0, "".join(report)
