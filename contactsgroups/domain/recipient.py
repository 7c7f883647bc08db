"""Under which keys Postfix looks a recipient up.

Postfix tells a policy service the recipient with quotes and a source route taken off, and looks up
the same text after it has taken off a dot at the end of the domain: first as it is, then without
its extension (virtual(5), "ADDRESS EXTENSION").  It cuts off an extension before it asks what the
address looks like, so the extension may be of any octets and of any length.
"""

from contactsgroups.domain.address import Address, normalise_domain
from contactsgroups.domain.errors import InvalidAddress

DELIMITER = "+"  # Postfix's recipient_delimiter, as postfix/main.cf sets it


def lookup_keys(text: str) -> tuple[str, ...]:
    """Return the addresses that a recipient may be stored as, in the order of Postfix's look-ups.

    There are none where no stored address can be meant, and where it is not known what Postfix
    makes of the text: an address within the local part, ``"a@b"@c``, may become the recipient.

    Args:
        text: the recipient as Postfix sends it to a policy service; octets that are not UTF-8 as
            "surrogateescape" decodes them.
    """
    local_part, _, domain = text.rpartition("@")
    if "@" in local_part:
        return ()
    try:
        # Postfix folds it: "straße.example" is "strasse.example", IDNA takes that for another one.
        name = normalise_domain(domain.casefold())
    except InvalidAddress:
        return ()
    candidates = (local_part, without_extension(local_part))
    keys = (f"{each.casefold()}@{name}" for each in candidates if each is not None)
    return tuple(key for key in keys if _can_be_stored(key))


def without_extension(local_part: str) -> str | None:
    """Return a local part without its extension, None if it has none.

    Postfix cuts at the first delimiter, unless nothing would be left (its split_addr function).  It
    also spares its reserved names, which have no delimiter in them.
    """
    base, delimiter, _ = local_part.partition(DELIMITER)
    return base if base and delimiter else None


def _can_be_stored(key: str) -> bool:
    try:
        return str(Address.parse(key)) == key
    except InvalidAddress:
        return False
