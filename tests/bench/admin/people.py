"""The made-up people of a large site, by number: always the same ones."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from contactsgroups.directory.sample_names import NAMINGS

DOMAIN = "example.org"
PLACES = ("Berlin", "Lisbon", "Oslo", "Rome")
TITLES = ("Engineer", "Buyer", "Nurse", "Clerk", "Teacher")
TEAM = 1_000  # accounts of a department
_UNFIT = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True)
class Person:
    """An account that is to be."""

    address: str
    name: str
    department: str
    title: str
    location: str


def department_of(number: int) -> str:
    """Return the path of the department of this number."""
    return f"Division {number // 10}/Team {number}"


def people(count: int) -> Iterator[Person]:
    """Yield so many people, a thousand of each department."""
    chance = random.Random(7)
    shares = [each.share for each in NAMINGS]
    for number in range(count):
        (naming,) = chance.choices(NAMINGS, shares)
        given, family = chance.choice(naming.given), chance.choice(naming.family)
        names = (family.text, given.text) if naming.family_first else (given.text, family.text)
        local_part = ".".join(_UNFIT.sub("", each.latin) for each in (given, family))
        yield Person(
            address=f"{local_part}{number}@{DOMAIN}",
            name=naming.separator.join(names),
            department=department_of(number // TEAM),
            title=TITLES[number % len(TITLES)],
            location=PLACES[number % len(PLACES)],
        )
