"""Errors of the index engine; rebuilding the index repairs every one that concerns its files.

AutocompleteError
├── IndexUnusable       the index on disk cannot answer; build it from the database
│   ├── IndexMissing    there is none yet
│   ├── IndexDamaged    a file is absent, cut short, or fails its checksum
│   └── IndexOutdated   another format version, or another epoch of the journal
└── IndexBusy           another process is building this shard at the moment
"""

from pathlib import Path


class AutocompleteError(Exception):
    """Base class of the errors that the index engine raises."""


class IndexUnusable(AutocompleteError):
    """The index in ``directory`` cannot answer; ``reason`` says why in one clause."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"{directory}: {reason}")
        self.directory = directory
        self.reason = reason


class IndexMissing(IndexUnusable):
    """No index was ever built in this directory."""


class IndexDamaged(IndexUnusable):
    """A file of the index is absent, cut short, or fails its checksum."""


class IndexOutdated(IndexUnusable):
    """The index has another format version, or belongs to another epoch of the journal."""


class IndexBusy(AutocompleteError):
    """Another process holds the build lock of this shard directory."""
