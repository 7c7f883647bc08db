"""What Debian's Postfix is made of, put in place for a private instance without root's services.

Everything comes from files that the packages own.  ``/etc/postfix`` is the machine's: its files are
made, or not, by whoever installed Postfix, so tests neither read nor need them.
"""

import os
import re
import shutil
import time
from pathlib import Path

# As the package ships them: main.cf.debian, master.cf.dist and dynamicmaps.cf.
SHIPPED = Path("/usr/share/postfix")
LIBRARIES = Path("/usr/lib/postfix")
DAEMONS = LIBRARIES / "sbin"

# Directory of the queue: its mode and owner, as Postfix itself demands them.
QUEUE_DIRECTORIES = {
    **dict.fromkeys(
        (
            "active",
            "bounce",
            "corrupt",
            "defer",
            "deferred",
            "flush",
            "hold",
            "incoming",
            "private",
            "saved",
            "trace",
        ),
        (0o700, "postfix", "root"),
    ),
    "maildrop": (0o1730, "postfix", "postdrop"),
    "public": (0o2710, "postfix", "postdrop"),
    "pid": (0o755, "root", "root"),
}

# What a daemon in the chroot reads in place of /etc.  On a machine in use, Debian's start script
# copies the machine's own files there; these ask no name server, so nothing leaves the machine.
CHROOT_FILES = {
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "hosts: files\nservices: files\n",
    "resolv.conf": "# no name server\n",
    "services": "smtp 25/tcp mail\n",
}


def logical_lines(text: str) -> list[str]:
    """Join continuation lines, which begin with a space, as postconf(5) says; drop comments."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace():
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return lines


def parameters_of(text: str) -> dict[str, str]:
    """Return the parameters of a main.cf; the last one stands, as for Postfix."""
    pairs = (line.partition("=") for line in logical_lines(text))
    return {name.strip(): value.strip() for name, _, value in pairs}


def shipped_parameters() -> dict[str, str]:
    """Return Debian's parameters of main.cf."""
    return parameters_of((SHIPPED / "main.cf.debian").read_text())


def shipped_services() -> str:
    """Return Debian's master.cf."""
    return (SHIPPED / "master.cf.dist").read_text()


def listening_at(services: str, place: str) -> str:
    """Return a master.cf whose SMTP server listens at ``place`` ("127.0.0.1:2525") only."""
    return re.sub(r"^smtp(?=\s+inet\s)", place, services, flags=re.MULTILINE)


def replace_file(file: Path, text: str) -> None:
    """Put a file in place as a whole, with a minute of age.

    A daemon of Postfix may start at any moment and reads its files then: of a file that is being
    written it would read a part, and end; master(8) would not start it again for a minute.  And
    Postfix waits until a file that it reads is older than a second.
    """
    draft = file.with_name(file.name + ".new")
    draft.write_text(text)
    a_minute_ago = time.time() - 60
    os.utime(draft, (a_minute_ago, a_minute_ago))
    draft.replace(file)


def make_queue(queue: Path) -> None:
    """Make the directories of a queue, which is the root directory of the daemons in a chroot."""
    queue.mkdir(mode=0o755)
    for name, (mode, owner, group) in QUEUE_DIRECTORIES.items():
        directory = queue / name
        directory.mkdir()
        shutil.chown(directory, owner, group)
        directory.chmod(mode)
    etc = queue / "etc"
    etc.mkdir()
    for name, text in CHROOT_FILES.items():
        (etc / name).write_text(text)


def write_dynamic_maps(directory: Path) -> None:
    """Name the types of tables whose packages are installed, as those packages themselves do."""
    lines = (SHIPPED / "dynamicmaps.cf").read_text().splitlines()
    installed = (line for line in lines if _is_installed(line))
    (directory / "dynamicmaps.cf").write_text("".join(f"{line}\n" for line in installed))


def _is_installed(line: str) -> bool:
    fields = line.split()
    return not line.startswith("#") and len(fields) > 1 and (LIBRARIES / fields[1]).exists()
