"""Recipient lists as programs write them: the cases that every parser of the product shares.

``mailbox_lists.json`` has for each text the mailboxes, as name and address, and the pieces that are
none, as text, fault and suggestion; both in their order.
"""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class ListCase:
    """A text and what is found in it."""

    kind: str
    text: str
    mailboxes: list[list[str]]
    rejected: list[list[str]]


CASES = [ListCase(**case) for case in json.loads(FILE.read_text(encoding="utf-8"))]
