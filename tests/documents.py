"""The pages of the documentation, for tests that hold them to the code."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
"""Every page, README included."""

_FLAGS = re.MULTILINE | re.DOTALL
_BLOCK = re.compile(r"^```([\w-]*)[^\n]*\n(.*?)^```$", _FLAGS)


def blocks(page: Path, language: str | None = None) -> list[str]:
    """Return the fenced blocks of a page, of all languages or of one."""
    return _blocks_in(page.read_text(), language)


def blocks_of(page: str, section: str, language: str) -> list[str]:
    """Return the blocks of a section, without the sections below it, of a page in ``docs/``."""
    text = (ROOT / "docs" / page).read_text()
    (found,) = re.findall(rf"^#+ {re.escape(section)}\n(.*?)(?=^#+ |\Z)", text, _FLAGS)
    return _blocks_in(found, language)


def _blocks_in(text: str, language: str | None) -> list[str]:
    found = _BLOCK.findall(text)
    return [block for each, block in found if language in {None, each}]
