"""Files in other encodings, read as if they were UTF-8."""

import codecs
import io
from typing import IO

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.text_files import encoding_told_by

_CHUNK = 64 * 1024  # octets
_ERRORS = "contactsgroups.keep-invalid"


def as_utf_8(file: IO[bytes], encoding: str = "") -> IO[bytes]:
    """Return a file that reads as UTF-8 without a byte order mark.

    What is no text in its encoding is no UTF-8 in what is read, so that its line can be named.

    Args:
        encoding: a name that Python knows, such as ``cp1252``.  By default it is told by the byte
            order mark, or by the zero octets of UTF-16 without one; else it is UTF-8.

    Raises:
        InvalidInput: there is no such encoding of text.
    """
    named = _checked(encoding) if encoding else ""
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return _reader(file, start.removeprefix(codecs.BOM_UTF8), None)
    chosen = encoding_told_by(start) or named
    return _reader(file, start, _decoder(chosen) if chosen else None)


def _checked(encoding: str) -> str:
    """Return the encoding to read with, where no byte order mark tells another.

    Raises:
        InvalidInput: it is none, or none of text.
    """
    try:
        b"a".decode(encoding, "replace")
        name = codecs.lookup(encoding).name
        chosen = f"{name}-le" if name in {"utf-16", "utf-32"} else name
        _decoder(chosen).decode(b"a")
    except (LookupError, ValueError):
        raise InvalidInput(f"there is no encoding {encoding}", field="encoding") from None
    return chosen


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)(_ERRORS)


def _reader(file: IO[bytes], start: bytes, decoder: codecs.IncrementalDecoder | None) -> IO[bytes]:
    return io.BufferedReader(_Converted(file, start, decoder), _CHUNK)


class _Converted(io.RawIOBase):
    """What is left of a file behind ``start``, with that before it, in UTF-8."""

    def __init__(
        self, file: IO[bytes], start: bytes, decoder: codecs.IncrementalDecoder | None
    ) -> None:
        super().__init__()
        self._file = file
        self._decoder = decoder
        self._ready = self._convert(start, final=False) if start else b""
        self._is_over = False

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        """Fill a buffer as far as there is something, and return how far."""
        while not self._ready and not self._is_over:
            chunk = self._file.read(_CHUNK)
            self._is_over = not chunk
            self._ready = self._convert(chunk, final=self._is_over)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _convert(self, octets: bytes, *, final: bool) -> bytes:
        if self._decoder is None:
            return octets
        return self._decoder.decode(octets, final).encode("utf-8", "surrogateescape")


def _keep_invalid(error: UnicodeError) -> tuple[str, int]:
    """Put an octet that is never UTF-8 in the place of what cannot be decoded."""
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - only decoders have this handler
    return "\udcff", error.end


codecs.register_error(_ERRORS, _keep_invalid)
