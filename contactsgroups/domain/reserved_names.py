"""Local parts that an account may not choose for a team: others rely on who reads them.

Those of RFC 2142, and those to which certificate authorities send what proves control of a domain
(CA/Browser Forum Baseline Requirements, section 3.2.2.4.4).
"""

_BUSINESS = ("info", "marketing", "sales", "support")
_NETWORK = ("abuse", "noc", "security")
_SERVICES = ("ftp", "hostmaster", "news", "postmaster", "usenet", "uucp", "webmaster", "www")
_CERTIFICATES = ("admin", "administrator")
_SYSTEM = ("mailer-daemon", "no-reply", "nobody", "noreply", "root")

RESERVED = frozenset((*_BUSINESS, *_NETWORK, *_SERVICES, *_CERTIFICATES, *_SYSTEM))


def is_reserved(local_part: str) -> bool:
    """Whether only an administrator may give this local part to a group."""
    return local_part.casefold() in RESERVED
