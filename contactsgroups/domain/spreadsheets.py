"""Cells of CSV files that spreadsheets open: text that none of them takes for a formula.

A cell that begins like a formula is calculated, and what it calculates may fetch and send.  An
apostrophe before it says that it is text; the command of a program that reads the file knows it.
"""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What formulas begin with; the wide forms do so in East Asian editions."""
_MARK = "'"
_MARKED = (*_STARTS, _MARK)


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet shows as it is.

    >>> as_text("=HYPERLINK(A1)"), as_text("plain")
    ("'=HYPERLINK(A1)", 'plain')
    """
    return f"{_MARK}{cell}" if cell.startswith(_MARKED) else cell


def from_text(cell: str) -> str:
    """Return what :func:`as_text` was given."""
    return cell[1:] if cell.startswith(_MARK) and cell[1:].startswith(_MARKED) else cell
