"""The socket is for Postfix's group only from the first moment on, and for one service only."""

import errno
import grp
import os
import pwd
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from subprocess import Popen

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.delivery import listening
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.delivery.policy_reply import NO_GROUP
from contactsgroups.domain.errors import Unavailable
from tests.delivery.policy_clients import (
    ask,
    connected,
    first_line,
    placed,
    program_of_nobody,
)
from tests.servers.program import listens, state_directory

POSTFIX = grp.getgrnam("postfix").gr_gid
NOBODY = pwd.getpwnam("nobody")

_CONNECT = "print(socket.socket(socket.AF_UNIX).connect_ex(sys.argv[2]))"
_LISTEN = """
try:
    listener = listen(sys.argv[2], sys.argv[3])
except Unavailable as error:
    print("refused:", error, flush=True)
else:
    print("complaint:", listener.complaint, flush=True)
    sys.stdin.read()
"""
_LISTEN_IMPORTS = """
from contactsgroups.delivery.listening import listen
from contactsgroups.domain.errors import Unavailable
"""


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every user can look into, as Postfix's queue."""
    with state_directory("policy") as directory:
        yield directory


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def error_of_connecting(path: Path, group: str) -> int:
    """The number of the error that a client of user nobody and this group gets, or 0."""
    with program_of_nobody(group, "import socket", _CONNECT, str(path)) as client:
        return int(first_line(client))


def test_postfix_may_connect_and_other_users_may_not(core: Core, open_directory: Path) -> None:
    path = open_directory / "new" / "policy.sock"
    with PolicyServer(placed(core, str(path))):
        assert mode_of(path) == 0o660
        assert path.stat().st_gid == POSTFIX
        assert error_of_connecting(path, "postfix") == 0
        assert error_of_connecting(path, "nogroup") == errno.EACCES


def test_a_directory_that_is_made_is_open_to_the_group_and_to_no_other_user(tmp_path: Path) -> None:
    made = tmp_path / "new"
    for umask in (0, 0o077):
        before = os.umask(umask)
        try:
            listening.listen(str(made / "policy.sock"), "").close()
        finally:
            os.umask(before)
        assert (mode_of(made), made.stat().st_gid) == (0o2750, POSTFIX)
        shutil.rmtree(made)


def test_another_group_may_be_chosen(core: Core, open_directory: Path) -> None:
    path = open_directory / "policy.sock"
    with PolicyServer(placed(core, str(path), group="nogroup")):
        assert mode_of(path) == 0o660
        assert error_of_connecting(path, "nogroup") == 0
        assert error_of_connecting(path, "postfix") == errno.EACCES


def test_without_postfix_only_the_owner_may_connect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "POSTFIX_GROUP", "no-such-group")
    listener = listening.listen(str(tmp_path / "policy.sock"), "")
    assert mode_of(tmp_path / "policy.sock") == 0o600
    assert not listener.complaint
    listener.close()


def test_a_group_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="there is no group no-such-group"):
        listening.listen(str(tmp_path / "policy.sock"), "no-such-group")
    assert list(tmp_path.iterdir()) == []


def test_no_moment_is_open_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the umask, the socket has no more than its owner's mode until it has its group."""
    path, seen = tmp_path / "policy.sock", []

    def watch(function: Callable[..., None]) -> Callable[..., None]:
        def watched(*args: int | str | Path) -> None:
            seen.append((mode_of(path), path.stat().st_gid))
            function(*args)
            seen.append((mode_of(path), path.stat().st_gid))

        return watched

    monkeypatch.setattr(os, "chown", watch(os.chown))
    monkeypatch.setattr(Path, "chmod", watch(Path.chmod))
    umask = os.umask(0)
    try:
        listening.listen(str(path), "").close()
    finally:
        os.umask(umask)
    group = os.getegid()
    assert seen == [(0o600, group), (0o600, POSTFIX), (0o600, POSTFIX), (0o660, POSTFIX)]


@pytest.fixture
def directory_of_nobody(open_directory: Path) -> Path:
    """Where a service that runs as user nobody may make its socket."""
    directory = open_directory / "contactsgroups"
    directory.mkdir()
    shutil.chown(directory, NOBODY.pw_uid, NOBODY.pw_gid)
    return directory


def listening_as_nobody(path: Path, group: str = "") -> AbstractContextManager[Popen[str]]:
    """A service of a user that is not in Postfix's group."""
    return program_of_nobody("nogroup", _LISTEN_IMPORTS, _LISTEN, str(path), group)


def test_a_service_outside_the_group_says_what_to_do(directory_of_nobody: Path) -> None:
    path = directory_of_nobody / "policy.sock"
    with listening_as_nobody(path) as service:
        said = first_line(service)
        assert f"chgrp postfix {directory_of_nobody}" in said
        assert "adduser nobody postfix" in said
        assert mode_of(path) == 0o600


def test_a_group_chosen_by_name_that_cannot_be_given_is_an_error(
    directory_of_nobody: Path,
) -> None:
    path = directory_of_nobody / "policy.sock"
    with listening_as_nobody(path, "postfix") as service:
        assert first_line(service).startswith("refused: Postfix cannot connect")
        assert not path.exists()


def test_a_directory_of_the_group_is_enough(directory_of_nobody: Path) -> None:
    """The service itself need not be in the group, as docs/postfix.md says."""
    shutil.chown(directory_of_nobody, NOBODY.pw_uid, POSTFIX)
    directory_of_nobody.chmod(0o2750)
    path = directory_of_nobody / "policy.sock"
    with listening_as_nobody(path) as service:
        assert first_line(service) == "complaint:"
        assert (mode_of(path), path.stat().st_gid) == (0o660, POSTFIX)


def test_the_socket_of_a_killed_service_is_taken_over(core: Core, tmp_path: Path) -> None:
    path = tmp_path / "policy.sock"
    with socket.socket(socket.AF_UNIX) as deserted:
        deserted.bind(str(path))
    with PolicyServer(placed(core, str(path))) as server, ExitStack() as stack:
        assert ask(connected(server.address, stack), "ada@example.org") == NO_GROUP
        assert mode_of(path) == 0o660


def test_a_service_that_lives_keeps_its_place(tmp_path: Path) -> None:
    """Also where another one has removed its socket's name."""
    path = tmp_path / "policy.sock"
    first = listening.listen(str(path), "")
    for _ in range(2):
        with pytest.raises(Unavailable, match="another service is listening"):
            listening.listen(str(path), "")
        path.unlink(missing_ok=True)
    first.close()
    listening.listen(str(path), "").close()
    assert not path.exists()


@pytest.mark.parametrize("is_full", [False, True])
def test_another_programs_socket_is_left_alone(tmp_path: Path, is_full: bool) -> None:
    """A program that has no room for one more client does not make us wait."""
    path = tmp_path / "policy.sock"
    with socket.socket(socket.AF_UNIX) as other, socket.socket(socket.AF_UNIX) as client:
        other.bind(str(path))
        other.listen(0)
        if is_full:
            client.connect(str(path))
        with pytest.raises(Unavailable, match="another server is listening"):
            listening.listen(str(path), "")
        assert path.is_socket()


def test_the_lock_is_closed_to_others(tmp_path: Path) -> None:
    """Whoever could open it could lock the service out."""
    umask = os.umask(0)
    try:
        listener = listening.listen(str(tmp_path / "policy.sock"), "")
    finally:
        os.umask(umask)
    assert mode_of(tmp_path / "policy.sock.lock") == 0o600
    listener.close()


def test_a_place_that_cannot_be_had_keeps_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "policy.sock"
    path.write_text("precious")
    for _ in range(2):
        with pytest.raises(Unavailable, match="Address already in use"):
            listening.listen(str(path), "")
    path.unlink()
    listening.listen(str(path), "").close()


@pytest.mark.parametrize(
    ("place", "port"),
    [
        ("127.0.0.1:10040", ("127.0.0.1", 10040)),
        ("[::1]:10040", ("::1", 10040)),
        ("localhost:0", ("localhost", 0)),
        ("/run/policy.sock", None),
        ("/run/a:1", None),
        ("policy.sock", None),
        ("policy:", None),
    ],
)
def test_a_place_is_a_path_or_a_port(place: str, port: tuple[str, int] | None) -> None:
    assert listening.split_port(place) == port


def test_ports_of_this_machine_only_are_told_from_others() -> None:
    assert all(map(listening.is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(listening.is_loopback, ("::", "192.0.2.1", "mail", "")))


def test_a_port_that_is_taken_is_named() -> None:
    listener = listening.listen("127.0.0.1:0", "")
    assert listens(("127.0.0.1", listener.socket.getsockname()[1]))
    with pytest.raises(Unavailable, match="Address already in use"):
        listening.listen(listener.address, "")
    listener.close()


@pytest.fixture
def reachable(open_directory: Path) -> Path:
    """A path that Postfix can reach and others cannot change."""
    return open_directory / "policy.sock"


def faults(path: Path, group: str = "") -> list[tuple[str, bool]]:
    return [(fault.text, fault.is_grave) for fault in listening.inspect(str(path), group)]


def test_a_service_as_it_should_be_has_no_faults(reachable: Path) -> None:
    assert faults(reachable) == []
    listener = listening.listen(str(reachable), "")
    assert faults(reachable) == []
    listener.close()


def test_an_open_socket_or_directory_is_grave(reachable: Path) -> None:
    listener = listening.listen(str(reachable), "")
    reachable.chmod(0o666)
    reachable.parent.chmod(0o1777)
    (first, _), (second, _) = found = faults(reachable)
    listener.close()
    assert all(is_grave for _, is_grave in found)
    assert first.startswith(f"every user can connect to {reachable}")
    assert second.startswith("every user can put a socket in place of")


def test_a_socket_or_directory_that_postfix_cannot_use_is_named(reachable: Path) -> None:
    listener = listening.listen(str(reachable), "nogroup")
    reachable.parent.chmod(0o700)
    assert faults(reachable, "nogroup") == [
        (f"Postfix cannot reach {reachable}: {reachable.parent} is closed to its group", False)
    ]
    wrong, closed = faults(reachable)
    listener.close()
    assert f"chgrp postfix {reachable.parent}" in wrong[0]
    assert "is closed to its group" in closed[0]


@pytest.mark.parametrize(("host", "count"), [("127.0.0.1", 0), ("[::1]", 0), ("192.0.2.1", 1)])
def test_a_port_is_for_this_machine_only(host: str, count: int) -> None:
    assert len(list(listening.inspect(f"{host}:10040", ""))) == count
