"""The command line in this process, on a state directory of its own."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click.testing
import pytest

from contactsgroups.cli import commands

Run = Callable[..., click.testing.Result]

# Before click 8.2 the two outputs were one unless separated, and from then on they never are.
SEPARATELY: dict[str, Any] = {"mix_stderr": False} if version("click").startswith("8.1.") else {}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the commands of this test keep everything."""
    return tmp_path / "state"


@pytest.fixture
def run(state: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command; a bug shows its traceback instead of an exit code."""
    for name in ("CONFIG", "DATABASE_URL", "STATE"):
        monkeypatch.delenv(f"CONTACTSGROUPS_{name}", raising=False)

    def invoke(*arguments: object, standard_input: str | bytes = "") -> click.testing.Result:
        return click.testing.CliRunner(**SEPARATELY).invoke(
            commands,
            ["--state", str(state), *map(str, arguments)],
            input=standard_input,
            catch_exceptions=False,
            prog_name="contactsgroups",
        )

    return invoke


@pytest.fixture
def company(run: Run) -> Run:
    """As ``run``, with ada and bob in example.org, and the group team@ with ada."""
    rows = """\
type,address,belongs_to,name
domain,example.org
account,ada@example.org,,Ada
account,bob@example.org,,Bob
group,team@example.org,,Team
member,ada@example.org,team@example.org
"""
    assert run("import", "--format", "csv", "-", standard_input=rows).exit_code == 0
    return run
