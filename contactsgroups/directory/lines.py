"""Lines of a file that may be of any size and hold anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

LINE_LIMIT = 1024 * 1024  # octets
"""A longer line is a mistake, and is not kept in memory as a whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; ``content`` is None if it is longer than :data:`LINE_LIMIT`."""

    number: int
    content: bytes | None


def read_lines(file: IO[bytes]) -> Iterator[Line]:
    """Yield the lines of a file, which end in LF or CR LF, numbered from 1."""
    number = 0
    while piece := file.readline(LINE_LIMIT + 2):
        number += 1
        content = piece.removesuffix(b"\n").removesuffix(b"\r")
        if len(content) <= LINE_LIMIT:
            yield Line(number, content)
        else:
            _skip_rest(file, piece)
            yield Line(number, None)


def too_long() -> str:
    """Say what is wrong with a line without content."""
    return f"the line is longer than {LINE_LIMIT // 1024} kB"


def _skip_rest(file: IO[bytes], piece: bytes) -> None:
    while piece and not piece.endswith(b"\n"):
        piece = file.readline(LINE_LIMIT)
