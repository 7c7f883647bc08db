"""The files of one generation: how they are written, sealed by a manifest, checked and mapped.

A file is never changed once its generation is sealed, because processes have it mapped; a new
state is always a new directory. Nothing waits for the disk: the kernel completes what a killed
process has written, and what a power cut leaves incomplete fails its checksum and is built again.
"""

import json
import mmap
import os
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.errors import IndexDamaged, IndexMissing, IndexOutdated

FORMAT = 9
"""Raised with every change of the files or of what ``tokens`` and ``folding`` produce."""

MANIFEST = "manifest.json"
_CHUNK = 1 << 20

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Metadata of a generation; its presence means that the generation is complete."""

    position: int
    """The journal sequence that the generation is up to."""
    epoch: str
    """The epoch of the journal; sequences of another epoch mean nothing here."""
    count: int
    """How many documents it holds."""
    top: int
    """How many documents a row of a hot prefix holds."""
    format: int = FORMAT
    files: dict[str, dict[str, int]] = field(default_factory=dict)
    """Size in bytes and CRC-32 of every other file."""


def seal(directory: Path, manifest: Manifest) -> None:
    """Write the manifest of the generation in ``directory``, last of all."""
    for path in sorted(directory.iterdir()):
        manifest.files[path.name] = {"size": path.stat().st_size, "crc32": _checksum(path)}
    (directory / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest after comparing the format and every file's size, which is quick.

    Raises IndexMissing, IndexDamaged or IndexOutdated.
    """
    try:
        fields: Any = json.loads((directory / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise IndexMissing(directory, "there is no manifest") from None
    except (OSError, ValueError):
        raise IndexDamaged(directory, "the manifest is not readable") from None
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise IndexOutdated(directory, "the files have another format")
    try:
        manifest = Manifest(**fields)
        numbers = (manifest.position, manifest.count, manifest.top)
        if not all(isinstance(number, int) for number in numbers):
            raise IndexDamaged(directory, "the manifest has no numbers where they belong")
        for name, recorded in manifest.files.items():
            if (directory / name).stat().st_size != recorded["size"]:
                raise IndexDamaged(directory, f"{name} is cut short or grown")
    except (TypeError, KeyError, AttributeError, OSError) as error:
        raise IndexDamaged(directory, f"the manifest or a file is not usable ({error})") from None
    return manifest


def verify(directory: Path, manifest: Manifest) -> None:
    """Read every file whole and compare its checksum; IndexDamaged names the first that differs."""
    for name, recorded in manifest.files.items():
        if _checksum(directory / name) != recorded["crc32"]:
            raise IndexDamaged(directory, f"{name} fails its checksum")


def map_file(path: Path) -> mmap.mmap | bytes:
    """Return the file's content, shared with every other process that maps it.

    Slices are copies, which is what the quickest way to text needs.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def map_bytes(path: Path) -> memoryview:
    """Return the file's content, shared likewise; slices share it too."""
    return memoryview(map_file(path))


def map_array(path: Path, kind: type[Scalar]) -> npt.NDArray[Scalar]:
    """Return the file's content as an array that cannot be written to."""
    return np.frombuffer(map_bytes(path), kind)


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write the array's elements in the machine's own order; an index stays on its host."""
    with path.open("wb") as file:
        file.write(np.ascontiguousarray(array).data)


def write_numbers(path: Path, numbers: npt.NDArray[np.integer[Any]]) -> None:
    """Write whole numbers, each in as few bytes as hold all of them, for ``map_numbers``."""
    most = max(int(np.max(numbers)), -1 - int(np.min(numbers))) if len(numbers) else 0
    kind = next(kind for kind in (np.int16, np.int32, np.int64) if most <= np.iinfo(kind).max)
    write_array(path, numbers.astype(kind))


def map_numbers(path: Path, count: int) -> memoryview:
    """Return the ``count`` numbers that ``write_numbers`` has written.

    Single numbers are read quicker through a memory view than through an array.
    """
    content = map_bytes(path)
    width = len(content) // count if count else 1
    if width == 2:
        return content.cast("h")
    return content.cast("i") if width == 4 else content.cast("q")


def replace_file(path: Path, content: bytes) -> None:
    """Replace ``path`` at once: readers see the old content or the new, never a part."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(content)
    temporary.replace(path)


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return checksum
