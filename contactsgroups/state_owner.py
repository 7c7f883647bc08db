"""The state directory belongs to one user, and so does everything in it.

Whoever works with the state does so as its owner: root becomes the owner, and others are refused.
Otherwise a command that was run once as root would leave files that the service cannot open.
"""

import errno
import os
import pwd
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contactsgroups.domain.errors import NotPermitted, Unavailable

STATE_MODE = 0o711
"""Others may pass through, as Postfix does to its maps and its socket, and see nothing."""

_former_groups: list[int] = []


def make_directory(path: Path, mode: int) -> None:
    """Make a directory that is missing, with this mode whatever the umask is.

    Raises:
        OSError: it cannot be made, or there is something else.
    """
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        each.chmod(mode if each == path else 0o755)
    path.mkdir(exist_ok=True)


def require_owner(state: Path) -> None:
    """See that this process runs as the owner of a state directory, if that is there.

    Raises:
        NotPermitted: it does not; the message says who does.
        Unavailable: it is no directory.
    """
    require_kind(state, is_directory=True)
    owner = _owner_of(state)
    if owner is not None and owner != os.geteuid():
        name = name_of(owner)
        raise NotPermitted(
            f"the state directory {state} belongs to {name}, and this runs as "
            f"{name_of(os.geteuid())}: run it as {name}"
        )


def require_kind(path: Path, *, is_directory: bool) -> None:
    """See that what is at a path, if anything is, is a directory, or else an ordinary file.

    Raises:
        Unavailable: it is something else; the message says what to do.
    """
    found, wanted = _kind_of(path), "a directory" if is_directory else "an ordinary file"
    if found not in {"", wanted}:
        raise Unavailable(
            f"{path} is {found}, and should be {wanted}: move it away, or name another place"
        )


def require_use(path: Path, *, is_directory: bool = False, is_written: bool = True) -> None:
    """See that this process can read, and write, what is at a path, if anything is.

    Raises:
        NotPermitted: it cannot; the message says whose it is, and what to do.
        Unavailable: it is of the wrong kind.
    """
    require_kind(path, is_directory=is_directory)
    wanted = os.R_OK | (os.W_OK if is_written else 0) | (os.X_OK if is_directory else 0)
    if not _kind_of(path) or os.access(path, wanted, effective_ids=True):
        return
    owner, user = path.stat().st_uid, name_of(os.geteuid())
    place, use = shlex.quote(str(path.absolute())), "written" if is_written else "read"
    if owner == os.geteuid():
        modes = "r" + ("w" if is_written else "") + ("x" if is_directory else "")
        raise NotPermitted(f"{path} cannot be {use} by {user}, its owner: chmod u+{modes} {place}")
    raise NotPermitted(
        f"{path} belongs to {name_of(owner)}, and this runs as {user}: chown -R {user} {place}"
    )


def _kind_of(path: Path) -> str:
    """Return what is at a path; nothing if there is nothing.

    Raises:
        NotPermitted: this process may not look there.
        Unavailable: nobody can at present.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "a link to nothing" if path.is_symlink() else ""
    except PermissionError as error:
        above = path.absolute().parents[::-1]
        # The system may have reasons that no mode shows.
        closed = next((each for each in above if not _may_enter(each)), above[-1])
        raise NotPermitted(
            f"{path}: {error.strerror}: {closed} is closed to {name_of(os.geteuid())}, "
            "and this runs as that user"
        ) from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "a link that leads round in a circle"
        raise Unavailable(f"{path} cannot be looked at: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        return "a directory"
    return "an ordinary file" if stat.S_ISREG(mode) else "a device or a socket"


def _may_enter(directory: Path) -> bool:
    return os.access(directory, os.X_OK, effective_ids=True)


def act_as_owner(state: Path) -> None:
    """Become the owner of a state directory if this is root; :func:`act_as_caller` undoes it.

    Raises:
        NotPermitted: the owner cannot read this very program.
    """
    owner = _owner_of(state)
    if os.geteuid() != 0 or not owner:
        return
    _former_groups[:] = os.getgroups()
    group, groups = _groups_of(owner, state)
    os.setgroups(groups)
    os.setegid(group)
    os.seteuid(owner)
    unreadable = _find_unreadable_program()
    if unreadable:
        act_as_caller()
        raise NotPermitted(
            f"the state directory {state} belongs to {name_of(owner)}, who cannot read this "
            f"program: {unreadable}"
        )


def act_as_caller() -> None:
    """Be root again after :func:`act_as_owner`; harmless without it."""
    if os.getuid() == 0 and os.geteuid() != 0:
        os.seteuid(0)
        os.setegid(os.getgid())
        os.setgroups(_former_groups)


@contextmanager
def as_caller() -> Iterator[None]:
    """Be the user who called while the block lasts: for files that are named on a command line."""
    owner = os.geteuid(), os.getegid(), os.getgroups()
    act_as_caller()
    try:
        yield
    finally:
        if os.geteuid() != owner[0]:
            os.setgroups(owner[2])
            os.setegid(owner[1])
            os.seteuid(owner[0])


def stay_owner() -> None:
    """Give up for good to be anybody else than now: for services, which run long."""
    if os.getuid() != os.geteuid():
        group, user = os.getegid(), os.geteuid()
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)


def _groups_of(user: int, state: Path) -> tuple[int, list[int]]:
    """Return a user's own group and all groups; that of the state for a user without a name."""
    try:
        entry = pwd.getpwuid(user)
    except KeyError:
        group = state.stat().st_gid
        return group, [group]
    return entry.pw_gid, os.getgrouplist(entry.pw_name, entry.pw_gid)


def _find_unreadable_program() -> str | None:
    """Return a file of Python or of ours that this user cannot read: more of them are needed."""
    for file in (os.__file__, __file__):
        if not os.access(file, os.R_OK, effective_ids=True):
            return file
    return None


def _owner_of(state: Path) -> int | None:
    try:
        return state.stat().st_uid if state.is_dir() else None
    except PermissionError:
        return None  # Whoever opens it will say so.


def name_of(user: int) -> str:
    """Return a user's name, or words with the number where there is none."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"the user {user}"
