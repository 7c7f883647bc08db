"""A private Postfix for one test: its own configuration, queue, log and Maildirs."""

import email.policy
import os
import pwd
import shutil
import smtplib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from signal import SIGHUP

import pytest

from tests.servers.postfix_files import (
    DAEMONS,
    listening_at,
    make_queue,
    replace_file,
    shipped_parameters,
    shipped_services,
    write_dynamic_maps,
)
from tests.servers.program import (
    Program,
    find_program,
    free_port,
    listens,
    state_directory,
    wait_for,
)

# Mail is delivered as this system user.
MAILBOX_OWNER = "nobody"


class PrivatePostfix:
    """A Postfix that a test configures, starts, sends mail through, and looks into.

    ``main_cf`` holds the parameters of main.cf and ``master_cf`` the text of master.cf; both are
    written by ``start`` and ``reload``.  They begin as Debian ships them, with daemons in a chroot;
    only what keeps this instance apart from others differs.  ``maps`` is a directory for lookup
    tables.  By default mail is taken from this machine for ``example.org`` and delivered into
    Maildirs of the mailboxes that ``add_mailboxes`` names.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.reinjection_port = free_port()
        self.maps = root / "maps"
        self.queue = root / "queue"
        self.main_cf = shipped_parameters() | self._own_parameters()
        self.master_cf = shipped_services()
        self._etc = root / "etc"
        self._log = root / "maillog"
        self._mail = root / "mail"
        self._program: Program | None = None
        self._make_directories()
        self._mailbox_places: dict[str, str] = {}
        self.add_mailboxes()

    def _own_parameters(self) -> dict[str, str]:
        owner = pwd.getpwnam(MAILBOX_OWNER)
        return {
            # Where everything is.
            "queue_directory": str(self.queue),
            "data_directory": f"{self.root}/data",
            "command_directory": "/usr/sbin",
            "daemon_directory": str(DAEMONS),
            "meta_directory": f"{self.root}/etc",
            "maillog_file": f"{self.root}/maillog",
            "maillog_file_prefixes": f"/var, /dev/stdout, {self.root}",
            # Nothing leaves this machine, and nobody is asked for names.
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "default_transport": "error:5.4.4 tests send nothing outside",
            "smtpd_peername_lookup": "no",
            "smtp_dns_support_level": "disabled",
            # Who this is, and what it delivers.
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
        for directory in (self._etc, self.maps):
            directory.mkdir(mode=0o755)
        make_queue(self.queue)
        write_dynamic_maps(self._etc)
        for directory, owner in ((self.root / "data", "postfix"), (self._mail, MAILBOX_OWNER)):
            directory.mkdir(mode=0o700)
            shutil.chown(directory, owner)

    def write_configuration(self) -> None:
        """Write main.cf and master.cf as they are now, for programs that only read them."""
        main = "".join(f"{name} = {value}\n" for name, value in self.main_cf.items())
        replace_file(self._etc / "main.cf", main)
        services = listening_at(self.master_cf, f"127.0.0.1:{self.port}")
        services = services.replace("127.0.0.1:10026", f"127.0.0.1:{self.reinjection_port}")
        replace_file(self._etc / "master.cf", services)

    # Life

    def start(self) -> None:
        """Start with the present ``main_cf`` and ``master_cf``; return when mail is accepted."""
        self.write_configuration()
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
        """Have Postfix read the present configuration; return when it is in force.

        SIGHUP alone says nothing about when: master(8) reads its files a moment later, and its
        children, which keep what they read when they started, share its listening sockets until
        they learn that their time is over.  So one of them may still take the next connection.
        The configuration is in force when all children are of the new generation, which master
        names in their environment.  A client that is connected holds its server back, and this.

        First it waits until all messages are delivered: the new qmgr(8) would skip one that is
        "still being delivered", for minutes.
        """
        assert self._program is not None
        wait_for(self.queue_is_empty)
        earlier = wait_for(self._generations)
        self.write_configuration()
        self._program.send_signal(SIGHUP)

        def all_children_are_new() -> bool:
            return bool(present := self._generations()) and present.isdisjoint(earlier)

        wait_for(all_children_are_new)

    def _generations(self) -> set[str]:
        """The generations of master's children; "" is one that has not become its program yet."""
        generations = set()
        for child in self._children():
            with suppress(FileNotFoundError, ProcessLookupError):
                environment = (child / "environ").read_text(errors="replace").split("\0")
                values = (each.partition("=") for each in environment)
                generations.add({name: value for name, _, value in values}.get("GENERATION", ""))
        return generations

    def _children(self) -> list[Path]:
        """Where /proc has the daemons that master(8) has started."""
        assert self._program is not None
        return [Path(f"/proc/{pid}") for pid in self._program.children()]

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
        replace_file(file, "".join(f"{key} {value}\n" for key, value in entries.items()))
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
            entry.is_file() for queue in queues for entry in (self.queue / queue).rglob("*")
        )

    # Looking in

    def command(self, name: str, *arguments: str) -> list[str]:
        """A command of Postfix ("postmap") for this instance, to be run by the caller.

        Until Postfix is started, the command sees the present ``main_cf``; then what is in force.
        """
        if self._program is None:
            self.write_configuration()
        option = "-C" if name == "sendmail" else "-c"
        return [find_program(name), option, str(self._etc), *arguments]

    def postmap_query(self, table: str, key: str) -> str | None:
        """What ``postmap -q`` finds for ``key`` in ``table`` ("lmdb:/…"); None if nothing."""
        command = self.command("postmap", "-q", key, table)
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return result.stdout.rstrip("\n")
        if result.stderr:
            raise RuntimeError(result.stderr)
        return None

    def roots_of_daemons(self) -> dict[str, Path]:
        """The root directory of each daemon that runs ("smtpd"): the queue, if in the chroot."""
        roots = {}
        for child in self._children():
            with suppress(FileNotFoundError, ProcessLookupError):
                roots[(child / "exe").readlink().name] = (child / "root").readlink()
        return roots

    def table_types(self) -> list[str]:
        """The types of lookup tables that this Postfix can read."""
        command = self.command("postconf", "-m")
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
