"""Documents: the entries of a generation as byte records, in rank order.

A record is name, address, identity and payload, separated by NUL. In this order its bytes compare
as ranking wants ties broken. Where the payload contains the name or the address as they stand,
single control characters, which JSON text cannot contain, take their place: half the size.
"""

import zlib
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path

from contactsgroups.autocomplete.entry import (
    Completion,
    Entry,
    EntryKind,
    Match,
    make_completion,
    with_match,
)
from contactsgroups.autocomplete.files import map_bytes
from contactsgroups.autocomplete.tokens import local_key

KINDS = (EntryKind.GROUP, EntryKind.ACCOUNT, EntryKind.CONTACT)
"""Kinds by the number that stands for them on disk, groups first."""

_REMEMBERED = 1_024
_WORD = Match.WORD
_NAME, _ADDRESS = "\x01", "\x02"


def encode_record(entry: Entry) -> bytes:
    """Return the entry, except its kind and score, as a record.

    Raises ValueError for a NUL in any field, or a payload that cannot be JSON text.
    """
    identity, _, name, address, _, payload = entry
    if _NAME in payload or _ADDRESS in payload:
        raise ValueError(f"the payload of {identity!r} contains control characters")
    if _NAME not in address:
        payload = payload.replace(address, _ADDRESS) if address else payload
        payload = payload.replace(name, _NAME) if name else payload
    record = f"{name}\0{address}\0{identity}\0{payload}"
    if record.count("\0") != 3:
        raise ValueError(f"an entry contains the character NUL: {identity!r}")
    return record.encode("utf-8", "surrogatepass")


def hash_key(key: str) -> int:
    """Return 32 bits that stand for an identity or a local part in a ``KeyTable``."""
    return zlib.crc32(key.encode("utf-8", "surrogatepass"))


class Documents:
    """Read access to the records, kinds and scores of a generation."""

    def __init__(self, directory: Path) -> None:
        """Map the documents of the generation in ``directory``."""
        self._records = map_bytes(directory / "records")
        self._offsets = map_bytes(directory / "record-offsets").cast("Q")
        self._kinds = map_bytes(directory / "kinds")
        self._scores = map_bytes(directory / "scores").cast("q")
        self._identities = KeyTable(directory, "identity")
        self._local_parts = KeyTable(directory, "local")
        # The best documents of a shard are in most answers.
        self._completion = lru_cache(_REMEMBERED)(self._read_completion)

    def __len__(self) -> int:
        return len(self._kinds)

    def entry(self, document: int) -> Entry:
        """Return the entry with this document id."""
        name, address, identity, payload = self._fields(document)
        kind = KINDS[self._kinds[document]]
        return Entry(identity, kind, name, address, self._scores[document], payload)

    def completion(self, document: int, match: Match) -> Completion:
        """Return the document as a completion without any boost."""
        completion = self._completion(document)
        return completion if match is _WORD else with_match(completion, match)

    def _read_completion(self, document: int) -> Completion:
        name, address, identity, payload = self._fields(document)
        kind = KINDS[self._kinds[document]]
        score = self._scores[document]
        return make_completion(_WORD, score, kind, name, address, identity, payload)

    def find(self, identity: str) -> int | None:
        """Return the document with this identity."""
        for document in self._identities.find(identity):
            if self._fields(document)[2] == identity:
                return document
        return None

    def with_local_part(self, key: str) -> list[int]:
        """Return the documents whose whole local part is ``key``, ascending."""
        return [
            document
            for document in self._local_parts.find(key)
            if local_key(self._fields(document)[1]) == key
        ]

    def _fields(self, document: int) -> tuple[str, str, str, str]:
        start, end = self._offsets[document], self._offsets[document + 1]
        record = str(self._records[start:end], "utf-8", "surrogatepass")
        name, address, identity, payload = record.split("\0")
        return name, address, identity, payload.replace(_ADDRESS, address).replace(_NAME, name)


class KeyTable:
    """From a key's 32-bit hash to the documents that may have this key; the caller compares."""

    def __init__(self, directory: Path, name: str) -> None:
        """Map the files ``<name>-hashes``, sorted, and ``<name>-documents`` beside them."""
        self._hashes = map_bytes(directory / f"{name}-hashes").cast("I")
        self._documents = map_bytes(directory / f"{name}-documents").cast("I")

    def find(self, key: str) -> list[int]:
        """Return the candidate documents, ascending."""
        wanted = hash_key(key)
        place = bisect_left(self._hashes, wanted)
        found = []
        while place < len(self._hashes) and self._hashes[place] == wanted:
            found.append(self._documents[place])
            place += 1
        return found
