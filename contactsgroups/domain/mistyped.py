"""What is wrong with a text that should be an address, and what was probably meant.

``static/recipient-field/mailboxes.js`` finds the same.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from contactsgroups.domain.address import (
    ADDRESS_LIMIT,
    LOCAL_PART_LIMIT,
    Address,
    normalise_domain,
    normalise_local_part,
)
from contactsgroups.domain.errors import InvalidAddress

_LONGEST = 1000  # characters; no address is longer, whatever stands around it
_LONGEST_MEANT = 400  # characters of an address with the dots and brackets that are too many

_AT = re.compile("[＠﹫]")
# No pattern here reads a text again and again: whoever may send many texts could keep us busy.
_WRAPPED = re.compile(r"(['`*_]{1,8})(.*)\1", re.DOTALL)
# What people put around an address, and what cannot stand at these ends of one.
_BRACES = re.compile(r"\{(.*)\}[!?.]*", re.DOTALL)
_BEFORE = "[‘’‚‛“”„‟«»‹›"
_BEHIND = "]}‘’“”„‟«»‹›!?:.。．｡"
_BEHIND_WRAPPED = "]}'\"`*!?."
_BREAKS = re.compile(r"[\s<>]")
_ADDRESS_LIKE = re.compile(r"[^\s<>]*\s*@[\s@]*[^\s<>]*")


class Fault(StrEnum):
    """Why a text is no address, with a sentence that says it."""

    explanation: str

    def __new__(cls, value: str, explanation: str) -> "Fault":
        """Make a member that knows its sentence."""
        fault = str.__new__(cls, value)
        fault._value_ = value
        fault.explanation = explanation
        return fault

    NO_AT = "no-at", "there is no @ in it"
    TWO_ATS = "two-ats", "there is more than one @ in it"
    COMMA = "comma", "there is a comma in it, where a dot may be meant"
    SPACE = "space", "there is a space beside the @"
    LOCAL_PART = "local-part", "the part before @ is none that an address may have"
    DOMAIN = "domain", "the part after @ is no domain"
    TOO_LONG = "too-long", "it is too long"


def is_address(text: str) -> bool:
    """Whether a bare text, without space around it, is an address."""
    return text == text.strip() and _is_accepted(Address.parse, text)


def bare(word: str) -> str:
    """Return the address that a word of a list may be, without what people put around it."""
    if len(word) > _LONGEST or word.startswith('"'):
        return word
    spelled = _AT.sub("@", word)
    last = re.split("[:：]", spelled)[-1]
    braced = _BRACES.fullmatch(last)
    last = (braced[1] if braced else last).lstrip(_BEFORE).rstrip(_BEHIND)
    wrapped = _WRAPPED.fullmatch(last)
    return (wrapped[2] if wrapped else last).rstrip(_BEHIND_WRAPPED)


def find_fault(text: str) -> Fault:
    """Return what is wrong with a piece of a list that is no address."""
    spelled = _AT.sub("@", text)
    if "@" not in spelled:
        return Fault.NO_AT
    if len(text) > _LONGEST:
        return Fault.TOO_LONG
    return _fault_of(_address_like(spelled).strip())


def suggest(text: str) -> str:
    """Return the address that was probably meant, "" where none is likely."""
    spelled = _AT.sub("@", text) if len(text) <= _LONGEST else ""
    if "@" not in spelled:
        return ""
    joined = re.sub("@+", "@", re.sub(r"\s+", "", _address_like(spelled)))
    if len(joined) > _LONGEST_MEANT:
        return ""
    dotted = re.sub(r"\.{2,}", ".", re.sub("[,，]", ".", joined))
    mended = re.sub(r"^\.+|\.+(?=@)|(?<=@)\.+", "", bare(dotted))
    return mended if is_address(mended) else ""


def _address_like(spelled: str) -> str:
    """Return the first @ of a text with what stands around it, spaces beside the @ included.

    The same as to search for the pattern, which would try every character as a beginning.
    """
    before = spelled[: spelled.index("@")].rstrip()
    begin = len(before) - len(_BREAKS.split(before)[-1])
    match = _ADDRESS_LIKE.match(spelled, begin)
    return match[0] if match else ""


def _fault_of(candidate: str) -> Fault:
    if re.search(r"\s", candidate):
        return Fault.SPACE
    if re.search("[,，]", candidate):
        return Fault.COMMA
    address = bare(candidate)
    local_part, _, domain = address.rpartition("@")
    if "@" not in address:
        return Fault.NO_AT
    if "@" in local_part:
        return Fault.TWO_ATS
    if len(address) > ADDRESS_LIMIT:
        return Fault.TOO_LONG
    if not _is_accepted(normalise_local_part, local_part):
        octets = unicodedata.normalize("NFC", local_part).encode(errors="surrogatepass")
        return Fault.TOO_LONG if len(octets) > LOCAL_PART_LIMIT else Fault.LOCAL_PART
    if not _is_accepted(normalise_domain, domain):
        return Fault.DOMAIN
    return Fault.NO_AT if is_address(address) else Fault.TOO_LONG


def _is_accepted(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except InvalidAddress:
        return False
    return True


def is_one_slip_from(meant: str, typed: str) -> bool:
    """Whether one letter is missing, too many, another one, or has changed places with the next.

    >>> is_one_slip_from("example.org", "exampl.org"), is_one_slip_from("example.org", "b.org")
    (True, False)
    """
    if meant == typed or abs(len(meant) - len(typed)) > 1:
        return False
    same = 0
    while same < min(len(meant), len(typed)) and meant[same] == typed[same]:
        same += 1
    first, second = meant[same:], typed[same:]
    is_swapped = len(first) > 1 and first[:2] == second[1::-1] and first[2:] == second[2:]
    is_other = first[1:] == second[1:]
    return is_swapped or is_other or first[1:] == second or first == second[1:]
