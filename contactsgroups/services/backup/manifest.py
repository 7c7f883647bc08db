"""The manifest of an archive: what is in it, and what wrote it."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from contactsgroups.domain.errors import InvalidInput

FORMAT = 1
"""Raised with every change that an older program would not understand."""

DATABASE = "database"
MANIFEST = "manifest.json"
STATE = "state"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Size in octets and SHA-256 of a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds."""

    database: str
    """The kind of the dump; only the same kind of database can load it."""
    schema: str
    """The revision of the schema."""
    made_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    format: int = FORMAT
    files: dict[str, FileFacts] = field(default_factory=dict)
    """Every file before the manifest, by its name in the archive."""
    directories: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many octets the files have together."""
        return sum(each.size for each in self.files.values())

    def render(self) -> bytes:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), indent=1).encode() + b"\n"


def parse_manifest(content: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        InvalidInput: it is none, or of a newer format.
    """
    try:
        fields: dict[str, Any] = json.loads(content)
        if fields["format"] != FORMAT:
            raise InvalidInput(f"the archive has the format {fields['format']}, not {FORMAT}")
        files = {str(name): FileFacts(**facts) for name, facts in fields.pop("files").items()}
        directories = [str(name) for name in fields.pop("directories")]
        return Manifest(**fields, files=files, directories=directories)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInput("the archive's manifest cannot be read") from error
