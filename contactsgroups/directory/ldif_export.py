"""Accounts and groups as LDAP entries: from records to entries that OpenLDAP takes.

They are below ``o=contactsgroups``, one unit for each domain.  ``contactsgroups.schema`` beside
this file defines our own classes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from contactsgroups.directory.ldif import write_entry
from contactsgroups.directory.ldif_entries import (
    GROUP_FLAGS,
    GROUP_TEXTS,
    LAST_DAYS,
    OWN_ATTRIBUTES,
    ROLES,
)
from contactsgroups.domain.address import Address
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
    Record,
)

_ROOT = "o=contactsgroups"
_Attributes = list[tuple[str, str]]


@dataclass(slots=True)
class _Belongings:
    """What belongs to entries, by normalised address."""

    aliases: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    administered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    memberships: dict[tuple[str, MemberRole], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    last_days: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def take(self, record: Record) -> None:
        match record:
            case AliasRecord():
                self.aliases[_key(record.account)].append(record.address)
            case AdministratorRecord():
                self.administered[_key(record.address)].append(record.domain)
            case MembershipRecord():
                self.memberships[_key(record.group), record.role].append(record.address)
                if record.until:
                    self.last_days[_key(record.group)].append(f"{record.until} {record.address}")


def write(records: Iterable[Record], file: IO[bytes]) -> None:
    """Write records, which must be valid, as entries; parents come first."""
    everything = list(records)
    belongings = _Belongings()
    for record in everything:
        belongings.take(record)
    write_entry(_ROOT, [("objectClass", "organization"), ("o", "contactsgroups")], file)
    for record in everything:
        match record:
            case DomainRecord():
                write_entry(_unit_dn(record.name), _domain(record), file)
            case DepartmentRecord():
                dn = f"ou={_escape(record.path)},{_unit_dn(record.domain)}"
                write_entry(dn, _department(record), file)
            case AccountRecord():
                write_entry(_mail_dn(record.address), _account(record, belongings), file)
            case GroupRecord():
                write_entry(_mail_dn(record.address), list(_group(record, belongings)), file)
            case _:
                pass  # It has become part of the entry that it belongs to.


def _domain(record: DomainRecord) -> _Attributes:
    return [
        ("objectClass", "contactsGroupsDomain"),
        ("ou", record.name),
        ("associatedDomain", record.name),
    ]


def _department(record: DepartmentRecord) -> _Attributes:
    return [
        ("objectClass", "contactsGroupsDepartment"),
        ("ou", record.path),
        ("associatedDomain", record.domain),
    ]


def _account(record: AccountRecord, belongings: _Belongings) -> _Attributes:
    key = _key(record.address)
    # The person classes require a common name and a surname, which the record does not have.
    name = record.display_name or record.address
    return [
        ("objectClass", "inetOrgPerson"),
        ("objectClass", "PostfixBookMailAccount"),
        ("objectClass", "contactsGroupsAccount"),
        ("mail", record.address),
        ("cn", name),
        ("sn", name.split()[-1]),
        *_stated("displayName", record.display_name),
        *_stated("ou", record.department),
        *_stated("title", record.title),
        *_stated("l", record.location),
        ("mailEnabled", _word(record.active is not False)),
        *((OWN_ATTRIBUTES, f"{name}={value}") for name, value in record.attributes.items()),
        *(("mailAlias", alias) for alias in belongings.aliases[key]),
        *(("contactsGroupsAdministers", domain) for domain in belongings.administered[key]),
    ]


def _group(record: GroupRecord, belongings: _Belongings) -> Iterator[tuple[str, str]]:
    key = _key(record.address)
    yield "objectClass", "organizationalRole"
    yield "objectClass", "PostfixBookMailAccount"
    yield "objectClass", "contactsGroupsGroup"
    yield "mail", record.address
    yield from _settings(record)
    for role, attribute in ROLES.items():
        for address in belongings.memberships[key, role]:
            yield attribute, address
    for last_day in belongings.last_days[key]:
        yield LAST_DAYS, last_day


def _settings(record: GroupRecord) -> Iterator[tuple[str, str]]:
    said = record.settings
    yield "cn", str(said.get("display_name") or record.address)
    for name, attribute in GROUP_TEXTS.items():
        yield from _stated(attribute, str(said.get(name, "")))
    yield "mailEnabled", _word(not said.get("disabled", False))
    for name, attribute in GROUP_FLAGS.items():
        if name in said:
            yield attribute, _word(bool(said[name]))


def _key(address: str) -> str:
    return str(Address.parse(address))


def _stated(attribute: str, value: str | None) -> _Attributes:
    """Return the attribute; LDAP has no empty ones."""
    return [(attribute, value)] if value else []


def _word(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def _mail_dn(address: str) -> str:
    return f"mail={_escape(address)},{_unit_dn(Address.parse(address).domain)}"


def _unit_dn(domain: str) -> str:
    return f"ou={_escape(domain)},{_ROOT}"


def _escape(value: str) -> str:
    """Escape a value within a distinguished name (RFC 4514 section 2.4)."""
    escaped = re.sub(r'([,+"\\<>;=])', r"\\\1", value)
    return re.sub(r"^[# ]", r"\\\g<0>", escaped)
