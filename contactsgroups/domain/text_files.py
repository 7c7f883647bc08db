"""Files that people upload, as text: which encoding they have, and what is no text at all."""

import codecs
import re
from dataclasses import dataclass

from contactsgroups.domain.errors import InvalidInput

# UTF-32 before UTF-16: the mark of the one begins like that of the other.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK = "cp1252"
"""What programs on Windows in Western Europe and America write that do not write Unicode."""
# Controls that no text has: others than those of RFC 20 that move the place of writing.
_BINARY = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file; ``is_guessed`` if nothing but a guess says that it is Windows-1252."""

    text: str
    is_guessed: bool = False


def encoding_told_by(start: bytes) -> str:
    """Return the encoding that the first four octets of a file tell; nothing for UTF-8."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    zeros = [octet == 0 for octet in start]
    if zeros == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False, True, False] else ""


def decode_file(data: bytes, *, field: str) -> DecodedText:
    """Return a whole file as text: UTF-8, UTF-16 or UTF-32, and anything else as Windows-1252.

    Raises:
        InvalidInput: it is no text, such as the .xlsx file of a spreadsheet, or a picture.
    """
    try:
        decoded = _decode(data)
    except UnicodeDecodeError:
        raise _no_text(field) from None
    if _BINARY.search(decoded.text):
        raise _no_text(field)
    return decoded


def _decode(data: bytes) -> DecodedText:
    told = encoding_told_by(data[:4])
    if told:
        return DecodedText(data.decode(told))
    try:
        return DecodedText(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return DecodedText(data.decode(_FALLBACK), is_guessed=True)


def _no_text(field: str) -> InvalidInput:
    text = 'the file is no text; save it as CSV, "CSV UTF-8" in Excel, or as plain text'
    return InvalidInput(text, field=field)
