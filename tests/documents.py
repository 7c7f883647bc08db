"""The pages of the documentation, for tests that hold them to the code."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
"""Every page, README included."""

_BLOCK = re.compile(r"^```([\w-]*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str | None = None) -> list[str]:
    """Return the fenced blocks of a page, of all languages or of one."""
    found = _BLOCK.findall(page.read_text())
    return [text for each, text in found if language in {None, each}]
