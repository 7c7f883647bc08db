"""Mail goes on while other programs that may connect keep the policy service busy."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from contactsgroups.delivery.policy import PolicyServer
from tests.delivery.policy_clients import first_line, placed, program_of_nobody, request
from tests.directories import add_group
from tests.postfix.conftest import MailSystem

CROWD = 1_200

# Each connection that the service closes is opened again, so the crowd never gets smaller.
_CROWD = """
path, count, first, drip = sys.argv[2], int(sys.argv[3]), sys.argv[4].encode(), sys.argv[5].encode()
poller, clients = select.poll(), {}

def open_one():
    if path.startswith("/"):
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
    else:
        host, port = path.split(":")
        client = socket.create_connection((host, int(port)))
    clients[client.fileno()] = client
    poller.register(client, select.POLLIN)
    send(client, first)

def send(client, data):
    try:
        client.send(data)
    except OSError:
        pass

def read(descriptor):
    try:
        if clients[descriptor].recv(4096):
            return
    except OSError:
        pass
    poller.unregister(descriptor)
    clients.pop(descriptor).close()
    open_one()

for _ in range(count):
    open_one()
print("ready", flush=True)
while True:
    for descriptor, _ in poller.poll(20):
        read(descriptor)
    if drip:
        for client in list(clients.values()):
            send(client, drip)
"""

IDLE = ("", "")
DRIPPING = ("request=smtpd_access_policy\nsender=", "x")
ASKED = (request("ada@example.org").decode(), "")
ASKING = (request("ada@example.org").decode(), request("ada@example.org").decode())
TALKING_NONSENSE = ("nonsense\n", "")


@contextmanager
def crowd(address: str, group: str, behaviour: tuple[str, str]) -> Iterator[None]:
    """More than a thousand connections of user nobody."""
    program = program_of_nobody(
        group, "import encodings.idna, select, socket", _CROWD, address, str(CROWD), *behaviour
    )
    with program as process:
        assert first_line(process) == "ready"
        yield
        assert process.poll() is None


def assert_mail_goes_on(mail: MailSystem) -> None:
    """Postfix waits ten seconds for a decision; then its reply is 451."""
    for _ in range(3):
        assert mail.rcpt("team@example.org", login="ada@example.org")[0] == 250
        code, text = mail.rcpt("team@example.org", sender="x@example.net")
        assert code == 550, text
        assert "only members may post" in text
    mail.send("team@example.org", login="ada@example.org")
    assert mail.subjects("ada@example.org") == ["Hello"]


@pytest.fixture
def team(configured: MailSystem) -> None:
    """A group that only its members may post to."""
    add_group(
        configured.database,
        "team@example.org",
        "ada@example.org",
        posting_policy="members",
        ignore_auto_replies=False,
    )


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(IDLE, id="idle"),
        pytest.param(DRIPPING, id="dripping"),
        pytest.param(ASKED, id="asked once"),
        pytest.param(ASKING, id="asking without end"),
        pytest.param(TALKING_NONSENSE, id="talking nonsense"),
    ],
)
def test_decisions_come_whatever_a_crowd_of_the_group_does(
    mail: MailSystem, behaviour: tuple[str, str]
) -> None:
    with crowd(mail.core.settings.effective_policy_socket, "postfix", behaviour):
        assert_mail_goes_on(mail)


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(IDLE, id="idle"),
        pytest.param(DRIPPING, id="dripping"),
        pytest.param(TALKING_NONSENSE, id="talking nonsense"),
    ],
)
def test_decisions_come_from_a_port_whatever_a_crowd_of_any_user_does(
    configured: MailSystem, behaviour: tuple[str, str]
) -> None:
    configured.publish()
    with PolicyServer(placed(configured.core, "127.0.0.1:0")) as server:
        asking = configured.postfix.main_cf["contactsgroups_group"]
        assert "unix:contactsgroups/policy.sock" in asking
        configured.postfix.main_cf["contactsgroups_group"] = asking.replace(
            "unix:contactsgroups/policy.sock", f"inet:{server.address}"
        )
        configured.postfix.start()
        with crowd(server.address, "nogroup", behaviour):
            assert_mail_goes_on(configured)
