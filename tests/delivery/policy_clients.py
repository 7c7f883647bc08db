"""Clients of the policy service, as Postfix is one, and programs of other users."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import BinaryIO

from contactsgroups import settings
from contactsgroups.bootstrap import Core


def placed(core: Core, place: str, group: str = "") -> Core:
    """The same core with a policy service elsewhere."""
    chosen = {"state": core.settings.state, "policy_socket": place, "policy_group": group}
    return replace(core, settings=settings.from_mapping(chosen))


def connected(address: str, stack: ExitStack) -> BinaryIO:
    """A connection, open until the stack ends."""
    client = stack.enter_context(connect(address))
    return stack.enter_context(client.makefile("rwb"))


def connect(address: str) -> socket.socket:
    """A connected socket, with a limit of time for a test that fails."""
    host, _, port = address.rpartition(":")
    if host:
        return socket.create_connection((host.strip("[]"), int(port)), timeout=30)
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    try:
        client.connect(address)
    except OSError:
        client.close()
        raise
    return client


def request(recipient: str, **attributes: str) -> bytes:
    """A request about one recipient."""
    lines = {"request": "smtpd_access_policy", "protocol_state": "RCPT", "recipient": recipient}
    return (
        "".join(f"{name}={value}\n" for name, value in (lines | attributes).items()).encode()
        + b"\n"
    )


def ask(stream: BinaryIO, recipient: str, **attributes: str) -> str:
    """What the service says about one recipient."""
    stream.write(request(recipient, **attributes))
    stream.flush()
    return answer(stream)


def answer(stream: BinaryIO) -> str:
    """The next answer."""
    action = stream.readline().decode("ascii")
    assert stream.readline() == b"\n"
    assert action.startswith("action=")
    return action.removeprefix("action=").rstrip("\n")


# A program becomes another user by itself: that user need not be able to read this tree.
_BECOME = """
import os, pwd, grp, resource, sys
{imports}
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
os.setgroups([])
os.setgid(grp.getgrnam(sys.argv[1]).gr_gid)
os.setuid(pwd.getpwnam("nobody").pw_uid)
{program}
"""


@contextmanager
def program_of_nobody(
    group: str, imports: str, program: str, *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """A Python program that runs as user nobody, in this group only; killed at the end."""
    script = _BECOME.format(imports=imports, program=program)
    with subprocess.Popen(
        [sys.executable, "-c", script, group, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    """What a program prints first."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
