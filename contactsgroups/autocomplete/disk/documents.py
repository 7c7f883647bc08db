"""Documents: the entries of a generation as byte records, in rank order.

A record is name, address, identity and payload, separated by NUL. What can be derived is left out,
which makes records half as long: an identity that is the address; the name and the address where
they occur in the payload; and the *frame*, which is how the payloads of one kind begin and end.
Control characters, which JSON text cannot contain, mark the places.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from contactsgroups.autocomplete.disk.files import map_bytes, map_file, map_numbers
from contactsgroups.autocomplete.disk.keys import KeyTable
from contactsgroups.autocomplete.entry import (
    Completion,
    Entry,
    EntryKind,
    Match,
    make_completion,
)
from contactsgroups.autocomplete.words.tokens import local_key

KINDS = (EntryKind.GROUP, EntryKind.ACCOUNT, EntryKind.CONTACT, EntryKind.ALIAS)
"""Kinds by the number that stands for them on disk, groups first."""

_REMEMBERED = 4_096
_SAMPLE = 8
_NAME, _ADDRESS, _FRAMED = "\x01", "\x02", "\x03"
_FRAMES = "frames.json"
_ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Frame(NamedTuple):
    """How the payloads of one kind begin and end."""

    head: str
    tail: str


NO_FRAME = Frame("", "")


class Frames(list[Frame]):
    """The frame of each of ``KINDS``, learned from the first entries of the kind that are read.

    Until then, and where a payload does not fit its frame, it is kept whole.
    """

    def __init__(self) -> None:
        super().__init__([NO_FRAME] * len(KINDS))

    def learn(self, entries: Sequence[Entry]) -> None:
        """Learn the frames not known yet that occur often enough among these entries."""
        for number, kind in enumerate(KINDS):
            if self[number] == NO_FRAME:
                some = [entry for entry in entries if entry.kind is kind]
                if len(some) >= _SAMPLE:
                    self[number] = _frame_of(some)


def _frame_of(entries: Sequence[Entry]) -> Frame:
    payloads = [_without_fields(entry) for entry in entries]
    usual = [payload for payload in payloads if _NAME in payload and _ADDRESS in payload]
    # A sample's ids may all begin with the same digits, which those of later entries do not.
    head = _common_start(usual)
    if any(payload != head for payload in usual):
        head = head.rstrip(_ALPHANUMERIC)
    endings = [payload[len(head) :][::-1] for payload in usual]
    return Frame(head, _common_start(endings)[::-1].lstrip(_ALPHANUMERIC))


def _common_start(texts: Sequence[str]) -> str:
    first, last = min(texts, default=""), max(texts, default="")
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in shared)


def write_frames(directory: Path, frames: Sequence[Frame]) -> None:
    """Write the frames that the records were encoded with."""
    (directory / _FRAMES).write_text(json.dumps(frames))


def encode_record(entry: Entry, frames: Sequence[Frame]) -> bytes:
    """Return the entry, except its kind and score, as a record; ``frames`` are those of ``KINDS``.

    Raises ValueError for a NUL in any field, or a payload that cannot be JSON text.
    """
    identity, kind, name, address, _, _ = entry
    payload = _without_fields(entry)
    head, tail = frames[KINDS.index(kind)]
    if head and payload.startswith(head) and payload.endswith(tail, len(head)):
        payload = _FRAMED + payload[len(head) : len(payload) - len(tail)]
    fields = (name, address, payload) if identity == address else (name, address, identity, payload)
    record = "\0".join(fields)
    if record.count("\0") != len(fields) - 1:
        raise ValueError(f"an entry contains the character NUL: {identity!r}")
    return record.encode("utf-8", "surrogatepass")


def _without_fields(entry: Entry) -> str:
    """Return the payload with control characters for the name and the address."""
    identity, _, name, address, _, payload = entry
    if _NAME in payload or _ADDRESS in payload or _FRAMED in payload:
        raise ValueError(f"the payload of {identity!r} contains control characters")
    if _NAME not in address and _ADDRESS not in name:
        payload = payload.replace(address, _ADDRESS) if address else payload
        payload = payload.replace(name, _NAME) if name else payload
    return payload


def tie_key(record: bytes) -> bytes:
    """Return what puts records of the same score and kind in the order of ``Completion``."""
    if record.count(0) == 3:
        return record
    name, address, _ = record.split(b"\0")
    return b"\0".join((name, address, address))


class Documents:
    """Read access to the records, kinds and scores of a generation."""

    def __init__(self, directory: Path, count: int) -> None:
        """Map the ``count`` documents of the generation in ``directory``.

        ``completion`` returns a document as ``completions`` does.
        """
        self._records = map_file(directory / "records")
        self._offsets = map_numbers(directory / "record-offsets", count + 1)
        self._kinds = map_bytes(directory / "kinds")
        self._scores = map_numbers(directory / "scores", count)
        self._frames = [Frame(*frame) for frame in json.loads((directory / _FRAMES).read_bytes())]
        self._identities = KeyTable(directory, "identity", count)
        self._local_parts = KeyTable(directory, "local", count)
        # The best documents of a shard are in most answers.
        self.completion = lru_cache(_REMEMBERED)(self._read_completion)

    def __len__(self) -> int:
        return len(self._kinds)

    def entry(self, document: int) -> Entry:
        """Return the entry with this document id."""
        name, address, identity, payload = self._fields(document)
        kind = KINDS[self._kinds[document]]
        return Entry(identity, kind, name, address, self._scores[document], payload)

    def completions(self, documents: Sequence[int], match: Match) -> list[Completion]:
        """Return the documents as completions of a kind of match, without any boost."""
        read = self.completion
        return [read(document, match) for document in documents]

    def _read_completion(self, document: int, match: Match) -> Completion:
        name, address, identity, payload = self._fields(document)
        kind = KINDS[self._kinds[document]]
        score = self._scores[document]
        return make_completion(match, score, kind, name, address, identity, payload)

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
        """Return name, address, identity and payload."""
        start, end = self._offsets[document], self._offsets[document + 1]
        fields = str(self._records[start:end], "utf-8", "surrogatepass").split("\0")
        name, address, identity, payload = fields[0], fields[1], fields[-2], fields[-1]
        if payload.startswith(_FRAMED):
            head, tail = self._frames[self._kinds[document]]
            payload = f"{head}{payload[1:]}{tail}"
        return name, address, identity, payload.replace(_ADDRESS, address).replace(_NAME, name)
