"""Mail goes on while programs of Postfix's group keep the policy service busy."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.delivery.policy_clients import first_line, program_of_nobody, request
from tests.directories import add_group
from tests.postfix.conftest import MailSystem

CROWD = 1_200

# Each connection that the service closes is opened again, so the crowd never gets smaller.
_CROWD = """
path, count, first, drip = sys.argv[2], int(sys.argv[3]), sys.argv[4].encode(), sys.argv[5].encode()
poller, clients = select.poll(), {}

def open_one():
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
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
def crowd(mail: MailSystem, behaviour: tuple[str, str]) -> Iterator[None]:
    """More than a thousand connections of a user who is in Postfix's group."""
    path = mail.core.settings.effective_policy_socket
    with program_of_nobody(
        "postfix", "import select, socket", _CROWD, path, str(CROWD), *behaviour
    ) as program:
        assert first_line(program) == "ready"
        yield
        assert program.poll() is None


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
def test_decisions_come_whatever_a_crowd_does(mail: MailSystem, behaviour: tuple[str, str]) -> None:
    """Postfix waits ten seconds for one; then its reply is 451."""
    add_group(mail.database, "team@example.org", "ada@example.org", posting_policy="members")
    mail.publish()
    with crowd(mail, behaviour):
        for _ in range(5):
            code, _ = mail.rcpt("team@example.org", login="ada@example.org")
            refused, text = mail.rcpt("team@example.org", sender="x@example.net")
            assert (code, refused) == (250, 550), text
            assert "only members may post" in text
        mail.send("team@example.org", login="ada@example.org")
    assert mail.subjects("ada@example.org") == ["Hello"]
