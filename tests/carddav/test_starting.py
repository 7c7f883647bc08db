"""Radicale's own program does not start where a part cannot be used, and says in one line why."""

import os
import pwd
import shutil
from pathlib import Path

import pytest
from radicale import config

from contactsgroups.domain.errors import NotPermitted
from radicale_plugin import Storage
from tests.carddav.conftest import make_core
from tests.carddav.test_standalone import configuration, start  # noqa: F401
from tests.cli.test_state_parts import put_there
from tests.servers.program import state_directory
from tests.test_state_owner import IS_ROOT, OWNER, in_child

PARTS = ["", "contactsgroups.sqlite", "index", "collections", "collections/collection-root"]


@pytest.mark.parametrize("part", PARTS)
def test_something_else_in_the_place_of_a_part_is_named(
    configuration: tuple[Path, int],  # noqa: F811
    state: Path,
    part: str,
) -> None:
    place = state / part if part else state
    shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    put_there(place, "directory" if part.endswith(".sqlite") else "file")

    refused = start(configuration[0])

    assert refused.returncode == 1
    assert f"{place} is a" in _reason(refused.stderr)
    assert "move it away" in _reason(refused.stderr)


@pytest.mark.parametrize("octets", [b"junk", b"SQLite format 3\0" + b"x" * 8000])
def test_a_file_that_is_no_database_is_named(
    configuration: tuple[Path, int],  # noqa: F811
    state: Path,
    octets: bytes,
) -> None:
    shutil.rmtree(state)
    state.mkdir()
    (state / "contactsgroups.sqlite").write_bytes(octets)

    refused = start(configuration[0])

    assert refused.returncode == 1
    assert str(state / "contactsgroups.sqlite") in _reason(refused.stderr)


@pytest.mark.parametrize("part", ["collections", "collections/collection-root"])
def test_books_of_another_user_are_named(part: str) -> None:
    with state_directory("starting") as place:
        core = make_core(place / "state")
        folder = place / "state" / part
        folder.mkdir(parents=True)
        folder.chmod(0o700 if IS_ROOT else 0o500)
        if IS_ROOT:
            for each in (place / "state", *(place / "state").rglob("*")):
                shutil.chown(each, OWNER)
            shutil.chown(folder, "root")

        def begin() -> None:
            if IS_ROOT:
                os.setgroups([])
                os.setgid(pwd.getpwnam(OWNER).pw_gid)
                os.setuid(pwd.getpwnam(OWNER).pw_uid)
            why = f"{folder} belongs to root, and this runs as {OWNER}: chown" if IS_ROOT else "own"
            with pytest.raises(NotPermitted, match=why):
                Storage(config.load(), core=core, records=False)

        assert in_child(begin) == 0
        core.close()


def _reason(log: str) -> str:
    """The line that says why it does not start; there is one, and no traceback."""
    assert "Traceback" not in log
    (line,) = [each for each in log.splitlines() if "[CRITICAL]" in each]
    return line
