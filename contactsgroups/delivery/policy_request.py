"""Postfix's policy requests, and the evidence about the sender in them (SMTPD_POLICY_README)."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from contactsgroups.domain.address import Address, normalise_domain
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.posting import Evidence

REQUEST_LIMIT = 64 * 1024  # octets; Postfix itself sends about one thousand
LINES_LIMIT = 250  # Postfix itself sends about thirty
_HELD = "held"  # as postfix/main.cf has it

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class MalformedRequest(ValueError):
    """The client does not speak the protocol; what follows cannot be understood either."""


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """The attributes that a decision needs; all others are ignored.

    ``stage`` is Postfix's ``protocol_state``; ``sender`` and ``login`` are empty where there is
    none.  ``may_hold`` says that the map in which Postfix found the group knows that a moderator
    may have to see the message (``policy_context``, postfix/main.cf).  Octets that are not UTF-8
    are decoded by "surrogateescape".
    """

    stage: str
    recipient: str
    sender: str
    login: str
    client_address: str
    client_port: str = ""
    may_hold: bool = False


class IncomingRequest:
    """A request whose lines are still coming in."""

    def __init__(self) -> None:
        self._attributes: dict[str, str] = {}
        self._octets = self._lines = 0

    def take(self, line: bytes) -> PolicyRequest | None:
        """Take the next line, with its newline; return the request if this one completes it.

        Raises:
            MalformedRequest: it is too long or no policy request.
        """
        self._octets += len(line)
        self._lines += 1
        if self._octets > REQUEST_LIMIT or self._lines > LINES_LIMIT:
            raise MalformedRequest(
                f"a request is longer than {REQUEST_LIMIT} octets or {LINES_LIMIT} lines"
            )
        if line == b"\n":
            return _understand(self._attributes)
        # Octets that are not UTF-8 stay what they are: two addresses must not become one.
        name, equals, value = line[:-1].decode(errors="surrogateescape").partition("=")
        if not equals:
            raise MalformedRequest("a line has no equals sign")
        self._attributes[name] = value
        return None


def evidence_of(request: PolicyRequest, trusted_networks: Sequence[Network]) -> Evidence:
    """Return the evidence about the sender in a request.

    A login that is no address is ignored: no account could be found for it.
    """
    return Evidence(
        login=_parse_login(request.login),
        envelope_sender=parse_sender(request.sender),
        trusted=_is_within(request.client_address, trusted_networks),
    )


def parse_networks(text: str) -> tuple[Network, ...]:
    """Parse networks separated by spaces; the settings have checked them."""
    return tuple(ipaddress.ip_network(each) for each in text.split())


def _understand(attributes: dict[str, str]) -> PolicyRequest:
    if attributes.get("request") != "smtpd_access_policy":
        raise MalformedRequest("the request is not smtpd_access_policy")
    stage, recipient = attributes.get("protocol_state", ""), attributes.get("recipient", "")
    if not stage or (stage == "RCPT" and not recipient):
        raise MalformedRequest("the stage or the recipient is missing")
    return PolicyRequest(
        stage=stage,
        recipient=recipient,
        sender=attributes.get("sender", ""),
        login=attributes.get("sasl_username", ""),
        client_address=attributes.get("client_address", ""),
        client_port=attributes.get("client_port", ""),
        may_hold=attributes.get("policy_context") == _HELD,
    )


def _parse_login(text: str) -> Address | None:
    try:
        return Address.parse(text) if text else None
    except InvalidAddress:
        return None


def parse_sender(text: str) -> Address | None:
    """Return the envelope sender, without quotes as Postfix has it; None if it is the null sender.

    An address that cannot be one of ours (quoted, say, or without a domain) is still a sender.
    """
    if not text:
        return None
    try:
        return Address.parse(text)
    except InvalidAddress:
        # Written so that every database takes it.
        shown = text.encode(errors="backslashreplace").decode()
        local_part, _, domain = shown.rpartition("@")
        return Address(local_part.casefold(), _lenient_domain(domain), text)


def _lenient_domain(text: str) -> str:
    try:
        return normalise_domain(text)
    except InvalidAddress:
        return text.casefold()


def _is_within(client_address: str, networks: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(client_address)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
