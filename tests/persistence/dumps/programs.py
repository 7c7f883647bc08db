"""A program in the place of a database's own, which notes what it was given."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

_PROGRAM = """\
#!/bin/sh
printf '%s\\n' "$@" > "{directory}/arguments"
file=$PGPASSFILE
for each; do case $each in --defaults-extra-file=*) file=${{each#*=}};; esac; done
cat "$file" > "{directory}/secret"
cat > "{directory}/stdin"
"""

Seen = Callable[[], tuple[list[str], str]]


def look_at_programs(directory: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Seen:
    """Put the program first in PATH; what is returned gives its arguments and the secret file."""
    programs = directory / "programs"
    programs.mkdir()
    (programs / name).write_text(_PROGRAM.format(directory=directory))
    (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return lambda: (
        (directory / "arguments").read_text().splitlines(),
        (directory / "secret").read_text(),
    )
