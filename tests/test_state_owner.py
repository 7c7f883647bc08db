"""Whoever works with the state does so as its owner, and others cannot read what is in it."""

import errno
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

from contactsgroups import state_owner
from contactsgroups.bootstrap import open_core
from contactsgroups.domain.errors import NotPermitted, Unavailable
from contactsgroups.persistence import schema
from contactsgroups.settings import Settings
from tests.cli.conftest import Run, company, run  # noqa: F401 - fixtures
from tests.cli.test_state_parts import FILES
from tests.servers.program import state_directory

OWNER, STRANGER = "nobody", "daemon"
IS_ROOT = os.geteuid() == 0
SECONDS = 120
ROWS = """\
type,address,belongs_to,name
domain,example.org
account,ada@example.org,,Ada
group,team@example.org,,Team
member,ada@example.org,team@example.org
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user may enter."""
    with state_directory("owner") as root:
        yield root


@pytest.fixture
def state(place: Path) -> Path:
    """An empty state directory of another user where the tests are root, else of this one."""
    path = place / "state"
    path.mkdir(mode=0o711)
    if IS_ROOT:
        shutil.chown(path, OWNER)
    return path


@pytest.fixture
def readable_program(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """The program and Python itself may lie where the other user cannot read them.

    So what is needed is loaded before, and what is read as files is copied.
    """
    monkeypatch.setattr(state_owner, "_find_unreadable_program", lambda: None)
    Image.init()
    for name in ("tables", "postfix_views"):
        import_module(f"contactsgroups.persistence.migrations.baseline.{name}")
    copy = place / "migrations"
    shutil.copytree(schema.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    monkeypatch.setattr(schema, "MIGRATIONS", copy)


def in_child(action: Callable[[], None]) -> int:
    """Do something in a process of its own, and return its exit code; 99 for an exception."""
    if (child := os.fork()) == 0:
        code = 99
        try:
            action()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def files_below(state: Path) -> list[Path]:
    return [state, *state.rglob("*")]


def test_what_root_does_belongs_to_the_owner_of_the_state(
    run: Run,  # noqa: F811
    state: Path,
    place: Path,
    readable_program: None,
) -> None:
    """And what is named on the command line is read and written as the caller."""
    private = place / "private"
    # First on a state of its own: that loads what the other user may not be able to read.
    for used in (place / "own", state):
        shutil.rmtree(private, ignore_errors=True)
        private.mkdir(mode=0o700)
        (private / "all.csv").write_text(ROWS)
        (private / "all.csv").chmod(0o600)
        use_everything(run, used, private)


def use_everything(
    run: Run,  # noqa: F811
    state: Path,
    private: Path,
) -> None:
    state.mkdir(exist_ok=True)
    owner = state.stat().st_uid
    for arguments in (
        ["import", private / "all.csv"],
        ["token", "ada@example.org"],
        ["publish"],
        ["index", "build"],
        ["index", "contacts"],
        ["check"],
        ["backup", private / "archive.tar.gz"],
        ["restore", "--replace", private / "archive.tar.gz"],
        ["export", "-o", private / "out.csv"],
    ):
        done = run("--state", state, *arguments)
        assert done.exit_code == 0, done.output
        assert os.geteuid() == os.getuid()
        assert {path.lstat().st_uid for path in files_below(state)} == {owner}
    assert {path.stat().st_uid for path in private.iterdir()} == {os.getuid()}
    assert "ada@example.org" in (private / "out.csv").read_text()


def test_a_service_that_root_starts_is_the_owner_for_good(
    state: Path, readable_program: None
) -> None:
    def become_and_try_to_return() -> None:
        state_owner.act_as_owner(state)
        with state_owner.as_caller():
            assert os.geteuid() == os.getuid()
        state_owner.stay_owner()
        assert os.getresuid() == (state.stat().st_uid,) * 3
        if IS_ROOT:
            assert os.getresgid()[0] == pwd.getpwnam(OWNER).pw_gid
            assert 0 not in os.getgroups()
            with pytest.raises(PermissionError):
                os.seteuid(0)

    assert in_child(become_and_try_to_return) == 0


def test_a_user_without_rights_reads_why(run: Run, state: Path) -> None:  # noqa: F811
    """Instead of leaving files that the owner cannot open, or of a traceback."""

    def ask() -> None:
        if IS_ROOT:
            os.setgroups([])
            os.setgid(pwd.getpwnam(STRANGER).pw_gid)
            os.setuid(pwd.getpwnam(STRANGER).pw_uid)
        else:
            state_owner.os.geteuid = lambda: os.getuid() + 1  # type: ignore[assignment]
        for arguments in (["domain", "list"], ["db", "upgrade"], ["domain", "add", "x.example"]):
            refused = run(*arguments)
            assert refused.exit_code == os.EX_NOPERM
            assert f"the state directory {state} belongs to " in refused.stderr
            assert "run it as " in refused.stderr

    assert in_child(ask) == 0
    assert list(state.iterdir()) == []


def test_a_state_that_cannot_be_looked_into_is_one_sentence(
    run: Run,  # noqa: F811
    place: Path,
    state: Path,
) -> None:
    def ask() -> None:
        place.chmod(0o700 if IS_ROOT else 0)
        if IS_ROOT:
            os.setgroups([])
            os.setgid(pwd.getpwnam(STRANGER).pw_gid)
            os.setuid(pwd.getpwnam(STRANGER).pw_uid)
        refused = run("domain", "list")
        assert refused.exit_code not in {0, 1}
        assert "Permission denied" in refused.stderr
        assert refused.stderr.count("\n") == 1

    try:
        assert in_child(ask) == 0
    finally:
        place.chmod(0o755)


@pytest.mark.parametrize("name", [*FILES, "index"])
def test_a_part_of_the_state_that_belongs_to_another_user_is_named(
    run: Run,  # noqa: F811
    state: Path,
    readable_program: None,
    name: str,
) -> None:
    assert run("domain", "add", "example.org").exit_code == 0
    part = state / name
    part.touch()
    part.chmod(0o600 if IS_ROOT else 0o400)
    if IS_ROOT:
        shutil.chown(part, "root")

    def ask() -> None:
        if IS_ROOT:
            os.setgroups([])
            os.setgid(pwd.getpwnam(OWNER).pw_gid)
            os.setuid(pwd.getpwnam(OWNER).pw_uid)
        for arguments in (["domain", "list"], ["db", "status"], ["check"]):
            refused = run(*arguments)
            assert refused.exit_code == os.EX_NOPERM
            assert refused.stderr.count("\n") == 1
            if IS_ROOT:
                assert f"{part} belongs to root, and this runs as {OWNER}: chown" in refused.stderr
            else:
                assert f"{part} cannot be written by" in refused.stderr

    assert in_child(ask) == 0


def test_nothing_else_opens_the_state_of_another_user(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Radicale's own program and a web server that embeds the product change no user."""
    monkeypatch.setattr(state_owner.os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(NotPermitted, match="run it as"):
        open_core(Settings(state=place))
    assert list(place.iterdir()) == []


def test_an_owner_who_cannot_read_the_program_is_named(
    run: Run,  # noqa: F811
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(state_owner, "_find_unreadable_program", lambda: "/hidden/os.py")
    if IS_ROOT:
        refused = run("db", "upgrade")
        assert refused.exit_code == os.EX_NOPERM
        assert "who cannot read this program: /hidden/os.py" in refused.stderr
        assert os.geteuid() == 0
        assert list(state.iterdir()) == []
    monkeypatch.undo()
    assert state_owner._find_unreadable_program() is None


def test_a_key_that_nobody_may_write_is_used_and_one_that_its_owner_cannot_read_is_named(
    run: Run,  # noqa: F811
    state: Path,
    readable_program: None,
) -> None:
    assert run("domain", "add", "example.org").exit_code == 0
    key = state / "secret_key"
    key.write_text("k" * 64)
    if IS_ROOT:
        shutil.chown(key, OWNER)
    key.chmod(0o400)
    assert run("domain", "list").exit_code == 0
    key.chmod(0)
    refused = run("domain", "list")
    assert refused.exit_code == os.EX_NOPERM
    assert f"{key} cannot be read by" in refused.stderr
    assert f"chmod u+r {key}" in refused.stderr


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (errno.EACCES, NotPermitted, "state is closed to"),
        (errno.EIO, Unavailable, "cannot be looked at: Input/output error"),
    ],
)
def test_what_the_system_does_not_show_is_named_whatever_the_reason(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    kind: type[Exception],
    text: str,
) -> None:
    """Modes may allow what a security module or a broken disk does not."""

    def fail(_path: Path) -> os.stat_result:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "stat", fail)
    with pytest.raises(kind, match=text):
        state_owner.require_kind(place / "state" / "part", is_directory=False)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_maps_are_open_to_others_whatever_the_umask_is(place: Path, umask: int) -> None:
    """The commands in processes of their own, because a umask is a process's."""
    state = place / "parent" / "state"
    (place / "all.csv").write_text(ROWS)
    for arguments in (
        ["import", f"{place}/all.csv"],
        ["token", "ada@example.org"],
        ["publish"],
        ["index", "build"],
        ["index", "contacts"],
    ):
        subprocess.run(
            [sys.executable, "-m", "contactsgroups", "--state", state, *arguments],
            check=True,
            capture_output=True,
            timeout=SECONDS,
            umask=umask,
        )
    open_to_others = {
        str(path.relative_to(state)): stat.S_IMODE(path.stat().st_mode) & 0o007
        for path in files_below(state)
        if path.stat().st_mode & 0o007
    }
    maps = {name: mode for name, mode in open_to_others.items() if name.endswith(".lmdb")}
    assert len(maps) == 7
    assert set(maps.values()) == {0o4}
    others = open_to_others.items() - maps.items()
    assert others == {(".", 0o1), ("maps", 0o5), ("maps/status.json", 0o4)}
    assert state.parent.stat().st_mode & 0o001


def test_a_directory_is_made_with_its_mode_and_kept_with_its_own(place: Path) -> None:
    state_owner.make_directory(place / "a" / "b", 0o711)
    assert stat.S_IMODE((place / "a" / "b").stat().st_mode) == 0o711
    (place / "a" / "b").chmod(0o750)
    state_owner.make_directory(place / "a" / "b", 0o711)
    assert stat.S_IMODE((place / "a" / "b").stat().st_mode) == 0o750
    (place / "file").touch()
    with pytest.raises(FileExistsError):
        state_owner.make_directory(place / "file", 0o711)
