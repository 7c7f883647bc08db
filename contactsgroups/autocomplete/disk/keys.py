"""Key tables: from an identity or a local part to the documents that may have it.

A key is a 32-bit hash. Its upper bits number a bucket of about four documents, of which the lower
bits are kept; so a look-up reads two neighbouring numbers and then the bucket.
"""

import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.disk.files import map_numbers, write_numbers

_HASH_BITS = 32


def hash_key(key: str) -> int:
    """Return the 32-bit hash of a key."""
    return zlib.crc32(key.encode("utf-8", "surrogatepass"))


def write_key_table(
    directory: Path, name: str, hashes: npt.NDArray[np.uint32], documents: npt.NDArray[np.uint32]
) -> None:
    """Write the table in which each of ``documents`` has the hash at the same place."""
    order = np.lexsort((documents, hashes))
    ordered = hashes[order].astype(np.int64)
    shift = _bits_below_bucket(len(hashes))
    every_bucket = np.arange((1 << (_HASH_BITS - shift)) + 1)
    write_numbers(directory / f"{name}-buckets", np.searchsorted(ordered >> shift, every_bucket))
    write_numbers(directory / f"{name}-hashes", ordered & ((1 << shift) - 1))
    write_numbers(directory / f"{name}-documents", documents[order])


def _bits_below_bucket(count: int) -> int:
    return _HASH_BITS - max(0, count.bit_length() - 2)


class KeyTable:
    """Read access to a key table; callers compare the keys themselves."""

    def __init__(self, directory: Path, name: str, count: int) -> None:
        """Map the table of ``count`` documents that ``write_key_table`` has written."""
        self._shift = _bits_below_bucket(count)
        self._mask = (1 << self._shift) - 1
        self._buckets = map_numbers(
            directory / f"{name}-buckets", (1 << (_HASH_BITS - self._shift)) + 1
        )
        self._hashes = map_numbers(directory / f"{name}-hashes", count)
        self._documents = map_numbers(directory / f"{name}-documents", count)

    def find(self, key: str) -> list[int]:
        """Return the candidate documents, ascending."""
        wanted = hash_key(key)
        bucket, rest = wanted >> self._shift, wanted & self._mask
        hashes, documents = self._hashes, self._documents
        return [
            documents[place]
            for place in range(self._buckets[bucket], self._buckets[bucket + 1])
            if hashes[place] == rest
        ]
