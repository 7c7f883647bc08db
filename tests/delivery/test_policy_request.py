"""Requests as Postfix sends them, and as it never would."""

import io
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery.policy_request import (
    LINES_LIMIT,
    REQUEST_LIMIT,
    IncomingRequest,
    MalformedRequest,
    PolicyRequest,
    evidence_of,
    parse_networks,
)
from contactsgroups.domain.address import Address

# Shortened from SMTPD_POLICY_README.
REQUEST = b"""\
request=smtpd_access_policy
protocol_state=RCPT
protocol_name=ESMTP
helo_name=some.domain.tld
queue_id=8045F2AB23
sender=ada@example.org
recipient=team@example.org
recipient_count=0
client_address=192.0.2.7
sasl_method=plain
sasl_username=ada@example.org
size=12345
an_attribute_of_the_future=a=b
policy_context=submission

"""


def read(data: bytes) -> PolicyRequest | None:
    """The first request in what a client sent."""
    incoming = IncomingRequest()
    for line in io.BytesIO(data):
        if line.endswith(b"\n") and (found := incoming.take(line)):
            return found
    return None


def request(**attributes: str) -> PolicyRequest:
    given = {"stage": "RCPT", "recipient": "r@x", "sender": "", "login": "", "client_address": ""}
    return PolicyRequest(**(given | attributes))


def test_a_request_of_postfix_is_understood() -> None:
    assert read(REQUEST) == PolicyRequest(
        stage="RCPT",
        recipient="team@example.org",
        sender="ada@example.org",
        login="ada@example.org",
        client_address="192.0.2.7",
    )


def test_a_client_that_leaves_has_asked_nothing() -> None:
    for end in range(len(REQUEST) - 1):
        assert read(REQUEST[:end]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"protocol_state=RCPT\nrecipient=team@example.org\n\n",
        b"request=junk\nprotocol_state=RCPT\nrecipient=team@example.org\n\n",
        b"request=smtpd_access_policy\nrecipient=team@example.org\n\n",
        b"request=smtpd_access_policy\nprotocol_state=RCPT\n\n",
        b"x" * (REQUEST_LIMIT + 1) + b"\n",
        b"a=b\n" * REQUEST_LIMIT,
        b"a=b\n" * (LINES_LIMIT + 1),
        b"a=" + b"b" * REQUEST_LIMIT + b"\n",
    ],
)
def test_what_is_no_policy_request_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        read(data)


@given(st.binary(max_size=300))
def test_any_octets_are_a_request_or_refused(data: bytes) -> None:
    for end in (b"", b"\n\n"):
        try:
            read(data + end)
        except MalformedRequest:
            continue


def test_other_stages_need_no_recipient() -> None:
    data = b"request=smtpd_access_policy\nprotocol_state=END-OF-MESSAGE\nrecipient=\n\n"
    found = read(data)
    assert found is not None
    assert found.stage == "END-OF-MESSAGE"


def test_octets_that_are_not_utf8_stay_what_they_are() -> None:
    one, other = (read(REQUEST.replace(b"team@", octets)) for octets in (b"\xff@", b"\xfe@"))
    assert one is not None
    assert other is not None
    assert one.recipient.encode(errors="surrogateescape") == b"\xff@example.org"
    assert one != other


def test_a_login_or_sender_of_such_octets_is_nobody_of_ours() -> None:
    found = read(REQUEST.replace(b"=ada@", b"=\xff@"))
    assert found is not None
    evidence = evidence_of(found, ())
    assert evidence.login is None
    assert evidence.envelope_sender == Address(r"\udcff", "example.org", found.sender)
    # The database is asked about it.
    str(evidence.envelope_sender).encode()


def test_the_null_sender_is_nobody() -> None:
    assert evidence_of(request(), ()).sender is None


@pytest.mark.parametrize(
    ("sender", "local_part", "domain"),
    [
        ("Ada@Example.ORG", "ada", "example.org"),
        ('"Quoted Sender"@Example.NET', '"quoted sender"', "example.net"),
        ("root", "", "root"),
        ("x@[192.0.2.1]", "x", "[192.0.2.1]"),
        ("user%there@example.net", "user%there", "example.net"),
    ],
)
def test_a_sender_that_cannot_be_ours_is_still_a_sender(
    sender: str, local_part: str, domain: str
) -> None:
    assert evidence_of(request(sender=sender), ()).sender == Address(local_part, domain, sender)


@given(st.text(min_size=1))
def test_no_sender_but_the_null_sender_is_taken_for_it(text: str) -> None:
    assert evidence_of(request(sender=text), ()).sender is not None


def test_a_login_that_is_no_address_is_no_login() -> None:
    assert evidence_of(request(login="ada"), ()).login is None
    assert evidence_of(request(login="ADA@example.org"), ()).login == Address.parse(
        "ada@example.org"
    )


@pytest.mark.parametrize(
    ("client", "trusted"),
    [
        ("192.0.2.7", True),
        ("::ffff:192.0.2.7", True),
        ("2001:db8::1", True),
        ("198.51.100.1", False),
        ("::1", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_only_clients_in_the_trusted_networks_are_trusted(client: str, trusted: bool) -> None:
    networks = parse_networks("192.0.2.0/24 2001:db8::/32")
    assert networks == (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))
    assert evidence_of(request(client_address=client), networks).trusted is trusted
