"""The words of a generation by how they sound."""

from collections.abc import Iterable
from pathlib import Path

import marisa_trie
import numpy as np

from contactsgroups.autocomplete.words.sounds import may_sound_like_others, sounds_of
from contactsgroups.autocomplete.words.spelling import Hashes, hash_sounds

_FILE = "sounds.marisa"
_BETWEEN = "$"
_AT_ONCE = 10_000


def write_sounds(directory: Path, words: Iterable[str]) -> Hashes:
    """Write the words that have a sound, each behind its own; return the hashes for a filter."""
    heard = [word for word in words if may_sound_like_others(word)]
    pairs: list[str] = []
    hashes = [hash_sounds(())]
    for first in range(0, len(heard), _AT_ONCE):
        some = heard[first : first + _AT_ONCE]
        sounds = sounds_of(some)
        pairs += map(_BETWEEN.join, zip(sounds, some, strict=True))
        hashes.append(hash_sounds(sounds))
    marisa_trie.Trie(pairs).save(str(directory / _FILE))
    return np.unique(np.concatenate(hashes))


class Sounds:
    """Read access to the words of a generation by their sound."""

    def __init__(self, directory: Path) -> None:
        """Map the file in ``directory``."""
        self._pairs = marisa_trie.Trie().mmap(str(directory / _FILE))

    def words(self, sound: str) -> list[str]:
        """Return the words that sound like this, in no particular order."""
        behind = len(sound) + 1
        return [pair[behind:] for pair in self._pairs.keys(sound + _BETWEEN)]
