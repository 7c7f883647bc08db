"""The sample directory: three invented domains, 300 accounts, departments, groups.

It is the same whenever and wherever it is made.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from contactsgroups.directory.sample_names import NAMINGS, Name, Naming
from contactsgroups.domain.group import SettingValue
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
    Record,
)

ADMINISTRATOR = "admin@example.org"
ORDINARY_ACCOUNT = "ada.archer@example.org"

_ORDINARY_NAME = Name("Ada Archer", "ada.archer")
_SEED = 20260101
_SIZES = {"example.org": 200, "example.com": 70, "example.net": 30}
_DEPARTMENTS = {
    "example.org": (
        ("Management", 1),
        ("Sales", 2),
        ("Sales/Europe", 4),
        ("Sales/Asia", 4),
        ("Engineering", 3),
        ("Engineering/Platform", 5),
        ("Engineering/Mobile", 4),
        ("Engineering/Quality", 3),
        ("Support", 6),
        ("Finance", 2),
        ("People", 2),
    ),
    "example.com": (("Editorial", 3), ("Editorial/Film", 2), ("Print", 2), ("Distribution", 2)),
    "example.net": (("Research", 3), ("Teaching", 2)),
}
_TITLES = ("Engineer", "Specialist", "Analyst", "Coordinator", "Team lead", "Assistant", "Director")
_LOCATIONS = ("Berlin", "København", "Łódź", "Αθήνα", "北京", "東京", "São Paulo", "Toronto")


def sample_records() -> list[Record]:
    """Return the whole sample, accounts of :data:`ADMINISTRATOR` and ORDINARY_ACCOUNT included."""
    # Nothing secret comes from this: it only has to be the same every time.
    chance = random.Random(_SEED)  # noqa: S311
    people = list(_people(chance))
    return [
        *(DomainRecord(name=domain) for domain in _SIZES),
        *people,
        AdministratorRecord(address=ADMINISTRATOR),
        *_aliases(people),
        *_groups(people, chance),
    ]


def _people(chance: random.Random) -> Iterator[AccountRecord]:
    yield AccountRecord(
        address=ADMINISTRATOR,
        display_name="Mail administrator",
        department="Management",
        title="Postmaster",
        location="Berlin",
        active=True,
    )
    taken = {ADMINISTRATOR}
    for domain, size in _SIZES.items():
        if ORDINARY_ACCOUNT.endswith(domain):
            yield _person(_ORDINARY_NAME, domain, taken, chance)
            size -= 2
        for _ in range(size):
            yield _person(_name(chance), domain, taken, chance)


def _name(chance: random.Random) -> Name:
    naming = chance.choices(NAMINGS, [naming.share for naming in NAMINGS])[0]
    return _put_together(naming, chance.choice(naming.given), chance.choice(naming.family))


def _put_together(naming: Naming, given: Name, family: Name) -> Name:
    parts = (family, given) if naming.family_first else (given, family)
    text = naming.separator.join(part.text for part in parts)
    return Name(text, f"{given.latin}.{family.latin}")


def _person(name: Name, domain: str, taken: set[str], chance: random.Random) -> AccountRecord:
    departments, weights = zip(*_DEPARTMENTS[domain], strict=True)
    return AccountRecord(
        address=_free_address(name, domain, taken),
        display_name=name.text,
        department=chance.choices(departments, weights)[0],
        title=chance.choice(_TITLES),
        location=chance.choice(_LOCATIONS),
        # A few people have left; their mailboxes are closed.
        active=name is _ORDINARY_NAME or chance.random() > 0.02,
    )


def _free_address(name: Name, domain: str, taken: set[str]) -> str:
    local_part = "".join(char for char in name.latin if char.isalnum() or char == ".")
    address, number = f"{local_part}@{domain}", 2
    while address in taken:
        address, number = f"{local_part}{number}@{domain}", number + 1
    taken.add(address)
    return address


def _aliases(people: list[AccountRecord]) -> Iterator[AliasRecord]:
    yield AliasRecord(address="postmaster@example.org", account=ADMINISTRATOR)
    yield AliasRecord(address="Hostmaster@example.org", account=ADMINISTRATOR)
    for number, person in enumerate(people[1::12], 1):
        domain = person.address.partition("@")[2]
        yield AliasRecord(address=f"desk{number}@{domain}", account=person.address)


@dataclass(frozen=True, slots=True)
class _Directory:
    """The people of the sample, ready to be picked from."""

    people: list[AccountRecord]
    chance: random.Random

    def pick(self, domain: str, count: int) -> list[str]:
        here = [each.address for each in self.people if each.address.endswith("@" + domain)]
        return sorted(self.chance.sample(here, count))


def _groups(people: list[AccountRecord], chance: random.Random) -> Iterator[Record]:
    directory = _Directory(people, chance)
    yield from _derived_groups()
    yield from _static_groups(directory)
    yield from _special_groups(directory)


def _derived_groups() -> Iterator[Record]:
    for address, name, department in (
        ("sales@example.org", "Sales", "Sales"),
        ("engineering@example.org", "Engineering", "Engineering"),
        ("support@example.org", "Support team", "Support"),
        ("editorial@example.com", "Editorial office", "Editorial"),
    ):
        yield _record(address, display_name=name, kind="department", department=department)
    yield _record(
        "beijing@example.org",
        display_name="北京办公室",
        description="Everybody in the Beijing office.",
        kind="dynamic",
        rule='location = "北京"',
    )
    yield _record(
        "team-leads@example.org",
        display_name="Team leads",
        kind="dynamic",
        rule='title = "Team lead"',
        posting_policy="members",
    )
    for role, address in (
        (MemberRole.ALWAYS_MEMBER, ADMINISTRATOR),
        (MemberRole.NEVER_MEMBER, ORDINARY_ACCOUNT),
    ):
        yield MembershipRecord(group="team-leads@example.org", address=address, role=role)


def _static_groups(directory: _Directory) -> Iterator[Record]:
    yield from _group(
        _record(
            "Choir@example.org",
            display_name="Chœur Éphémère",
            description="The company choir.\nRehearsals on Thursdays at six.",
            kind="team",
            posting_policy="members",
        ),
        [*directory.pick("example.org", 14), ORDINARY_ACCOUNT],
        owners=[ORDINARY_ACCOUNT],
    )
    yield from _group(
        _record("reading@example.com", display_name="Читальный клуб"),
        directory.pick("example.com", 9),
    )
    yield from _group(
        _record("seminar@example.net", display_name="Σεμινάριο φιλοσοφίας"),
        directory.pick("example.net", 8),
    )
    yield from _group(
        _record(
            "partners@example.org",
            display_name="Project partners",
            description="Colleagues and outside partners of the joint project.",
            posting_policy="anyone",
        ),
        [
            *directory.pick("example.org", 5),
            *directory.pick("example.com", 3),
            "partner.one@partner.example",
            "partner.two@partner.example",
        ],
    )


def _special_groups(directory: _Directory) -> Iterator[Record]:
    yield from _group(
        _record(
            "everybody@example.org",
            display_name="Everybody",
            description="Announcements for the whole company.",
            posting_policy="allowed_senders",
            leave_needs_approval=True,
        ),
        ["sales@example.org", "engineering@example.org", "support@example.org", ADMINISTRATOR],
        allowed_senders=[ADMINISTRATOR],
    )
    yield from _group(
        _record("ideas@example.org", display_name="Ideas box", moderated=True),
        ["team-leads@example.org", *directory.pick("example.org", 4)],
        moderators=[ADMINISTRATOR],
    )
    yield from _group(
        _record("board@example.org", display_name="Board papers", show_in_contacts=False),
        directory.pick("example.org", 6),
    )
    yield from _group(
        _record("old-office@example.org", display_name="Old office", disabled=True),
        directory.pick("example.org", 5),
    )


def _record(address: str, **settings: SettingValue) -> GroupRecord:
    return GroupRecord(address=address, settings=settings)


def _group(
    group: GroupRecord,
    members: list[str],
    *,
    owners: list[str] | None = None,
    moderators: list[str] | None = None,
    allowed_senders: list[str] | None = None,
) -> Iterator[Record]:
    yield group
    for role, addresses in (
        (MemberRole.MEMBER, members),
        (MemberRole.OWNER, owners or []),
        (MemberRole.MODERATOR, moderators or []),
        (MemberRole.ALLOWED_SENDER, allowed_senders or []),
    ):
        for address in addresses:
            yield MembershipRecord(group=group.address, address=address, role=role)
