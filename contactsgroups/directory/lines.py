"""Lines of a file that may be of any size and hold anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from contactsgroups.directory.encodings import as_utf_8

LINE_LIMIT = 1024 * 1024  # octets
"""A longer line is a mistake, and is not kept in memory as a whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; ``content`` is None if it is longer than :data:`LINE_LIMIT`."""

    number: int
    content: bytes | None


def read_lines(file: IO[bytes]) -> Iterator[Line]:
    """Yield the lines of a file, which end in LF or CR LF, numbered from 1, as UTF-8."""
    number, text = 0, as_utf_8(file)
    while piece := text.readline(LINE_LIMIT + 2):
        number += 1
        content = piece.removesuffix(b"\n").removesuffix(b"\r")
        if len(content) <= LINE_LIMIT:
            yield Line(number, content)
        else:
            _skip_rest(text, piece)
            yield Line(number, None)


def too_long() -> str:
    """Say what is wrong with a line without content."""
    return f"the line is longer than {LINE_LIMIT // 1024} kB"


EMPTY = "the file is empty"
"""Why nothing in a file is imported, where there is nothing in it."""
NO_UTF_8 = "is not UTF-8 text: save the file as UTF-8, or say which encoding it has"
"""What is wrong with a text in another encoding; behind what it is about."""


def _skip_rest(file: IO[bytes], piece: bytes) -> None:
    while piece and not piece.endswith(b"\n"):
        piece = file.readline(LINE_LIMIT)
