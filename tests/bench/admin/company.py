"""A large site, written straight into the tables: the use cases would take minutes."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, insert, select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database, statistics
from contactsgroups.persistence.models import (
    Account,
    AccountWord,
    Base,
    ClaimedAddress,
    DomainRow,
    Group,
    GroupEdge,
    Member,
    Recipient,
)
from contactsgroups.persistence.models.base import new_uuid
from contactsgroups.services.accounts.accounts import folded_columns
from contactsgroups.services.accounts.administrators import appoint_administrator
from contactsgroups.services.accounts.departments import ensure_department_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.unit_of_work import cards, write
from contactsgroups.services.unit_of_work.account_words import words_of
from tests.bench.admin.people import DOMAIN, PLACES, TEAM, TITLES, department_of, people

LARGE = ("everybody", "staff")
"""Groups of a fifth of the accounts, each inside two others."""
SWITCHED = 100
"""Groups at the beginning of the list that have a card already, as all have on a real site."""
_TOPICS = "Sales Support Research Board Garden Press Logistics Training Canteen Choir".split()
_PORTION = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything."""

    accounts: int
    groups: int
    memberships: int

    @property
    def large(self) -> int:
        """Members of a large group."""
        return self.accounts // 5


@dataclass(frozen=True, slots=True)
class Company:
    """What is asked about: addresses of accounts, and UUIDs of groups by the local part."""

    addresses: list[str]
    uuids: dict[str, str]
    large: int


def found(database: Database, size: Size) -> Company:
    """Make the site in an empty database."""
    with write(database, OPERATOR) as work:
        domain_id = ensure_domain_in(work, DOMAIN).id
        domain = work.session.get_one(DomainRow, domain_id)
        departments = {
            path: ensure_department_in(work, domain, path).id
            for path in map(department_of, range(-(-size.accounts // TEAM) + 1))
        }
    with database.write() as session:
        connection = session.connection()
        addresses = _add_accounts(connection, size.accounts, domain_id, departments)
        uuids = _add_groups(connection, size, domain_id, addresses)
        _add_recipients(connection)
        _go_on_counting(connection, Account, Group)
    with database.write() as session:
        _add_cards(session)
    appoint_administrator(database, OPERATOR, addresses[0], domain=None)
    statistics.refresh(database)  # As an import does.
    return Company(addresses, uuids, size.large)


def _add_accounts(
    connection: Connection, count: int, domain_id: int, departments: dict[str, int]
) -> list[str]:
    accounts: list[dict[str, Any]] = []
    for number, person in enumerate(people(count), 1):
        values = {"title": person.title, "location": person.location}
        accounts.append(
            {
                "id": number,
                "address": person.address,
                "original": person.address,
                "domain_id": domain_id,
                "display_name": person.name,
                "department_id": departments[person.department],
                **values,
                **folded_columns(person.address, display_name=person.name, **values),
            }
        )
    _claim(connection, [each["address"] for each in accounts], "account")
    _insert(connection, Account, accounts)
    _insert(
        connection,
        AccountWord,
        (
            {
                "account_id": each["id"],
                "domain_id": domain_id,
                "address": each["address"],
                "word": word,
            }
            for each in accounts
            for word in words_of(each["address"], each["display_name"])
        ),
    )
    return [each["address"] for each in accounts]


def _add_groups(
    connection: Connection, size: Size, domain_id: int, addresses: list[str]
) -> dict[str, str]:
    plans = dict(_plans(size, addresses))
    ids = {name: number for number, name in enumerate(plans, 1)}
    rows = []
    for name, (values, members) in plans.items():
        address = f"{name}@{DOMAIN}"
        shown = values.setdefault("display_name", name.title())
        rows.append(
            {
                "id": ids[name],
                "uuid": new_uuid(),
                "address": address,
                "original": address,
                "domain_id": domain_id,
                "search_text": fold(f"{address} {shown}"),
                "name_folded": fold(shown),
                "recipient_count": len(members),
                "native": True,
                "lmtp_lane": True,
                "rule": "",
                "kind": GroupKind.STATIC,
                **values,
            }
        )
    _claim(connection, [each["address"] for each in rows], "group")
    _insert(connection, Group, rows)
    _insert(
        connection,
        Member,
        (
            {"group_id": ids[name], "address": each, "original": each}
            for name, (_, members) in plans.items()
            for each in members
        ),
    )
    edges = [
        {"child_id": ids[child], "parent_id": ids[f"{child}-and-{place.lower()}"]}
        for child in LARGE
        for place in PLACES[:2]
    ]
    _insert(connection, GroupEdge, edges)
    return {name: row["uuid"] for name, row in zip(plans, rows, strict=True)}


def _plans(
    size: Size, addresses: list[str]
) -> Iterator[tuple[str, tuple[dict[str, Any], list[str]]]]:
    """Yield the local part, the values and the members of each group."""
    left_groups, left_members = size.groups, size.memberships
    for plan in (*_large_plans(size, addresses), *_dynamic_plans(addresses)):
        yield plan
        left_groups, left_members = left_groups - 1, left_members - len(plan[1][1])
    chance = random.Random(3)
    usual = max(2, left_members // max(left_groups, 1))
    for number in range(left_groups):
        values = {"display_name": f"{_TOPICS[number % 10]} {PLACES[number // 10 % 4]} {number}"}
        yield f"group{number}", (values, chance.sample(addresses, min(usual, len(addresses))))


def _large_plans(size: Size, addresses: list[str]) -> Iterator[tuple[str, Any]]:
    for place, name in enumerate(LARGE):
        yield name, ({}, addresses[place::5][: size.large])
        for other in PLACES[:2]:
            members = [f"{name}@{DOMAIN}", *addresses[2:12]]
            yield f"{name}-and-{other.lower()}", ({}, members)


def _dynamic_plans(addresses: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield fifty groups that the move of a team from one division to the other touches."""
    for division in range(2):
        for title in range(5):
            for place in range(5):
                yield _dynamic_plan(addresses, division, title, place)


def _dynamic_plan(addresses: list[str], division: int, title: int, place: int) -> tuple[str, Any]:
    """Everybody with a title, but those in one place, if there is such a place."""
    rule = f'department under "Division {division}" and title = "{TITLES[title]}"'
    if place < len(PLACES):
        rule += f' and location != "{PLACES[place]}"'
    here = range(10 * TEAM * division, min(10 * TEAM * (division + 1), len(addresses)))
    members = [addresses[each] for each in here if each % 5 == title and each % 4 != place]
    return f"dynamic-{division}-{title}-{place}", (
        {"kind": GroupKind.DYNAMIC, "rule": rule},
        members,
    )


def _add_recipients(connection: Connection) -> None:
    """As each group has its members, and the outer ones those of the inner one besides."""
    columns = ["group_id", "address"]
    is_group = Member.address.in_(select(Group.address))
    direct = select(Member.group_id, Member.address).where(~is_group)
    connection.execute(insert(Recipient).from_select(columns, direct))
    is_there = exists().where(
        Recipient.group_id == GroupEdge.parent_id, Recipient.address == Member.address
    )
    nested = (
        select(GroupEdge.parent_id, Member.address)
        .join(Member, Member.group_id == GroupEdge.child_id)
        .where(~is_there)
    )
    connection.execute(insert(Recipient).from_select(columns, nested))


def _go_on_counting(connection: Connection, *tables: type[Base]) -> None:
    """Let PostgreSQL number rows behind those that have numbers from here; others do so anyway."""
    if connection.dialect.name != "postgresql":
        return
    for each in tables:
        sequence = func.pg_get_serial_sequence(each.__tablename__, "id")
        connection.execute(select(func.setval(sequence, func.max(each.__table__.c.id))))


def _add_cards(session: Session) -> None:
    """Render the cards of those groups that are changed later."""
    changed = len(LARGE) * 3 + 50 + SWITCHED
    ids = session.scalars(select(Group.id).order_by(Group.id).limit(changed)).all()
    cards.refresh(session, ids, 0)


def _claim(connection: Connection, addresses: list[str], holder: str) -> None:
    _insert(connection, ClaimedAddress, ({"address": a, "holder": holder} for a in addresses))


def _insert(connection: Connection, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    portion: list[dict[str, Any]] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _PORTION:
            connection.execute(insert(table), portion)
            portion = []
    if portion:
        connection.execute(insert(table), portion)
