"""The lexicon of a generation under construction: its sorted tokens as one numpy array."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.words.scripts import TRANSLITERATED_MARK

Bytes = npt.NDArray[np.uint8]

END = ord("\n")
"""Follows every token in the text; no token contains it."""
_TRANSLITERATED = ord(TRANSLITERATED_MARK)
LONGEST_SHARED = 255
"""Common prefixes are measured up to this length, in bytes."""


class Lexicon:
    """Distinct tokens in lexicographic order, as one text with a newline after each."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Store ``tokens``, which must be sorted and distinct."""
        self.text: Bytes = np.frombuffer(("\n".join(tokens) + "\n").encode("utf-8"), np.uint8)
        ends = np.flatnonzero(self.text == END) if tokens else np.zeros(0, np.intp)
        self.starts = np.concatenate(([0], ends + 1))[: len(tokens)]
        self.lengths = ends - self.starts
        self.letter_starts = self.starts + (self.text[self.starts] == _TRANSLITERATED)
        """Where each token starts, behind the mark of transliterations, which are typed without."""
        self.shared = self._shared_lengths()

    def __len__(self) -> int:
        return len(self.starts)

    def _shared_lengths(self) -> Bytes:
        """Return how many bytes each token shares with the one before it, at most 255."""
        shared = np.zeros(len(self), np.uint8)
        same = np.arange(1, len(self))
        for length in range(LONGEST_SHARED):
            same = same[
                self.text[self.starts[same] + length] == self.text[self.starts[same - 1] + length]
            ]
            if not len(same):
                break
            shared[same] = length + 1
        return shared

    def prefix(self, token: int, length: int) -> str | None:
        """Return the first ``length`` bytes of a token, or None if they split a character."""
        start = self.starts[token]
        if self.text[start + length] & 0xC0 == 0x80:
            return None
        return self.text[start : start + length].tobytes().decode("utf-8")
