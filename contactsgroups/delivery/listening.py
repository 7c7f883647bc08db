"""Where a service listens for Postfix: a socket for Postfix's group only, or a port.

The socket has its final owner and mode before anything can connect to it, and a service holds the
lock beside it as long as it listens, so that no two services take it from each other.
"""

import errno
import fcntl
import grp
import ipaddress
import os
import pwd
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from contactsgroups.domain.errors import Unavailable
from contactsgroups.state_owner import make_directory

POSTFIX_GROUP = "postfix"
POLICY_SERVICE = "the policy service"
_BACKLOG = 4096  # The kernel takes less, if net.core.somaxconn is less.


@dataclass(slots=True)
class Listener:
    """A listening socket.

    ``address`` is a path, or ``host:port`` with the port that was really taken; ``complaint`` says
    why Postfix cannot connect, if that is known, and what to do.
    """

    socket: socket.socket
    address: str
    complaint: str = ""
    _lock: int = field(default=-1, repr=False)

    def close(self) -> None:
        """Stop listening; another service may take the place then."""
        if self.socket.family == socket.AF_UNIX:
            Path(self.address).unlink(missing_ok=True)
        self.socket.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a place; ``is_grave`` if others can do harm."""

    text: str
    is_grave: bool = False


def listen(place: str, group: str, name: str = POLICY_SERVICE) -> Listener:
    """Listen at a path, or at ``host:port``.

    Args:
        group: may connect to the path; empty means Postfix's, if this machine has it.
        name: what errors call the service.

    Raises:
        Unavailable: the place is taken or cannot be made, or the named group cannot be given it.
    """
    try:
        port = split_port(place)
        return _listen_on_path(Path(place), group) if port is None else _listen_on_port(*port)
    except (OSError, OverflowError) as error:
        message = f"{name} cannot listen at {place}: {error}"
        raise Unavailable(message) from error


def split_port(place: str) -> tuple[str, int] | None:
    """Return host and port; None if the place is a path."""
    host, colon, port = place.rpartition(":")
    return (
        (host.strip("[]"), int(port)) if colon and port.isdecimal() and "/" not in place else None
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to a port of this host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def find_group(name: str) -> int | None:
    """Return the id of the group that may connect; None if it is the default and missing.

    Raises:
        Unavailable: there is no group of this name.
    """
    try:
        return grp.getgrnam(name or POSTFIX_GROUP).gr_gid
    except KeyError:
        if name:
            raise Unavailable(f"there is no group {name}, which policy_group names") from None
        return None


def explain_group(path: Path, name: str) -> str:
    """Return why the group cannot connect to the socket, and what to do."""
    group, user, directory = name or POSTFIX_GROUP, _user(), path.parent
    return (
        f"Postfix cannot connect to {path}, which does not belong to the group {group}: "
        f"give the group its directory (chgrp {group} {directory}; chmod 2750 {directory}) "
        f"or add the user {user} to the group (adduser {user} {group}), and start again"
    )


def inspect(place: str, group: str, name: str = POLICY_SERVICE) -> Iterator[Fault]:
    """Find what keeps Postfix from a running service, or lets others in.

    Raises:
        Unavailable: there is no group of this name.
    """
    if (port := split_port(place)) is not None:
        if not is_loopback(port[0]):
            yield Fault(f"other machines may ask {name} at {place}")
        return
    path, gid = Path(place).absolute(), find_group(group)
    if not path.is_socket():
        return  # The service does not run.
    state = path.stat()
    if state.st_mode & stat.S_IRWXO:
        yield Fault(f"every user can connect to {path}: start the service again", is_grave=True)
    if path.parent.stat().st_mode & stat.S_IWOTH:
        yield Fault(f"every user can put a socket in place of {path}", is_grave=True)
    if gid is None:
        return
    if state.st_gid != gid or not state.st_mode & stat.S_IWGRP:
        yield Fault(explain_group(path, group))
    for closed in (each for each in path.parents if not is_open_to(each, gid)):
        yield Fault(f"Postfix cannot reach {path}: {closed} is closed to its group")


def is_open_to(directory: Path, gid: int | None) -> bool:
    """Whether members of a group can pass through a directory; None: whoever is in no group."""
    state = directory.stat()
    bit = stat.S_IXGRP if state.st_gid == gid else stat.S_IXOTH
    return bool(state.st_mode & bit)


def _listen_on_port(host: str, port: int) -> Listener:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    return Listener(listening, f"{shown}:{listening.getsockname()[1]}")


def _listen_on_path(path: Path, group: str) -> Listener:
    gid = find_group(group)
    _make_directory(path.parent, gid)
    lock = _lock(path)
    listening = socket.socket(socket.AF_UNIX)
    try:
        _remove_deserted(path)
        # Linux makes the file with the mode that the socket has: no moment is open to others, and
        # no other thread makes its files under a changed umask.
        os.fchmod(listening.fileno(), stat.S_IRUSR | stat.S_IWUSR)
        listening.bind(str(path))
        complaint = _open_to_group(path, gid, group)
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        os.close(lock)
        raise
    return Listener(listening, str(path), complaint, lock)


def _make_directory(directory: Path, gid: int | None) -> None:
    """Make a directory that is missing, so that the group can look into it whatever the umask is.

    One that is there is the operator's, and so is its mode.
    """
    if directory.is_dir():
        return
    make_directory(directory, 0o755)
    if gid is not None:
        with suppress(PermissionError):  # The socket cannot be given away either, and that is said.
            os.chown(directory, -1, gid)
            directory.chmod(0o2750)


def _lock(path: Path) -> int:
    """Lock the place for this service, until it closes the descriptor or dies."""
    name = f"{path}.lock"
    # Closed to others: whoever can open a file can lock it.
    lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        if not isinstance(error, BlockingIOError):
            raise
        raise OSError(errno.EADDRINUSE, "another service is listening there") from None
    return lock


def _remove_deserted(path: Path) -> None:
    """Remove the socket of a service that was killed; leave alone one that is in use."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as client:
        # Without waiting: a service that is in use may have no room for one more.
        client.setblocking(False)
        if client.connect_ex(str(path)) != errno.ECONNREFUSED:
            raise OSError(errno.EADDRINUSE, "another server is listening there")
    path.unlink()


def _open_to_group(path: Path, gid: int | None, name: str) -> str:
    """Let a group connect; return why it cannot, if it was not chosen by name.

    Raises:
        Unavailable: the group was chosen by name.
    """
    if gid is None:
        return ""
    try:
        # A directory with the set-group-ID bit has given its group already.
        if path.stat().st_gid != gid:
            os.chown(path, -1, gid)
    except PermissionError as error:
        complaint = explain_group(path, name)
        if name:
            path.unlink()
            raise Unavailable(complaint) from error
        return complaint
    path.chmod(0o660)
    return ""


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
