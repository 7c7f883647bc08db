"""A property that nobody changed is written back as it came (RFC 6350 section 3.4).

vobject knows cards of version 3.0.  Of several values that commas divide it takes the first for all
there is, and of a structured one as many as it has names for.  It escapes the commas of URIs, reads
encodings that it cannot write, and leaves out parameters that have no name, as version 2.1 has
them.  So a client would lose what it was told is stored.
"""

import binascii
import re
from collections.abc import Callable
from typing import Any

from vobject.base import ContentLine
from vobject.icalendar import stringToTextValues
from vobject.vcard import AddressBehavior, NameBehavior, OrgBehavior, VCardTextBehavior

_BASE64 = {"B", "BASE64"}  # RFC 2426 section 2.4.1, and version 2.1
_ENCODINGS = {"BASE64", "QUOTED-PRINTABLE", "7BIT", "8BIT"}
_LINE_BREAK = re.compile(r"\r\n?|\n")

_TEXT: Any = VCardTextBehavior  # Whose methods are to be replaced.
_decode_its_way = _TEXT.decode.__func__
_encode_its_way = _TEXT.encode.__func__

Transform = Callable[[Any], Any]


def teach_values() -> None:
    """Let vobject keep values, in every program that loads us; once is as good as twice."""
    _TEXT.decode = classmethod(_decode)
    _TEXT.encode = classmethod(_encode)
    for behavior, (parse, write) in _STRUCTURED.items():
        behavior.transformToNative = staticmethod(parse)
        behavior.transformFromNative = staticmethod(write)


def _decode(cls: Any, line: Any) -> None:
    """Take the whole of a text, or the octets of a picture, and note what came."""
    if not line.encoded:
        return
    _name_types(line)
    came = line.value
    if _is_base64(line):
        try:
            _decode_its_way(cls, line)
        except binascii.Error:
            line.encoded = False  # Then it is a text like others.
    else:
        (line.value,) = stringToTextValues(came, listSeparator="")
        line.encoded = False
    line.came = came, line.value


def _encode(cls: Any, line: Any) -> None:
    """Write what came if it is still the same, and escape or encode it otherwise."""
    if line.encoded:
        return
    came, value = getattr(line, "came", (None, None))
    if came is not None and value is line.value and not _LINE_BREAK.search(came):
        line.value, line.encoded = came, True
    elif isinstance(line.value, bytes):
        line.value, line.encoded = binascii.b2a_base64(line.value, newline=False).decode(), True
    else:
        _encode_its_way(cls, line)


def _is_base64(line: Any) -> bool:
    encoding = getattr(line, "encoding_param", "")
    return "BASE64" in line.singletonparams or encoding.upper() in _BASE64


def _name_types(line: Any) -> None:
    """Give parameters that are a value only the name that they stand for (vCard 2.1)."""
    types = [each for each in line.singletonparams if each.upper() not in _ENCODINGS]
    if types:
        line.params.setdefault("TYPE", []).extend(types)
    line.singletonparams = [each for each in line.singletonparams if each.upper() in _ENCODINGS]


def _keeping(parse: Transform, write: Transform) -> tuple[Transform, Transform]:
    """Return the same two functions, of which the second writes what the first was given."""

    def parse_and_note(line: Any) -> Any:
        if not line.isNative:
            _name_types(line)
            # Only quoted-printable, which is decoded by now, can have line breaks.
            line.came = _LINE_BREAK.sub(r"\\n", line.value)
        return parse(line)

    def write_what_came(line: Any) -> Any:
        came = getattr(line, "came", None)
        if not line.isNative or came is None or _parsed(line, came) != line.value:
            return write(line)
        line.value, line.isNative = came, False
        return line

    def _parsed(line: Any, came: str) -> Any:
        return parse(ContentLine(line.name, {}, came)).value

    return parse_and_note, write_what_came


_STRUCTURED: dict[Any, tuple[Transform, Transform]] = {
    each: _keeping(each.transformToNative, each.transformFromNative)
    for each in (NameBehavior, AddressBehavior, OrgBehavior)
}
