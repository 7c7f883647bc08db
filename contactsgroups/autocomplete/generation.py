"""A generation: one immutable index on disk, opened for reading."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from contactsgroups.autocomplete.documents import Documents
from contactsgroups.autocomplete.entry import Entry
from contactsgroups.autocomplete.errors import IndexDamaged, IndexMissing
from contactsgroups.autocomplete.files import Manifest, map_array, read_manifest, verify
from contactsgroups.autocomplete.postings import Postings
from contactsgroups.autocomplete.query import Word
from contactsgroups.autocomplete.selection import Selector, Term, Tombstones
from contactsgroups.autocomplete.spelling import PrefixFilter, neighbours_of
from contactsgroups.autocomplete.tokens import DOMAIN_MARK


class Generation:
    """The documents of a shard at one position of the journal, and the way to find them."""

    def __init__(self, directory: Path, *, check: bool) -> None:
        """Open the generation in ``directory``, reading it whole first if ``check`` is set.

        Raises IndexMissing, IndexDamaged or IndexOutdated.
        """
        self.directory = directory
        self.manifest: Manifest = read_manifest(directory)
        try:
            if check:
                verify(directory, self.manifest)
            self._postings = Postings(directory, self.manifest.count, self.manifest.top)
            self.documents = Documents(directory)
            self._filter = PrefixFilter(map_array(directory / "prefix-filter", np.uint8))
        except FileNotFoundError as error:
            raise IndexMissing(directory, f"it was removed meanwhile ({error})") from None
        except (OSError, ValueError) as error:
            raise IndexDamaged(directory, f"it cannot be opened ({error})") from None
        self._selector = Selector(self._postings)

    @cached_property
    def bytes_on_disk(self) -> int:
        """Size of all files, without the manifest."""
        return sum(recorded["size"] for recorded in self.manifest.files.values())

    def select(self, terms: Sequence[Term], limit: int, tombstones: Tombstones | None) -> list[int]:
        """Return at most ``limit`` live documents that satisfy all terms, best first."""
        return self._selector.best(terms, limit, tombstones)

    def term(self, spellings: Word, *, domains: bool = False) -> Term | None:
        """Return the term for one word, or None if nothing begins with any of its spellings.

        With ``domains`` the labels of addresses' domains count as well.
        """
        ranges = [self._postings.range_of(spelling) for spelling in spellings]
        if domains:
            ranges += [self._postings.range_of(DOMAIN_MARK + spelling) for spelling in spellings]
        existing = [postings for postings in ranges if postings is not None]
        return Term(existing) if existing else None

    def begins_a_domain(self, spellings: Word) -> bool:
        """Tell whether any spelling begins a label of some address's domain."""
        return any(self._postings.exists(DOMAIN_MARK + spelling) for spelling in spellings)

    def corrections(self, word: str) -> Word:
        """Return the prefixes in this generation that are one slip away from ``word``."""
        candidates = sorted(self._filter.survivors(neighbours_of(word)))
        # A candidate adds nothing to another one that is its prefix.
        kept: list[str] = []
        for candidate in candidates:
            if not kept or not candidate.startswith(kept[-1]):
                kept.append(candidate)
        return tuple(kept)

    def entries(self, tombstones: Tombstones | None) -> Iterator[Entry]:
        """Yield every live entry, best first."""
        for document in range(len(self.documents)):
            if tombstones is None or tombstones.alive([document]):
                yield self.documents.entry(document)
