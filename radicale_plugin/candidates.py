"""Which cards a filter cannot choose, told from their text: parsing a card takes much longer.

What is told is never wrong about a card that the filter chooses.  The words of a searched text are
letters and digits in a row, which stand in the card as they are: whatever it escapes, joins or
splits is between words.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import chain

from radicale.xmlutils import make_clark

_Words = frozenset[str]
_Clause = list[_Words]

_PROP_FILTER = make_clark("CR:prop-filter")
_TEXT_MATCH = make_clark("CR:text-match")
_MATCH_TYPES = frozenset({"equals", "contains", "starts-with", "ends-with"})
_TESTS = frozenset({"anyof", "allof"})
_BINARY = frozenset({"photo", "logo", "sound", "key"})
_ANYTHING: _Clause = [frozenset()]

_FOLD = re.compile(r"\r?\n[ \t]")
_WORD = re.compile(r"[^\W_]+")
# A property whose value does not stand in the text as it is.
_ENCODED = re.compile(
    rf"^(?!{'|'.join(_BINARY)})[^:\n]*(?:encoding|quoted-printable|base64)", re.MULTILINE
)


class Candidates:
    """The cards that may be chosen by all of some filters (RFC 6352 section 10.5)."""

    def __init__(self, filters: Sequence[ET.Element]) -> None:
        # All clauses must hold; in each, all words of one alternative.
        self._clauses = list(chain.from_iterable(map(_clauses_of, filters)))

    def may_have(self, text: str) -> bool:
        """Whether the card with this text may be chosen."""
        folded = _fold(_FOLD.sub("", text))
        if _ENCODED.search(folded):
            return True
        return all(
            any(all(word in folded for word in words) for words in clause)
            for clause in self._clauses
        )


def _clauses_of(filter_: ET.Element) -> list[_Clause]:
    parts = [_alternatives(element) for element in filter_]
    test = filter_.get("test", "anyof")
    if test not in _TESTS:
        return []
    return parts if test == "allof" else [list(chain.from_iterable(parts))]


def _alternatives(element: ET.Element) -> _Clause:
    """Return what a card must have for one property to match."""
    name = element.get("name", "").lower()
    matches = [_words_of(child) for child in element]
    if element.tag != _PROP_FILTER or name in _BINARY or None in matches:
        return _ANYTHING
    known = [{name} | words for words in matches if words is not None]
    if element.get("test", "anyof") != "anyof" or not known:
        return [frozenset({name}.union(*known))]
    return [frozenset(words) for words in known]


def _words_of(element: ET.Element) -> _Words | None:
    """Return the words that a value must have; None if the text of a card cannot tell."""
    is_plain = element.tag == _TEXT_MATCH and element.get("negate-condition") != "yes"
    if not is_plain or element.get("match-type", "contains") not in _MATCH_TYPES:
        return None
    return frozenset(_WORD.findall(_fold(next(element.itertext(), ""))))


def _fold(text: str) -> str:
    # A sigma is another one at the end of a word, and where that is, escapes may change.
    return text.replace("\\", "").lower().replace("ς", "σ")
