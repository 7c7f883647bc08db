"""A private Postfix for one test: its own configuration, queue, log and Maildirs."""

import email.policy
import os
import pwd
import shutil
import smtplib
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from signal import SIGHUP

import pytest

from tests.servers.program import (
    Program,
    find_program,
    free_port,
    listens,
    state_directory,
    wait_for,
)

SYSTEM_CONFIGURATION = Path("/etc/postfix")
DAEMONS = Path("/usr/lib/postfix/sbin")

# Mail is delivered as this system user.
MAILBOX_OWNER = "nobody"

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

MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60   1 pickup
cleanup   unix  n - n -    0 cleanup
qmgr      unix  n - n 300  1 qmgr
rewrite   unix  - - n -    - trivial-rewrite
bounce    unix  - - n -    0 bounce
defer     unix  - - n -    0 bounce
trace     unix  - - n -    0 bounce
verify    unix  - - n -    1 verify
flush     unix  n - n 1000 0 flush
proxymap  unix  - - n -    - proxymap
smtp      unix  - - n -    - smtp
lmtp      unix  - - n -    - lmtp
virtual   unix  - n n -    - virtual
error     unix  - - n -    - error
retry     unix  - - n -    - error
discard   unix  - - n -    - discard
showq     unix  n - n -    - showq
anvil     unix  - - n -    1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


def _write_aged(file: Path, text: str) -> None:
    """Write a file that looks a minute old: Postfix reads a young one until it has aged."""
    file.write_text(text)
    a_minute_ago = time.time() - 60
    os.utime(file, (a_minute_ago, a_minute_ago))


class PrivatePostfix:
    """A Postfix that a test configures, starts, sends mail through, and looks into.

    ``main_cf`` holds the parameters of main.cf and ``master_cf`` further lines of master.cf;
    both are written by ``start`` and ``reload``.  ``maps`` is a directory for lookup tables.
    By default mail is taken from this machine for ``example.org`` and delivered into Maildirs
    of the mailboxes that ``add_mailboxes`` names.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.maps = root / "maps"
        self.master_cf: list[str] = []
        self.main_cf = self._default_parameters()
        self._etc = root / "etc"
        self._queue = root / "queue"
        self._log = root / "maillog"
        self._mail = root / "mail"
        self._program: Program | None = None
        self._make_directories()
        self._mailbox_places: dict[str, str] = {}
        self.add_mailboxes()

    def _default_parameters(self) -> dict[str, str]:
        owner = pwd.getpwnam(MAILBOX_OWNER)
        return {
            # Where everything is.
            "queue_directory": f"{self.root}/queue",
            "data_directory": f"{self.root}/data",
            "command_directory": "/usr/sbin",
            "daemon_directory": str(DAEMONS),
            "maillog_file": f"{self.root}/maillog",
            "maillog_file_prefixes": f"/var, /dev/stdout, {self.root}",
            # Nothing leaves this machine, and nobody is asked for names.
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "default_transport": "error:5.4.4 tests send nothing outside",
            "smtpd_peername_lookup": "no",
            "smtp_dns_support_level": "disabled",
            # Who this is, and what it delivers.
            "compatibility_level": "3.6",
            "myhostname": "mail.example.org",
            "mynetworks": "127.0.0.0/8",
            "mydestination": "",
            "alias_maps": "",
            "alias_database": "",
            "local_recipient_maps": "",
            "virtual_mailbox_domains": "example.org",
            "virtual_mailbox_base": f"{self.root}/mail",
            "virtual_mailbox_maps": f"texthash:{self.maps}/mailboxes",
            "virtual_minimum_uid": "1",
            "virtual_uid_maps": f"static:{owner.pw_uid}",
            "virtual_gid_maps": f"static:{owner.pw_gid}",
            # Tests wait for retries and for slow clients as little as possible.
            "queue_run_delay": "1s",
            "minimal_backoff_time": "1s",
            "maximal_backoff_time": "2s",
            "in_flow_delay": "0",
        }

    def _make_directories(self) -> None:
        for directory in (self._etc, self._queue, self.maps):
            directory.mkdir(mode=0o755)
        for name, (mode, owner, group) in QUEUE_DIRECTORIES.items():
            directory = self._queue / name
            directory.mkdir()
            shutil.chown(directory, owner, group)
            directory.chmod(mode)
        for directory, owner in ((self.root / "data", "postfix"), (self._mail, MAILBOX_OWNER)):
            directory.mkdir(mode=0o700)
            shutil.chown(directory, owner)
        for name in ("dynamicmaps.cf", "dynamicmaps.cf.d"):
            (self._etc / name).symlink_to(SYSTEM_CONFIGURATION / name)

    def _write_configuration(self) -> None:
        main = "".join(f"{name} = {value}\n" for name, value in self.main_cf.items())
        master = MASTER_CF.format(port=self.port) + "".join(f"{line}\n" for line in self.master_cf)
        _write_aged(self._etc / "main.cf", main)
        _write_aged(self._etc / "master.cf", master)

    # Life

    def start(self) -> None:
        """Start with the present ``main_cf`` and ``master_cf``; return when mail is accepted."""
        self._write_configuration()
        command = [str(DAEMONS / "master"), "-c", str(self._etc), "-s"]
        self._program = Program(command, log=self.root / "master.log")
        self._program.wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            with self._connect():
                return True
        except (OSError, smtplib.SMTPException):
            return False

    def reload(self) -> None:
        """Write the configuration anew and have Postfix read it."""
        assert self._program is not None
        self._write_configuration()
        self._program.send_signal(SIGHUP)

    def stop(self) -> None:
        """End Postfix; harmless where it is not running."""
        if self._program is not None:
            self._program.stop()
            self._program = None
            # Its children, which share the port, end a moment later.
            wait_for(lambda: not listens(("127.0.0.1", self.port)))

    # Mail

    def write_table(self, name: str, entries: Mapping[str, str]) -> str:
        """Write a texthash table into ``maps``; return how main.cf names it.

        Postfix reads it when it starts; ``reload`` makes it read a changed one.
        """
        file = self.maps / name
        _write_aged(file, "".join(f"{key} {value}\n" for key, value in entries.items()))
        return f"texthash:{file}"

    def add_mailboxes(self, *addresses: str) -> None:
        """Give each address a Maildir, in the table that ``virtual_mailbox_maps`` names first."""
        for address in addresses:
            local_part, _, domain = address.rpartition("@")
            self._mailbox_places[address] = f"{domain}/{local_part}/"
        self.write_table("mailboxes", self._mailbox_places)

    def _connect(self) -> smtplib.SMTP:
        # Naming the client spares a lookup of this machine's own name.
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="client.example.org", timeout=30)

    def send(
        self,
        message: EmailMessage | bytes | str,
        envelope_sender: str,
        recipients: Sequence[str],
    ) -> dict[str, tuple[int, bytes]]:
        """Send by SMTP; return the recipients that were refused, each with its reply.

        As smtplib does, raises SMTPRecipientsRefused where none was accepted.
        """
        content = bytes(message) if isinstance(message, EmailMessage) else message
        international = not all(text.isascii() for text in (envelope_sender, *recipients))
        options = ("SMTPUTF8",) if international else ()
        with self._connect() as client:
            return client.sendmail(envelope_sender, list(recipients), content, options)

    def mailboxes(self, address: str) -> list[EmailMessage]:
        """The messages in the Maildir of ``address``, oldest first; none if there is no Maildir.

        The Maildir is where ``virtual_mailbox_maps``, as configured, says that it is.
        """
        for table in self.main_cf["virtual_mailbox_maps"].replace(",", " ").split():
            if (place := self.postmap_query(table, address)) is not None:
                break
        else:
            raise LookupError(f"virtual_mailbox_maps has no mailbox for {address}")
        parser = BytesParser(policy=email.policy.default)
        files = sorted((self._mail / place / "new").glob("*"), key=lambda f: f.stat().st_mtime_ns)
        return [parser.parsebytes(file.read_bytes()) for file in files]

    def queue_is_empty(self) -> bool:
        """Whether every message that was accepted has been delivered or bounced."""
        queues = ("maildrop", "incoming", "active", "deferred", "hold")
        return not any(
            entry.is_file() for queue in queues for entry in (self._queue / queue).rglob("*")
        )

    # Looking in

    def postmap_query(self, table: str, key: str) -> str | None:
        """What ``postmap -q`` finds for ``key`` in ``table`` ("lmdb:/…"); None if nothing."""
        self._write_configuration()
        result = subprocess.run(
            [find_program("postmap"), "-c", str(self._etc), "-q", key, table],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode == 0:
            return result.stdout.rstrip("\n")
        if result.stderr:
            raise RuntimeError(result.stderr)
        return None

    def table_types(self) -> list[str]:
        """The types of lookup tables that this Postfix can read."""
        self._write_configuration()
        command = [find_program("postconf"), "-c", str(self._etc), "-m"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def log(self) -> str:
        """What Postfix logged so far."""
        return self._log.read_text() if self._log.exists() else ""


@pytest.fixture
def postfix() -> Iterator[PrivatePostfix]:
    """A Postfix that is ready to be configured and started; ended after the test."""
    if os.geteuid() != 0:
        pytest.skip("a private Postfix must be started by root")
    with state_directory("postfix") as root:
        server = PrivatePostfix(root)
        try:
            yield server
        finally:
            server.stop()
