"""Addresses of RFC 5321 and RFC 5322, normalised as Postfix looks them up."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.sentence import Sentence

LOCAL_PART_LIMIT = 64  # octets, RFC 5321 section 4.5.3.1.1
ADDRESS_LIMIT = 254  # octets, RFC 5321 section 4.5.3.1.3 less the angle brackets
DOMAIN_LIMIT = 253  # octets, RFC 1035 section 2.3.4 less the root's length
LABEL_LIMIT = 63  # octets, RFC 1035 section 2.3.4

# RFC 5322 section 3.2.3 atext; characters beyond ASCII are allowed by RFC 6531.
_ATEXT = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"
)
# "domain!user" and "user%domain" are old routing forms: Postfix may rewrite them to another
# address, so an account or group of such a name could never be reached safely.
_ROUTING = frozenset("!%")
_PLAIN = _ATEXT - _ROUTING | {"."}
_A_LABEL = re.compile(r"(?<![\w-])xn--[a-z0-9-]+(?![\w-])", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A normalised address; equal addresses reach the same mailbox.

    ``local_part`` is case-folded as Postfix folds its look-up keys; ``domain`` is lower case
    A-labels without a trailing dot; ``original`` keeps the spelling that was given and takes no
    part in comparison.
    """

    local_part: str
    domain: str
    original: str = field(compare=False)

    @classmethod
    def parse(cls, text: str, *, field: str = "address") -> "Address":
        """Parse one bare address such as ``sales@example.org``.

        Raises:
            InvalidAddress: with the fault named in the message.
        """
        if not isinstance(text, str):
            raise InvalidAddress("an address must be text", field=field)
        original = text.strip(" \t")
        try:
            local_part, domain = _split(original)
            address = cls(normalise_local_part(local_part), normalise_domain(domain), original)
        except InvalidAddress as error:
            if not original:
                raise InvalidAddress(error.sentence, field=field) from None
            raise InvalidAddress(
                "{original}: {fault}", field=field, original=shorten(original), fault=error
            ) from None
        # The spelling that was given may be longer, by a trailing dot for example.
        if max(len(str(address).encode()), len(original)) > ADDRESS_LIMIT:
            raise InvalidAddress(
                "{original}: longer than {limit} octets",
                field=field,
                original=shorten(original),
                limit=ADDRESS_LIMIT,
            )
        return address

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


def normalise_local_part(text: str) -> str:
    """Return the folded form of a dot-atom (RFC 5322 section 3.2.3, with RFC 6531 section 3.3)."""
    _require_characters(text, Sentence("the part before @"))
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    if text.startswith('"'):
        raise InvalidAddress("quoted local parts are not supported")
    if folded.startswith("-"):
        # Postfix refuses such recipients: a program could take them for an option.
        raise InvalidAddress("the part before @ starts with a hyphen")
    if folded.startswith(".") or folded.endswith(".") or ".." in folded:
        raise InvalidAddress("a dot must be between other characters")
    for character in "" if _PLAIN.issuperset(folded) else folded.replace(".", ""):
        if character in _ROUTING or (character.isascii() and character not in _ATEXT):
            raise InvalidAddress("{character!r} is not allowed before @", character=character)
    if len(folded.encode()) > LOCAL_PART_LIMIT:
        raise InvalidAddress(
            "the part before @ is longer than {limit} octets", limit=LOCAL_PART_LIMIT
        )
    return folded


@lru_cache(maxsize=1024)
def normalise_domain(text: str) -> str:
    """Return a domain name as lower-case A-labels without a trailing dot.

    Characters beyond ASCII are encoded as UTS #46 does in its non-transitional form (``ß`` and
    final sigma are kept), so that ``straße.example`` is not taken for ``strasse.example``.
    """
    name = text[:-1] if text.endswith(".") else text
    _require_characters(name, Sentence("the domain"))
    if name.startswith("["):
        raise InvalidAddress("address literals such as [192.0.2.1] are not supported")
    # The ideographic full stops are label separators too (RFC 3490 section 3.1).
    for separator in "\u3002\uff0e\uff61":
        name = name.replace(separator, ".")
    labels = [_to_a_label(label) for label in name.split(".")]
    domain = ".".join(labels)
    if len(domain) > DOMAIN_LIMIT:
        raise InvalidAddress("the domain is longer than {limit} octets", limit=DOMAIN_LIMIT)
    return domain


def display_domain(domain: str) -> str:
    """Return A-labels as U-labels for display; a label that does not decode stays as it is."""
    return ".".join(_to_u_label(label) for label in domain.split("."))


def display_address(text: str) -> str:
    """Return an address, or a text that names addresses, with domains as people read them.

    A label that stands for another one than it would be encoded as stays as it is.
    """
    return _A_LABEL.sub(lambda label: _readable(label[0]), text)


def lookup_spellings(domain: str) -> tuple[str, ...]:
    """Return the spellings under which Postfix may look up a domain given as A-labels.

    Postfix looks up what the client sent, folded: an SMTPUTF8 client may send U-labels.  Folding
    turns ``straße.example`` into ``strasse.example``, which is another domain, so U-labels
    that folding would change are left out; so are those too long for a look-up key.
    """
    spelling = display_domain(domain)
    is_too_long = len(spelling.encode()) > DOMAIN_LIMIT
    if spelling == domain or spelling != spelling.casefold() or is_too_long:
        return (domain,)
    return (domain, spelling) if _names(spelling, domain) else (domain,)


def shorten(text: str, limit: int = 80) -> str:
    """Return ``text`` fit for a message: printable, and cut to a bounded length."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in cut)


def _readable(label: str) -> str:
    spelling = _to_u_label(label.lower())
    return spelling if _names(spelling, label.lower()) else label


def _names(spelling: str, domain: str) -> bool:
    """Whether a spelling encodes back to the domain: invalid A-labels can decode to anything."""
    try:
        return normalise_domain(spelling) == domain
    except InvalidAddress:
        return False


def _split(text: str) -> tuple[str, str]:
    if not text:
        raise InvalidAddress("an address is missing")
    if len(text) > 4 * ADDRESS_LIMIT:
        raise InvalidAddress("longer than {limit} octets", limit=ADDRESS_LIMIT)
    local_part, at, domain = text.rpartition("@")
    if not at:
        raise InvalidAddress("there is no @ in it")
    return local_part, domain


def _require_characters(text: str, what: Sentence) -> None:
    if not text:
        raise InvalidAddress("{what} is missing", what=what)
    if text.isprintable() and " " not in text:
        return  # There is none of these characters then, in a tenth of the time.
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp"}:
            raise InvalidAddress(
                "{what} contains the character U+{character}",
                what=what,
                character=f"{ord(character):04X}",
            )


def _to_a_label(label: str) -> str:
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
    if not lowered:
        raise InvalidAddress("the domain has an empty label")
    if lowered.startswith("-") or lowered.endswith("-"):
        raise InvalidAddress("a label of the domain starts or ends with a hyphen")
    if len(lowered) > LABEL_LIMIT:  # Encoded it is longer still, and encoding takes long.
        raise InvalidAddress(
            "a label of the domain is longer than {limit} octets", limit=LABEL_LIMIT
        )
    if not lowered.isascii():
        _check_u_label(lowered)
        lowered = "xn--" + lowered.encode("punycode").decode("ascii")
    elif not all(character.isalnum() or character in "-_" for character in lowered):
        raise InvalidAddress("the domain has a character that is neither letter, digit nor hyphen")
    if len(lowered) > LABEL_LIMIT:
        raise InvalidAddress(
            "a label of the domain is longer than {limit} octets", limit=LABEL_LIMIT
        )
    return lowered


def _check_u_label(label: str) -> None:
    """Refuse what no registry registers: symbols, spaces, a leading combining mark."""
    if unicodedata.category(label[0]).startswith("M"):
        raise InvalidAddress("a label of the domain starts with a combining mark")
    for character in label:
        if unicodedata.category(character)[0] not in "LMN" and character not in "-·\u30fb":
            raise InvalidAddress("the domain has the character {character!r}", character=character)


def _to_u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
