"""A private Postfix that is configured with this project's own fragments, and its helpers."""

import smtplib
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.delivery import publisher
from contactsgroups.delivery.lmtp import LMTPServer
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails
from tests.directories import add_accounts, group_draft
from tests.postfix.fragments import FRAGMENTS, expand
from tests.postfix.instructions import debian_with_our_additions
from tests.postfix.sasl import PASSWORD, logins
from tests.servers.postfix import PrivatePostfix
from tests.servers.postfix_files import parameters_of, shipped_parameters
from tests.servers.program import free_port, wait_for

# The tests' clients are strangers; a network from RFC 5737 stands for the trusted machines.
TRUSTED_NETWORKS = "192.0.2.0/24"

Reply = tuple[int, str]


class MailSystem:
    """The product and a Postfix beside it, as docs/postfix.md describes."""

    def __init__(self, core: Core, postfix: PrivatePostfix) -> None:
        self.core = core
        self.postfix = postfix

    @property
    def database(self) -> Database:
        return self.core.database

    def publish(self) -> publisher.PublishReport:
        return publisher.publish(self.core)

    @contextmanager
    def client(self, login: str | None = None) -> Iterator[smtplib.SMTP]:
        """An SMTP conversation, signed in if ``login`` says as whom."""
        with smtplib.SMTP(
            "127.0.0.1", self.postfix.port, local_hostname="client.example.com", timeout=30
        ) as client:
            client.ehlo()
            if login is not None:
                client.login(login, PASSWORD, initial_response_ok=True)
            yield client

    def rcpt(self, recipient: str, sender: str = "", login: str | None = None) -> Reply:
        """What Postfix replies to one recipient; with a login, the sender is that account."""
        options = [] if recipient.isascii() and sender.isascii() else ["SMTPUTF8"]
        with self.client(login) as client:
            if options:
                client.command_encoding = "utf-8"
            client.mail(sender or login or "", options)
            code, text = client.docmd(f"RCPT TO:<{recipient}>")
            return code, text.decode()

    def send(
        self,
        recipients: str | Sequence[str],
        sender: str = "",
        login: str | None = None,
        subject: str = "Hello",
    ) -> None:
        """Send one message and wait until Postfix has done with it."""
        to = [recipients] if isinstance(recipients, str) else list(recipients)
        message = EmailMessage()
        message["Subject"] = subject
        message.set_content("Hello\n")
        options = () if all(each.isascii() for each in to) else ("SMTPUTF8",)
        with self.client(login) as client:
            client.sendmail(sender or login or "", to, bytes(message), options)
        wait_for(self.postfix.queue_is_empty)

    def subjects(self, address: str) -> list[str]:
        """The subjects of the messages in somebody's mailbox, oldest first."""
        return [str(message["Subject"]) for message in self.postfix.mailboxes(address)]

    def look_up(self, name: str, key: str) -> str | None:
        """What Postfix finds in a published map."""
        return self.postfix.postmap_query(f"lmdb:{self.postfix.maps}/{name}", key)

    def sendmail(self, sender: str, recipient: str) -> None:
        """Hand over a message as programs on the same machine do, without SMTP."""
        subprocess.run(
            self.postfix.command("sendmail", "-i", "-f", sender, recipient),
            input=b"Subject: from a program\n\nHello\n",
            check=True,
            timeout=30,
        )


class Sink:
    """A mail server of the outside world."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[str] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.received += envelope.rcpt_tos
        return "250 OK"

    def __enter__(self) -> "Sink":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


@pytest.fixture
def core(postfix: PrivatePostfix) -> Iterator[Core]:
    """The product on SQLite, with four accounts in example.org and one in grün.example."""
    core = open_core(
        settings.from_mapping(
            {
                "state": postfix.root / "state",
                "maps_directory": postfix.maps,
                "policy_socket": str(postfix.queue / "contactsgroups" / "policy.sock"),
                "lmtp_socket": str(postfix.queue / "contactsgroups" / "lmtp.sock"),
                "reinject": f"127.0.0.1:{postfix.reinjection_port}",
                "trusted_networks": TRUSTED_NETWORKS,
            }
        ),
        upgrade=True,
    )
    add_accounts(core.database, ["ada", "bob", "eve", "zoe"])
    add_accounts(core.database, ["jörg"], domain="grün.example")
    yield core
    core.close()


@pytest.fixture
def configured(postfix: PrivatePostfix, core: Core) -> Iterator[MailSystem]:
    """The product and a Postfix that still can be changed before it is started."""
    configure(postfix)
    with logins(postfix.queue / "private" / "auth"):
        yield MailSystem(core, postfix)


@pytest.fixture
def mail(configured: MailSystem) -> Iterator[MailSystem]:
    """The product and a running Postfix, with the policy service and the LMTP server."""
    configured.publish()
    with PolicyServer(configured.core), LMTPServer(configured.core):
        configured.postfix.start()
        yield configured


@pytest.fixture
def sink(configured: MailSystem) -> Iterator[Sink]:
    """The outside world, to be asked for before ``mail``."""
    with Sink() as sink:
        configured.postfix.main_cf["default_transport"] = "smtp"
        configured.postfix.main_cf["relayhost"] = f"[127.0.0.1]:{sink.port}"
        yield sink


def configure(
    postfix: PrivatePostfix, backend: str | None = None, definitions: Path | None = None
) -> None:
    """Configure Postfix as docs/postfix.md says, with maps that are elsewhere.

    For SQL maps, ``backend`` names the database, and ``definitions`` is where their files are.
    """
    documented = debian_with_our_additions(backend)
    parameters = shipped_parameters() | documented.parameters
    changed = dict(parameters.items() - shipped_parameters().items())
    # Ours count also where Debian ships the same: a test may have begun with another value.
    ours = parameters_of((FRAGMENTS / "main.cf").read_text())
    changed |= {name: parameters[name] for name in ours}
    kind, _, _ = changed["contactsgroups_maps"].partition("/")
    changed["contactsgroups_maps"] = f"{kind}{definitions or postfix.maps}/"
    # What looks into Maildirs reads this one itself.
    mailboxes = expand(changed, changed["virtual_mailbox_maps"])
    postfix.main_cf |= changed | {
        "virtual_mailbox_maps": mailboxes,
        "mynetworks": TRUSTED_NETWORKS,
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": "private/auth",
        # Addresses such as postmaster@[127.0.0.1] are those of system users, who get no mail here.
        "local_transport": "error:5.1.1 this machine has no users",
    }
    postfix.master_cf = documented.services


def mailbox_of(root: Path, domain: str, directory: str) -> Path:
    """Where Postfix puts the messages of a mailbox."""
    return root / "mail" / domain / directory / "new"


def switch(database: Database, group: GroupDetails, **switches: bool) -> None:
    """Change switches of a group."""
    draft = group_draft(
        address=group.address,
        display_name=group.settings.display_name,
        posting_policy=group.settings.posting_policy,
        moderators=["bob@example.org"] if switches.get("moderated") else [],
        **switches,
    )
    current = groups.show_group(database, OPERATOR, group.uuid)
    groups.update_group(database, OPERATOR, group.uuid, current.version, draft)


def reply(client: smtplib.SMTP, recipient: str) -> int:
    """The code of the reply to a recipient, in a session that goes on."""
    client.mail("ada@example.org")
    code = client.rcpt(recipient)[0]
    client.rset()
    return code
