"""Names of many scripts, as people type them, are among the first ten of a large directory."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from contactsgroups.autocomplete import Entry, EntryKind, Shard, build_generation
from tests.bench.autocomplete import people

LIST = Path(__file__).with_name("typed_names.csv")
"""Each name with what must find it; the address is of no help."""

ALL_KINDS = Path(__file__).with_name("names_of_all_kinds.csv")
"""Names and addresses with what people may type for them, by an author who knew no rule of ours."""

OTHERS = 10_000
POPULAR = 1_000_000
"""Of several people with the typed name the popular one is meant: here finding counts."""

OPEN = {
    # Ten others are written in the letters that were typed, and come first.
    ("Αγγελική Ντόνα", "dona"),
    ("Пётр Горбунёв", "pyotr"),
}
"""What is known not to be found; whoever mends one takes it off."""

OPEN_OF_ALL_KINDS = {
    ("Shinji Tsuchihashi", "sinzi"),
    ("Shinji Tsuchihashi", "tutihasi"),
    ("Xu Zhenqiang", "xzq"),
    ("Ștefăniță Bărbulețu", "ştefăn"),  # Ten others are called just that.
    ("Γιώργος Τζανετάκος", "george tz"),
    ("Հովհաննես Մխիթարջանյան", "mxitarj"),
    ("สมชาย แก้ววิจิตร", "keow"),
    ("ခင်မောင်အေး", "khinmg"),
    ("陳麗芬", "chan lai fan"),
    ("黃志豪", "wong chi ho"),
}
"""Short names in other languages (George), abbreviations, dialects and older systems: none of them
is what most people type."""

Wanted = Mapping[tuple[str, str], Sequence[str]]
"""Names and addresses with what is typed for them."""


def missed(directory: Path, wanted: Wanted) -> set[tuple[str, str]]:
    """Return the names that are not among the first ten, with what was typed."""
    entries = [
        Entry(address, EntryKind.ACCOUNT, name, address, POPULAR, "{}") for name, address in wanted
    ]
    build_generation(directory, [*people.directory(OTHERS), *entries], position=1, epoch="e")
    shard = Shard.open(directory)
    found = {
        (name, text)
        for (name, address), texts in wanted.items()
        for text in texts
        if address not in [found.address for found in shard.complete(text)]
    }
    shard.close()
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_people_type_finds_the_name(tmp_path: Path) -> None:
    wanted = {
        (row["name"], f"q{number}@host.invalid"): row["typed"].split("|")
        for number, row in enumerate(rows(LIST))
    }
    assert missed(tmp_path, wanted) == OPEN


def test_names_of_all_kinds_are_found(tmp_path: Path) -> None:
    wanted = {(row["name"], row["address"]): row["typed"].split("|") for row in rows(ALL_KINDS)}
    assert missed(tmp_path, wanted) == OPEN_OF_ALL_KINDS
    assert len(OPEN_OF_ALL_KINDS) < 0.03 * sum(map(len, wanted.values()))
