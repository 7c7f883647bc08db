"""Names of many scripts, as people type them, are among the first ten of a large directory."""

import csv
from pathlib import Path

from contactsgroups.autocomplete import Entry, EntryKind, Shard, build_generation
from tests.bench.autocomplete import people

LIST = Path(__file__).with_name("typed_names.csv")
"""Each name with what must find it; the address is of no help."""

OTHERS = 10_000
POPULAR = 1_000_000
"""Of several people with the typed name the popular one is meant: here finding counts."""

OPEN = {
    # Ten others are written in the letters that were typed, and come first.
    ("Αγγελική Ντόνα", "dona"),
    ("Пётр Горбунёв", "pyotr"),
}
"""What is known not to be found; whoever mends one takes it off."""


def test_what_people_type_finds_the_name(tmp_path: Path) -> None:
    with LIST.open(encoding="utf-8", newline="") as file:
        typed = {row["name"]: row["typed"].split("|") for row in csv.DictReader(file)}
    wanted = {name: f"q{number}@host.invalid" for number, name in enumerate(typed)}
    entries = [
        Entry(address, EntryKind.ACCOUNT, name, address, POPULAR, "{}")
        for name, address in wanted.items()
    ]
    directory = [*people.directory(OTHERS), *entries]
    build_generation(tmp_path, directory, position=1, epoch="e")
    shard = Shard.open(tmp_path)
    missed = {
        (name, text)
        for name, texts in typed.items()
        for text in texts
        if wanted[name] not in [found.address for found in shard.complete(text)]
    }
    shard.close()
    assert missed == OPEN
