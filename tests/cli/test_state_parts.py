"""What a command says where a part of the state is something else than it should be."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run

FILES = (
    "contactsgroups.sqlite",
    "contactsgroups.sqlite-wal",
    "commit_signal",
    "high_water",
    "in_use.lock",
    "secret_key",
    "sign_in_attempts.sqlite",
)


KINDS = ("file", "directory", "pipe", "link to nothing", "circle")


@pytest.mark.parametrize("name", ["", *FILES, "index"])
def test_something_else_in_the_place_of_a_part_is_named(
    run: Run, state: Path, tmp_path: Path, name: str
) -> None:
    assert run("domain", "add", "example.org").exit_code == 0
    part = state / name if name else state
    if part.exists():
        part.rename(tmp_path / "former")
    for kind in KINDS:
        if kind == ("file" if name in FILES else "directory"):
            continue
        put_there(part, kind)
        for arguments in (["domain", "list"], ["db", "status"], ["check"]):
            refused = run(*arguments)
            assert refused.exit_code == os.EX_TEMPFAIL, refused.output
            assert refused.stderr.count("\n") == 1
            assert f"{part} is a" in refused.stderr
            assert "move it away" in refused.stderr
        part.rmdir() if kind == "directory" else part.unlink()


def put_there(path: Path, kind: str) -> None:
    if kind == "file":
        path.write_text("a file")
    elif kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path.parent / "nothing" if kind == "link to nothing" else path)


@pytest.mark.parametrize("octets", [b"junk", b"junk" * 5000, b"SQLite format 3\0" + b"x" * 8000])
def test_a_file_that_is_no_database_is_named(
    run: Run,
    state: Path,
    octets: bytes,
) -> None:
    path = state / "contactsgroups.sqlite"
    assert run("domain", "add", "example.org").exit_code == 0
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(octets)
    for arguments in (["domain", "list"], ["check"], ["db", "status"]):
        refused = run(*arguments)
        assert refused.exit_code == os.EX_TEMPFAIL, refused.output
        assert refused.stderr.count("\n") == 1
        assert f"{path}" in refused.stderr
    assert path.read_bytes() == octets
