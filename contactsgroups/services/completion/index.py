"""The shards of the mail domains, kept at the journal's end, and the answers from them."""

import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from contactsgroups.autocomplete import (
    Completion,
    Entry,
    EntryKind,
    PersonalTable,
    Query,
    Shard,
    complete,
    parse_query,
)
from contactsgroups.domain.change import JournalPosition
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.sharing import visible_domain_ids
from contactsgroups.services.completion.change_watch import ChangeWatch, Observation
from contactsgroups.services.completion.fallback import complete_from_database
from contactsgroups.services.completion.following import FollowingShard
from contactsgroups.services.completion.listing import (
    FOUND_LIMIT,
    ContactPage,
    page_of_found,
    read_page,
)
from contactsgroups.services.completion.matching import add_matches
from contactsgroups.services.completion.personal import Personal, PersonalTables
from contactsgroups.services.completion.preview import PostingPreview
from contactsgroups.services.completion.recognition import complete_distinct

log = logging.getLogger(__name__)

LIMIT = 50
"""The most completions that one question is answered with."""
CONTACT_KINDS = frozenset({EntryKind.GROUP, EntryKind.ACCOUNT})
"""What the address book lists: everything that is nobody's own."""


class CompletionIndex:
    """Answers from memory-mapped shards that follow the journal.

    A change takes effect at the next keystroke, in every process.
    """

    def __init__(self, database: Database, directory: Path, *, interval: float = 0.025) -> None:
        """Keep shards in ``directory``; look for changes at least every ``interval`` seconds."""
        self._database = database
        self._directory = directory
        self._watch = ChangeWatch(database, interval)
        self._personal = PersonalTables()
        self._epoch = ""
        self._preview = PostingPreview(database)
        self._shards: dict[int, FollowingShard] = {}
        self._visible: dict[str, tuple[JournalPosition, list[int]]] = {}
        self._lock = threading.Lock()

    def complete(
        self,
        principal: Principal,
        query: str,
        *,
        limit: int = 10,
        kinds: Collection[EntryKind] | None = None,
    ) -> list[Completion]:
        """Return the best completions that this principal may see, best first.

        Each says how it matches; groups also whether the principal may post to them, so that a
        field can warn in time.

        Raises:
            Unavailable: the database does not answer.
        """
        observation = self._watch.now()
        wanted = None if kinds is None else frozenset(kinds)
        limit = max(1, min(limit, LIMIT))
        domain_ids = self._visible_domains(principal, observation)
        personal = self._personal_of(principal, domain_ids, observation)
        asked = _Asked(parse_query(query), limit, wanted, personal)
        found = self._find(asked, domain_ids, observation)
        return self._explained(principal, asked.query, found, observation)

    def list_contacts(
        self,
        principal: Principal,
        query: str = "",
        *,
        kinds: Collection[EntryKind] = CONTACT_KINDS,
        after: str = "",
        limit: int = 50,
    ) -> ContactPage:
        """Return the groups and accounts that this principal may see, a page at a time.

        All of them by name, or those that a query finds, best first. Nothing of the principal's own
        is among them, nor does its usage change the order. Typing errors are corrected only where
        nothing else is found.

        Args:
            after: the place that the page begins behind, ``next_after`` of the page before.

        Raises:
            Unavailable: the database does not answer.
        """
        observation = self._watch.now()
        domain_ids = self._visible_domains(principal, observation)
        if not query.strip():
            with self._database.read() as session:
                page = read_page(session, domain_ids, kinds=kinds, after=after, limit=limit)
            shown = self._preview.add(principal, page.items, observation.position)
            return replace(page, items=tuple(shown))
        nobodys = Personal(PersonalTable({}, home=principal.domain), {})
        asked = _Asked(
            parse_query(query), FOUND_LIMIT + 1, frozenset(kinds), nobodys, corrections=False
        )
        found = self._find(asked, domain_ids, observation)
        if not found:
            guessed = replace(asked, limit=LIMIT, corrections=True)
            found = self._find(guessed, domain_ids, observation)
        page = page_of_found(found, after, limit)
        shown = self._explained(principal, asked.query, page.items, observation)
        return replace(page, items=tuple(shown))

    def changes_seen(self, *, within: float) -> int:
        """Return a number that is higher than before if the database has changed.

        Changes of other hosts may be missing that are younger than ``within`` seconds.

        Raises:
            Unavailable: the database had to be queried and does not answer.
        """
        return self._watch.now(within=within).number

    def close(self) -> None:
        """Close every shard, and wait for those that are being built."""
        with self._lock:
            for shard in self._shards.values():
                shard.close()
            self._shards.clear()

    def directory_of(self, domain_id: int) -> Path:
        """Return where the shard of a domain is on disk."""
        return self._directory / f"domain-{domain_id}"

    def _personal_of(
        self, principal: Principal, domain_ids: Sequence[int], observation: Observation
    ) -> Personal:
        """Return what is a principal's own; versions of an earlier epoch mean nothing."""
        if observation.position.epoch != self._epoch:
            self._personal, self._epoch = PersonalTables(), observation.position.epoch
        return self._personal.of(self._database, principal, domain_ids, self._watch.looks)

    def _find(
        self, asked: "_Asked", domain_ids: Sequence[int], observation: Observation
    ) -> list[Completion]:
        """Answer from the index, or else from the database."""
        found = self._from_shards(asked, domain_ids, observation)
        if found is not None:
            return found
        return complete_from_database(
            self._database,
            domain_ids,
            asked.query,
            limit=asked.limit,
            kinds=asked.kinds,
            personal=asked.personal.table,
            tagged=asked.personal.tagged,
        )

    def _explained(
        self,
        principal: Principal,
        query: Query,
        found: Sequence[Completion],
        observation: Observation,
    ) -> list[Completion]:
        """Add how each matches, and whether the principal may post to it."""
        return self._preview.add(principal, add_matches(query, found), observation.position)

    def _from_shards(
        self, asked: "_Asked", domain_ids: Sequence[int], observation: Observation
    ) -> list[Completion] | None:
        """Answer from the index; None if a shard is being built, or is damaged."""
        following = [self._shard(domain_id) for domain_id in domain_ids]
        try:
            shards = [shard for each in following if (shard := each.current(observation))]
            if len(shards) < len(following):
                return None
            return _complete_distinct(shards, asked)
        except ContactsGroupsError:
            raise  # The database does not answer, so it cannot replace the index either.
        except Exception:
            # Damaged files may raise any error; they are verified before the next use.
            log.exception(
                "the index cannot answer; answering from the database, and checking the files"
            )
            for each in following:
                each.reopen_later()
            return None

    def _shard(self, domain_id: int) -> FollowingShard:
        with self._lock:
            if domain_id not in self._shards:
                directory = self.directory_of(domain_id)
                self._shards[domain_id] = FollowingShard(self._database, domain_id, directory)
            return self._shards[domain_id]

    def _visible_domains(self, principal: Principal, observation: Observation) -> list[int]:
        """Return the domains of the shards to ask; which are shown is in the journal."""
        known = self._visible.get(principal.domain)
        if known is None or known[0] != observation.position:
            with self._database.connect() as connection:
                known = observation.position, visible_domain_ids(connection, principal.domain)
            self._visible[principal.domain] = known
        return known[1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the shards, and on whose behalf."""

    query: Query
    limit: int
    kinds: frozenset[EntryKind] | None
    personal: Personal
    corrections: bool = True


def _complete_distinct(shards: Sequence[Shard], asked: _Asked) -> list[Completion]:
    def answer(size: int) -> list[Completion]:
        return complete(
            shards,
            asked.query,
            limit=size,
            kinds=asked.kinds,
            personal=asked.personal.table,
            corrections=asked.corrections,
        )

    tagged = asked.personal.tagged
    return complete_distinct(answer, lambda address: _find(shards, address), tagged, asked.limit)


def _find(shards: Sequence[Shard], identity: str) -> Entry | None:
    return next(filter(None, (shard.find(identity) for shard in shards)), None)
