"""Traces: what a plain name or address must contain for one of its tokens to begin with a word.

A database that looks for names by their text does not know how tokens are made. It knows what to
look for by the traces of a typed word; which of the names that it finds do match is for
``tokens`` to say.
"""

from typing import NamedTuple

from contactsgroups.autocomplete.words.joining import (
    INITIAL_MARK,
    INITIALS_MARK,
    MOST_INITIALS,
    VAN_DER,
)
from contactsgroups.autocomplete.words.skeleton import SKELETON_MARK
from contactsgroups.autocomplete.words.syllables import behind_surnames
from contactsgroups.autocomplete.words.variants import forms_beginning_with

WRITTEN_OUT = (("ae", "a"), ("oe", "o"), ("ue", "u"))
"""Replacements, in this order, in the text in which ``Traces.shortened`` is looked for."""


# With more, looking for each takes longer than making the tokens of every name.
_MOST_WRITTEN = 32


class Traces(NamedTuple):
    """What to look for, in small letters; one of them must be there.

    Only a text in ASCII without apostrophes and commas must have traces.
    """

    written: frozenset[str]
    """Looked for in the text as it is."""
    joined: frozenset[str]
    """Looked for in the text without ``SEPARATORS``."""
    shortened: frozenset[str]
    """Looked for in that text after the replacements of ``WRITTEN_OUT``."""


def traces_of(spelling: str) -> Traces | None:
    """Return the traces of one spelling of a word of a query; None if they are too many."""
    if spelling.startswith(INITIAL_MARK):
        word = spelling.removeprefix(INITIAL_MARK)
        surnames = [word[initials:] for initials in range(1, MOST_INITIALS + 1)]
        shortened = frozenset(map(_shortened, surnames))
        return Traces(frozenset(), frozenset(surnames), shortened)
    if spelling.startswith(INITIALS_MARK):
        return Traces(frozenset({spelling[1:2], "&"}), frozenset(), frozenset())
    if spelling.startswith(SKELETON_MARK):
        # Only texts beyond ASCII have one.
        return Traces(frozenset({spelling}), frozenset(), frozenset())
    joined = {spelling} | behind_surnames(spelling) | _gaelic(spelling)
    written = forms_beginning_with(spelling) - joined
    if len(written) > _MOST_WRITTEN:
        return None
    if VAN_DER in written:
        joined.add(VAN_DER)  # As v.d. is.
    if spelling.startswith("abd"):
        written |= {"abd"}
    if len(spelling) <= MOST_INITIALS:
        written |= {"-"}  # It may be the initials of a double name.
    return Traces(written, frozenset(joined), frozenset({_shortened(spelling)}))


def _gaelic(spelling: str) -> set[str]:
    """Return what is left of a word behind Mac and Mc, or these if they begin with it."""
    found = set()
    for prefix in ("mac", "mc"):
        if spelling.startswith(prefix):
            found.add(spelling[len(prefix) :])
        elif prefix.startswith(spelling):
            found.update(("mac", "mc"))
    return found


def _shortened(text: str) -> str:
    """Return ``text`` as a part of a longer one that ends anywhere before it, such as with an a."""
    text = text.removeprefix("e")
    for written_out, short in WRITTEN_OUT:
        text = text.replace(written_out, short)
    return text
