"""Do what docs/postfix.md says, to the letter: run its commands on a copy of Debian's files."""

import os
import re
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.postfix.fragments import FRAGMENTS
from tests.servers.postfix_files import SHIPPED, parameters_of
from tests.servers.program import find_program

PAGE = Path(__file__).parents[2] / "docs" / "postfix.md"
CONFIGURATION = "/etc/postfix"

ADD_TO_MAIN_CF = "cat postfix/main.cf >>"
CHANGE_MASTER_CF = "postconf -M lcleanup"
READ_THE_DATABASE = "backend=sqlite"
OPEN_THE_DATABASE = "chmod 2770"


@dataclass(frozen=True)
class Result:
    """A configuration of Postfix after the documented steps, and what the commands complained."""

    parameters: dict[str, str]
    services: str
    complaints: str


def commands(part: str) -> str:
    """Return the page's only block of commands that contains ``part``."""
    blocks = re.findall(r"^( *)```\n(.*?)^ *```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (found,) = [textwrap.dedent(text) for _, text in blocks if part in text]
    return found


def carry_out(block: str, replacements: Mapping[str, str], directory: Path) -> str:
    """Run documented commands with other places than the page's; return what they complain.

    ``directory`` has the configuration of Postfix, and the project's directory ``postfix``.
    """
    for documented, actual in replacements.items():
        assert documented in block
        block = block.replace(documented, actual)
    postconf = Path(find_program("postconf"))
    result = subprocess.run(
        ["bash", "-euc", block],
        cwd=directory,
        env={
            "PATH": f"{postconf.parent}{os.pathsep}{os.environ['PATH']}",
            "MAIL_CONFIG": str(directory),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


def _copy_fragments(etc: Path) -> None:
    """Copy the project's files for Postfix, which name each other by where they will be."""
    shutil.copytree(FRAGMENTS, etc / "postfix")
    for file in (etc / "postfix").rglob("*.c[fn]*"):
        file.write_text(file.read_text().replace(CONFIGURATION, str(etc)))


@cache
def debian_with_our_additions(backend: str | None = None) -> Result:
    """Follow the steps on the files that Debian ships; ``backend`` is that of the SQL maps."""
    with tempfile.TemporaryDirectory() as directory:
        etc = Path(directory)
        shutil.copy(SHIPPED / "main.cf.debian", etc / "main.cf")
        shutil.copy(SHIPPED / "master.cf.dist", etc / "master.cf")
        _copy_fragments(etc)
        to_etc = {CONFIGURATION: directory}
        complaints = carry_out(commands(ADD_TO_MAIN_CF), to_etc, etc)
        complaints += carry_out(commands(CHANGE_MASTER_CF), {}, etc)
        if backend is not None:
            chosen = to_etc | {READ_THE_DATABASE: f"backend={backend}"}
            complaints += carry_out(commands(READ_THE_DATABASE), chosen, etc)
        return Result(
            parameters_of((etc / "main.cf").read_text()),
            (etc / "master.cf").read_text(),
            complaints,
        )
