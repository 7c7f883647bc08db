"""The canonicaliser of recipients looks up what Postfix looks up, for any octets in RCPT TO."""

import re
import smtplib
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.domain.address import lookup_spellings
from contactsgroups.domain.recipient import lookup_keys
from tests.postfix.conftest import TRUSTED_NETWORKS, configure
from tests.postfix.odd_recipients import odd_recipients
from tests.postfix.recorder import Recorder, recording
from tests.postfix.sasl import PASSWORD, logins
from tests.servers.postfix import PrivatePostfix
from tests.servers.program import find_program, wait_for

# Accounts, aliases and groups, with and without extensions.
KEYS = [
    "board@example.org",
    "team@example.org",
    "team+box@example.org",
    "ada@example.org",
    "ada+x+y@example.org",
    "+odd@example.org",
    "b++c@example.org",
    "postmaster@example.org",
    "mailer-daemon@example.org",
    "owner-list@example.org",
    "list-request@example.org",
    "double-bounce@example.org",
    "jörg@example.org",
    "strasse@example.org",
    "board@xn--grn-ioa.example",
    "jörg@xn--grn-ioa.example",
    "board@strasse.example",
]
# What each key stands for says which one it was.
TARGETS = {f"k{number}@sink.example": key for number, key in enumerate(KEYS)}
DOMAINS = {key.rpartition("@")[2] for key in KEYS}
RECIPIENTS = 400

_QUEUED = re.compile(rb"queued as (\w+)")
_DELIVERED = re.compile(r": (\w+): to=<([^>]*)>")


@pytest.fixture
def recorder(postfix: PrivatePostfix) -> Iterator[Recorder]:
    """What a running Postfix asked; it expands KEYS and throws the messages away."""
    configure(postfix)
    domains = {spelling for each in DOMAINS for spelling in lookup_spellings(each)}
    table = {
        f"{key.rpartition('@')[0]}@{spelling}": target
        for target, key in TARGETS.items()
        for spelling in lookup_spellings(key.rpartition("@")[2])
    }
    postfix.main_cf |= {
        "virtual_mailbox_domains": ", ".join(sorted(domains | {"sink.example"})),
        "virtual_alias_maps": postfix.write_table("alias", table),
        "virtual_mailbox_maps": "static:somewhere",
        "transport_maps": "static:discard:",
        "smtpd_sender_login_maps": "",
        "smtpd_sender_restrictions": "",
        "mynetworks": TRUSTED_NETWORKS,
        "smtpd_error_sleep_time": "0",
        "smtpd_soft_error_limit": "10000",
        "smtpd_hard_error_limit": "10000",
        "smtpd_junk_command_limit": "10000",
        "enable_original_recipient": "yes",
    }
    # The service is asked about every recipient, whatever it is.
    postfix.main_cf["smtpd_recipient_restrictions"] = (
        "reject_non_fqdn_recipient, contactsgroups_group"
    )
    queue = postfix.root / "queue"
    with logins(queue / "private" / "auth"), recording(policy_socket(queue)) as server:
        postfix.start()
        yield server


def policy_socket(queue: Path) -> Path:
    return queue / "contactsgroups" / "policy.sock"


def send_to(client: smtplib.SMTP, recipient: bytes, *, international: bool) -> str | None:
    """Send a message; return its queue id, None if the recipient was refused."""
    client.putcmd("MAIL", "FROM:<x@example.net>" + " SMTPUTF8" * international)
    assert client.getreply()[0] == 250
    client.send(b"RCPT TO:<" + recipient + b">\r\n")
    if client.getreply()[0] != 250:
        assert client.rset()[0] == 250
        return None
    code, text = client.data(b"\r\n")
    assert code == 250, text
    match = _QUEUED.search(text)
    assert match
    return match[1].decode()


@pytest.mark.parametrize("login", [None, "ada@example.org"])
@pytest.mark.parametrize("seed", range(3))
def test_every_recipient_is_decided_on_as_the_key_that_postfix_finds(
    postfix: PrivatePostfix, recorder: Recorder, login: str | None, seed: int
) -> None:
    asked: dict[str, bytes] = {}
    with smtplib.SMTP("127.0.0.1", postfix.port, "client.example.com", timeout=30) as client:
        client.ehlo()
        if login:
            client.login(login, PASSWORD, initial_response_ok=True)
        for number, recipient in enumerate(odd_recipients(seed, RECIPIENTS)):
            recorder.asked.clear()
            queue_id = send_to(client, recipient, international=bool(number % 2))
            # Postfix never asks about a bare "postmaster"; its own domain is none of ours.
            if queue_id is not None and recipient.lower() != b"postmaster":
                (asked[queue_id],) = recorder.asked

    # The log may lag behind the queue.
    wait_for(lambda: asked.keys() <= deliveries(postfix).keys(), timeout=30)
    delivered = deliveries(postfix)
    reached = {queue_id: TARGETS.get(delivered[queue_id]) for queue_id in asked}
    assert len([key for key in reached.values() if key]) > RECIPIENTS / 8
    for queue_id, key in reached.items():
        keys = lookup_keys(asked[queue_id].decode(errors="surrogateescape"))
        found = next((each for each in keys if each in KEYS), None)
        # What has no keys is refused.
        assert found == key or not keys or is_foreign(delivered[queue_id]), asked[queue_id]
        # Only what nobody has a reason to write is refused without being understood.
        assert key is None or found == key or b"@" in asked[queue_id].rpartition(b"@")[0]


def deliveries(postfix: PrivatePostfix) -> dict[str, str]:
    """To whom each message went, by its queue id."""
    return dict(_DELIVERED.findall(postfix.log()))


def is_foreign(delivered_to: str) -> bool:
    """Whether Postfix relays a domain that IDNA takes for one of ours, as ｅxample.org."""
    domain = delivered_to.rpartition("@")[2].casefold()
    return not any(domain in lookup_spellings(each) for each in DOMAINS)


def test_every_character_is_folded_as_postfix_folds_it(postfix: PrivatePostfix) -> None:
    characters = [
        character
        for character in map(chr, range(0x80, sys.maxunicode + 1))
        if unicodedata.category(character)[0] not in "CZ"
    ]
    codes = {each.casefold(): each.casefold().encode().hex() for each in characters}
    table = postfix.write_table("folded", codes)
    assert postfix.postmap_query(table, "Ä") == "ä".encode().hex()

    result = subprocess.run(
        [find_program("postmap"), "-c", str(postfix.root / "etc"), "-q", "-", table],
        input="".join(f"{each}\n" for each in characters).encode(),
        capture_output=True,
        check=True,
    )

    expected = "".join(f"{each}\t{codes[each.casefold()]}\n" for each in characters)
    assert result.stdout == expected.encode()
