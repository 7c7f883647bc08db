"""The engine against the reference, over random histories of two workers and a builder."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from contactsgroups.autocomplete import (
    Change,
    Entry,
    PersonalTable,
    Remove,
    Shard,
    Upsert,
    build_generation,
)
from tests.autocomplete import material, reference

identities = st.integers(0, 40).map("id:{}".format)


class Journal(RuleBasedStateMachine):
    """A database with a journal, two workers that follow it, and one person's table."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="shard-"))
        self.database: dict[str, Entry] = {}
        self.journal: list[tuple[int, Change]] = []
        self.position = 0
        self.workers: list[Shard] = []
        self.personal: PersonalTable | None = None
        self.boosts: dict[str, int] = {}
        self.own: list[Entry] = []

    def teardown(self) -> None:
        shutil.rmtree(self.directory)

    def record(self, change: Change) -> None:
        self.position += 1
        self.journal.append((self.position, change))
        if isinstance(change, Upsert):
            self.database[change.entry.identity] = change.entry
        else:
            self.database.pop(change.identity, None)

    def build(self) -> None:
        entries = list(self.database.values())
        build_generation(
            self.directory,
            entries,
            position=self.position,
            epoch="epoch",
            thresholds=material.TINY,
        )

    def catch_up(self, worker: Shard) -> None:
        missing = [change for number, change in self.journal if number > worker.position]
        worker.apply(missing, self.position)
        worker.wait_for_flush()

    @initialize(entries=st.lists(material.entries(identities), max_size=40))
    def start(self, entries: list[Entry]) -> None:
        for entry in entries:
            self.record(Upsert(entry))
        self.build()
        self.workers = [
            Shard.open(self.directory, epoch="epoch", thresholds=material.TINY) for _ in range(2)
        ]

    @rule(entries=st.lists(material.entries(identities), min_size=1, max_size=4))
    def upsert(self, entries: list[Entry]) -> None:
        for entry in entries:
            self.record(Upsert(entry))

    @rule(gone=st.lists(identities, min_size=1, max_size=6))
    def remove(self, gone: list[str]) -> None:
        for identity in gone:
            self.record(Remove(identity))

    @rule(number=st.integers(0, 1))
    def follow(self, number: int) -> None:
        self.catch_up(self.workers[number])

    @rule(number=st.integers(0, 1))
    def refresh(self, number: int) -> None:
        self.workers[number].refresh()

    @rule()
    def rebuild(self) -> None:
        self.build()

    @rule(behind=st.integers(1, 8))
    def rebuild_from_an_older_snapshot(self, behind: int) -> None:
        """A build takes long: by the time it is published, the journal has gone on."""
        base = max((worker.statistics().base_position for worker in self.workers), default=0)
        position = max(base, self.position - behind)
        snapshot: dict[str, Entry] = {}
        for number, change in self.journal:
            if number <= position:
                if isinstance(change, Upsert):
                    snapshot[change.entry.identity] = change.entry
                else:
                    snapshot.pop(change.identity, None)
        build_generation(
            self.directory,
            snapshot.values(),
            position=position,
            epoch="epoch",
            thresholds=material.TINY,
        )

    @rule(
        boosts=st.dictionaries(identities | st.sampled_from(["own:1", "own:2"]), st.integers(0, 4)),
        own=st.lists(
            material.entries(st.integers(1, 5).map("own:{}".format)),
            max_size=5,
            unique_by=lambda entry: entry.identity,
        ),
    )
    def change_own_use(self, boosts: dict[str, int], own: list[Entry]) -> None:
        self.boosts, self.own = boosts, own
        self.personal = PersonalTable(boosts, own)

    @rule()
    def forget_own_use(self) -> None:
        self.boosts, self.own, self.personal = {}, [], None

    @rule(
        number=st.integers(0, 1),
        text=material.queries,
        limit=st.sampled_from([1, 2, 3, 5, 10, 100]),
        kinds=material.kind_filters,
        corrections=st.booleans(),
    )
    def ask(self, number, text, limit, kinds, corrections) -> None:
        worker = self.workers[number]
        worker.refresh()
        self.catch_up(worker)
        answer = worker.complete(
            text, limit=limit, kinds=kinds, personal=self.personal, corrections=corrections
        )
        assert answer == reference.complete(
            self.database.values(),
            text,
            limit=limit,
            kinds=kinds,
            boosts=self.boosts,
            own=self.own,
            corrections=corrections,
        )

    @rule(number=st.integers(0, 1))
    def compare_all_entries(self, number: int) -> None:
        worker = self.workers[number]
        self.catch_up(worker)
        entries = list(worker.entries())
        assert {entry.identity: entry for entry in entries} == self.database
        assert len(entries) == len(self.database)
        assert all(worker.find(identity) == entry for identity, entry in self.database.items())

    @invariant()
    def overlays_stay_small(self) -> None:
        for worker in self.workers:
            assert worker.statistics().overlay_changes <= material.TINY.overlay


TestJournal = Journal.TestCase
TestJournal.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
