"""A generation: one immutable index on disk, opened for reading."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from contactsgroups.autocomplete.disk.documents import Documents
from contactsgroups.autocomplete.disk.files import Manifest, map_array, read_manifest, verify
from contactsgroups.autocomplete.disk.postings import Postings
from contactsgroups.autocomplete.disk.sounds import Sounds
from contactsgroups.autocomplete.entry import Entry
from contactsgroups.autocomplete.errors import IndexDamaged, IndexMissing
from contactsgroups.autocomplete.selection import Selector, Term, Tombstones
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Word
from contactsgroups.autocomplete.words.scripts import TRANSLITERATED_MARK
from contactsgroups.autocomplete.words.spelling import PrefixFilter, Spelling
from contactsgroups.autocomplete.words.tokens import DOMAIN_MARK


class Generation:
    """The documents of a shard at one position of the journal, and the way to find them."""

    def __init__(self, directory: Path, *, check: bool) -> None:
        """Open the generation in ``directory``, reading it whole first if ``check`` is set.

        ``is_all_latin`` says that there is no transliteration at all.

        Raises IndexMissing, IndexDamaged or IndexOutdated.
        """
        self.directory = directory
        self.manifest: Manifest = read_manifest(directory)
        try:
            if check:
                verify(directory, self.manifest)
            self._postings = Postings(directory, self.manifest.count, self.manifest.top)
            self.documents = Documents(directory, self.manifest.count)
            prefixes = PrefixFilter(map_array(directory / "prefix-filter", np.uint8))
            self.spelling = Spelling(prefixes, Sounds(directory).words)
        except FileNotFoundError as error:
            raise IndexMissing(directory, f"it was removed meanwhile ({error})") from None
        except (OSError, ValueError, RuntimeError) as error:  # The last one is marisa-trie's.
            raise IndexDamaged(directory, f"it cannot be opened ({error})") from None
        self._row_of = self._postings.hot.get
        self._top = self.manifest.top
        self.is_all_latin = not self._postings.exists(TRANSLITERATED_MARK)
        self._selector = Selector(self._postings)

    @cached_property
    def bytes_on_disk(self) -> int:
        """Size of all files, without the manifest."""
        return sum(recorded["size"] for recorded in self.manifest.files.values())

    def best(self, words: Sequence[Word], limit: int, tombstones: Tombstones | None) -> list[int]:
        """Return the best ``limit`` live documents in which every word begins a token, in order."""
        if len(words) == 1 and len(words[0]) == 1:
            # The most frequent query, one word in one spelling, needs no intersection.
            prefix = words[0][0]
            row = self._row_of(prefix, -1)
            if row >= 0 and limit <= self._top:
                best = self._selector.best_of_row(row, limit, tombstones)
                if best is not None:
                    return best
            postings = self._postings.range_of(prefix)
            if postings is None:
                return []
            return self._selector.best_of_range(postings, limit, tombstones)
        terms = []
        for word in words:
            term = self._term(word)
            if term is None:
                return []
            terms.append(term)
        return self._selector.best(terms, limit, tombstones)

    def _term(self, spellings: Word) -> Term | None:
        """Return the term for one word, or None if nothing begins with any of its spellings."""
        ranges = []
        for spelling in spellings:
            if self.is_all_latin and spelling[0] == TRANSLITERATED_MARK:
                continue
            postings = self._postings.range_of(spelling)
            if postings is not None:
                ranges.append(postings)
        return Term(ranges) if ranges else None

    def has_each(self, words: Sequence[Word]) -> bool:
        """Whether each word, by any spelling, begins a token; if not, no document has all."""
        exists = self._postings.exists
        return all(any(map(exists, spellings)) for spellings in words)

    def begins_a_domain(self, spellings: Word) -> bool:
        """Whether any spelling begins a label of some address's domain."""
        return any(
            self._postings.exists(DOMAIN_MARK + plain_spelling(spelling)) for spelling in spellings
        )

    def transliterates(self, spellings: Word) -> bool:
        """Whether any of these, which have the mark for it, begins a transliteration."""
        return not self.is_all_latin and any(map(self._postings.exists, spellings))

    def entries(self, tombstones: Tombstones | None) -> Iterator[Entry]:
        """Yield every live entry, best first."""
        for document in range(len(self.documents)):
            if tombstones is None or tombstones.first_alive([document], 1):
                yield self.documents.entry(document)
