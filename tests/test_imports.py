"""Imports run one way: from the command line over the faces and services down to the domain."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_no_module_imports_against_the_direction_of_the_layers() -> None:
    """The contracts are in pyproject.toml, under tool.importlinter."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]

    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
