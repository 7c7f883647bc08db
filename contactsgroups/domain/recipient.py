"""Under which keys Postfix looks a recipient up.

Postfix tells a policy service the recipient with quotes and a source route taken off, and looks up
the same text after it has taken off a dot at the end of the domain: first as it is, then without
its extension (virtual(5), "ADDRESS EXTENSION").  It cuts off an extension before it asks what the
address looks like, so the extension may be of any octets and of any length.
"""

import re
from dataclasses import dataclass

from contactsgroups.domain.address import Address, normalise_domain
from contactsgroups.domain.errors import InvalidAddress

DELIMITER = "+"  # Postfix's recipient_delimiter, as postfix/main.cf sets it

# RFC 5321 section 4.1.3; such an address is of a machine, not of a domain.
_LITERAL = re.compile(r"\[[0-9a-z:.]+\]", re.IGNORECASE | re.ASCII)
# Postfix takes a domain of these characters as it is.  Others (a backslash, a parenthesis) it may
# take out when it rewrites the address, after it has asked the policy service.
_PLAIN = re.compile(r"[^\x00-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a recipient may be looked up as.

    ``keys`` are addresses as they are stored, in the order in which Postfix looks them up; none can
    be stored where there are none.  ``domains`` are those that occur in the recipient, as A-labels.
    ``unclear`` says that it may be in any domain.
    """

    keys: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()
    unclear: bool = False


def canonicalise(text: str) -> Recipient:
    """Return what a recipient may be looked up as.

    Args:
        text: the recipient as Postfix sends it to a policy service; octets that are not UTF-8 as
            "surrogateescape" decodes them.
    """
    local_part, at, domain = text.rpartition("@")
    if not at:
        # Postfix adds its own domain, which may be any.
        return Recipient(unclear=True)
    # An address within the local part, "a@b"@c, may become the recipient: Postfix takes off c
    # where that is the machine itself.
    pieces = [domain, *local_part.split("@")[1:]]
    try:
        domains = [name for piece in pieces if (name := _read_domain(piece))]
    except InvalidAddress:
        return Recipient(unclear=True)
    if not domains or "@" in local_part:
        return Recipient(domains=frozenset(domains))
    return Recipient(_keys(local_part, domains[0]), frozenset(domains))


def without_extension(local_part: str) -> str | None:
    """Return a local part without its extension, None if it has none.

    Postfix cuts at the first delimiter, unless nothing would be left (its split_addr function).  It
    also spares its reserved names, which have no delimiter in them.
    """
    base, delimiter, _ = local_part.partition(DELIMITER)
    return base if base and delimiter else None


def _keys(local_part: str, domain: str) -> tuple[str, ...]:
    candidates = (local_part, without_extension(local_part))
    keys = (f"{each.casefold()}@{domain}" for each in candidates if each is not None)
    return tuple(key for key in keys if _can_be_stored(key))


def _can_be_stored(key: str) -> bool:
    try:
        return str(Address.parse(key)) == key
    except InvalidAddress:
        return False


def _read_domain(text: str) -> str | None:
    """Return a domain as A-labels, None if it can be no domain of ours.

    Postfix folds it: ``straße.example`` is ``strasse.example``, which IDNA takes for another one.

    Raises:
        InvalidAddress: what Postfix makes of it is not known.
    """
    try:
        return normalise_domain(text.casefold())
    except InvalidAddress:
        if _LITERAL.fullmatch(text) or _PLAIN.fullmatch(text):
            return None
        raise
