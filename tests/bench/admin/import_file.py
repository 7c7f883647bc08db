"""The file of a large import: accounts, aliases, groups and memberships, a row each."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tests.bench.admin.people import DOMAIN, people

COLUMNS = ("type", "address", "belongs_to", "name", "department", "title", "location")
_MEMBERS = 20


def write_file(path: Path, lines: int) -> None:
    """Write so many rows: five of nine are accounts, a group has twenty members."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(lines))


def _rows(lines: int) -> Iterator[tuple[str, ...]]:
    accounts = max(_MEMBERS, lines * 5 // 9)
    aliases = lines // 36
    addresses = []
    for person in people(accounts):
        addresses.append(person.address)
        more = (person.name, person.department, person.title, person.location)
        yield ("account", person.address, "", *more)
    for number in range(aliases):
        yield ("alias", f"a{number}@{DOMAIN}", addresses[number % accounts], "", "", "", "")
    for number in range((lines - accounts - aliases) // (_MEMBERS + 1)):
        group = f"group{number}@{DOMAIN}"
        yield ("group", group, "", f"Group {number}", "", "", "")
        for each in range(_MEMBERS):
            member = addresses[(31 * number + each) % accounts]
            yield ("member", member, group, "", "", "", "")
