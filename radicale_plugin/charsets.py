"""The character sets of bodies: UTF-8, and those of older programs (RFC 2426 section 4).

Only these: decoding some of those that Python knows takes quadratic time.
"""

from contextlib import suppress

_CODECS = frozenset(
    {
        *("utf-8", "utf8", "utf-16", "us-ascii", "ascii", "macintosh", "koi8-r", "koi8-u"),
        *(f"windows-125{number}" for number in range(9)),
        *(f"cp125{number}" for number in range(9)),
        *(f"iso-8859-{number}" for number in range(1, 17) if number != 12),
        *("gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"),
    }
)
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def is_known(charset: str) -> bool:
    """Whether text in this character set is read."""
    return charset.lower() in _CODECS


def decode_marked(octets: bytes) -> str | None:
    """Return a text that begins with a byte order mark, without it; None without such a mark."""
    for mark, codec in _MARKS.items():
        if octets.startswith(mark):
            return octets.decode(codec, "replace")
    return None


def decode(octets: bytes, *charsets: str) -> str:
    """Return a text in the first of these character sets that fits, else in Windows' of the West.

    What is called ISO 8859-1 is Windows' nearly always; that has no character for five octets.
    """
    for charset in charsets:
        codec = "windows-1252" if charset.lower() == "iso-8859-1" else charset.lower()
        if codec in _CODECS:
            with suppress(UnicodeError):
                return octets.decode(codec)
    with suppress(UnicodeError):
        return octets.decode("windows-1252")
    return octets.decode("latin-1")
