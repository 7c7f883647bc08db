"""The known file formats, and which one a file's name denotes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from contactsgroups.directory import csv_file, ldif_entries, ldif_export
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.services.transfer.records import Item, Record


@dataclass(frozen=True, slots=True)
class Format:
    """How to read a file of a format, whose name is for faults, and how to write one.

    ``read`` takes as well which columns, or attributes of LDAP, are which attributes of accounts.
    """

    read: Callable[[IO[bytes], str, Mapping[str, str]], Iterator[Item]]
    write: Callable[[Iterable[Record], IO[bytes]], None]


FORMATS: Mapping[str, Format] = {
    "csv": Format(csv_file.read, csv_file.write),
    "ldif": Format(ldif_entries.read, ldif_export.write),
}


def format_of(file: str) -> str:
    """Return the name of the format that a file name ends in.

    Raises:
        InvalidInput: it ends in none.
    """
    ending = PurePath(file).suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        known = " or ".join(f".{name}" for name in FORMATS)
        raise InvalidInput(f"{file} does not end in {known}: say which format it has")
    return ending
