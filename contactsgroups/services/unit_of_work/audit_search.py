"""What the search of the audit log finds an entry by."""

from collections.abc import Iterator
from typing import Any

from contactsgroups.domain.text import fold

LENGTH_LIMIT = 1_000_000
"""Characters: 5,000 members have 150,000 or so; with the entry itself they fit into a packet."""


def search_text_of(actor: str, subject: str, detail: dict[str, Any]) -> str:
    """Return every name and value that an entry mentions, folded, one on a line."""
    return fold("\n".join([actor, subject, *_texts(detail)]))[:LENGTH_LIMIT]


def _texts(value: Any, key: str = "") -> Iterator[str]:
    """Yield the texts in a detail; of its keys, those that are addresses."""
    if "@" in key:
        yield key
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
