"""Accounts and groups as LDAP entries: from entries to records.

Read are ``PostfixBookMailAccount`` entries, as mail servers with OpenLDAP have them, and the
classes of our own that an export writes (see ``ldif_export``).  An entry of our own is complete;
in any other entry, a missing attribute means that the value is not given.  Entries of other classes
are passed over.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import IO

from contactsgroups.directory.ldif import Attribute, Entry, read_entries
from contactsgroups.directory.lines import EMPTY, NO_UTF_8
from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.group import SWITCHES, TEXTS, Setting, SettingValue
from contactsgroups.services.transfer.records import (
    DATED,
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    Fault,
    GroupRecord,
    Item,
    MemberRole,
    MembershipRecord,
    PassedOver,
    Place,
    Record,
)

_SPELLINGS = {"description": "description", "department": "contactsGroupsDepartmentPath"}


def _attribute_of(setting: Setting) -> str:
    own = "contactsGroups" + setting.name.title().replace("_", "")
    return _SPELLINGS.get(setting.name, own)


# The settings of a group and their attributes. The name has several, and "disabled" is the opposite
# of mailEnabled.
GROUP_TEXTS = {each.name: _attribute_of(each) for each in TEXTS if each.name != "display_name"}
GROUP_FLAGS = {each.name: _attribute_of(each) for each in SWITCHES if each.name != "disabled"}
ROLES = {
    MemberRole.MEMBER: "mailGroupMember",
    MemberRole.OWNER: "contactsGroupsOwner",
    MemberRole.MODERATOR: "contactsGroupsModerator",
    MemberRole.ALLOWED_SENDER: "contactsGroupsAllowedSender",
    MemberRole.ALWAYS_MEMBER: "contactsGroupsAlwaysMember",
    MemberRole.NEVER_MEMBER: "contactsGroupsNeverMember",
}
LAST_DAYS = "contactsGroupsMemberUntil"
"""The last day of a member, as ``2027-01-31 ADDRESS``."""
OWN_ATTRIBUTES = "contactsGroupsAttribute"
"""A site's own attribute of an account, as ``NAME=VALUE``."""
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_NOTHING_KNOWN = (
    "no entry of the file is imported: accounts and groups have the class PostfixBookMailAccount"
)
# Entries of these classes alone only hold what is below them, in every file.
_OF_THE_TREE = frozenset({"top", "dcobject", "domain", "organization", "organizationalunit"})
_FLAG_WORDS = {"TRUE": True, "FALSE": False}


def read(
    file: IO[bytes], name: str, attributes: Mapping[str, str] = NO_ATTRIBUTES
) -> Iterator[Item]:
    """Yield the records of a file's entries, and a fault for each line that cannot be understood.

    Entries of other classes are passed over; where there are no others, that is a fault, too.

    Args:
        name: what faults call the file.
        attributes: which attributes of LDAP are attributes of accounts, and which.
    """
    wanted = {each.lower(): attributes[each] for each in attributes}
    reason = EMPTY
    for entry in read_entries(file, name):
        items = [entry] if isinstance(entry, Fault) else [*_Reader(entry, name, wanted).read()]
        yield from items
        if any(not isinstance(item, PassedOver) for item in items):
            reason = ""
        elif reason:
            reason = _NOTHING_KNOWN
    if reason:
        yield Fault(Place(name, 1), reason)


class _InvalidValue(Exception):
    """A value cannot be understood; the text says why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(slots=True)
class _LastDay:
    """The last day of a member as the entry has it; ``is_met`` when the member was seen."""

    text: str
    attribute: Attribute
    is_met: bool = False


class _Reader:
    """Reads one entry."""

    def __init__(self, entry: Entry, file: str, attributes: Mapping[str, str]) -> None:
        self._entry = entry
        self._attributes = attributes
        self._file = file
        self._place = Place(file, entry.line)
        self._classes = {
            each.value.lower().decode(errors="replace") for each in entry.values("objectclass")
        }

    def read(self) -> Iterator[Item]:
        try:
            yield from self._records()
        except _InvalidValue as error:
            yield Fault(Place(self._file, error.line), str(error))

    def _records(self) -> Iterator[Item]:
        if "contactsgroupsdomain" in self._classes:
            yield DomainRecord(name=self._required("associateddomain"), place=self._place)
        elif "contactsgroupsdepartment" in self._classes:
            yield DepartmentRecord(
                domain=self._required("associateddomain"),
                path=self._required("ou"),
                place=self._place,
            )
        elif "postfixbookmailaccount" in self._classes:
            yield from self._group() if self._is_group() else self._account()
        elif "postfixbookmailforward" in self._classes:
            yield Fault(self._place, "entries of the class PostfixBookMailForward are not imported")
        elif not self._classes or self._classes - _OF_THE_TREE:
            yield PassedOver(self._place, self._what_it_is())

    def _what_it_is(self) -> str:
        spelled = {each.value.decode(errors="replace") for each in self._all("objectclass")}
        names = sorted(each for each in spelled if each.lower() not in _OF_THE_TREE)
        if not names:
            return "an entry without an objectClass"
        return f"an entry of the class{'es' if len(names) > 1 else ''} {', '.join(names)}"

    def _is_group(self) -> bool:
        return "contactsgroupsgroup" in self._classes or any(self._entry.values("mailgroupmember"))

    def _account(self) -> Iterator[Item]:
        addresses = self._all("mail")
        if not addresses:
            raise _InvalidValue(self._entry.line, "the attribute mail is missing")
        address = _text(addresses[0])
        yield AccountRecord(
            address=address,
            display_name=self._account_name(),
            department=self._account_text("ou", "departmentnumber", "department"),
            title=self._account_text("title"),
            location=self._account_text("l", "physicaldeliveryofficename"),
            active=self._flag("mailenabled"),
            attributes=self._account_attributes(),
            has_all_attributes="contactsgroupsaccount" in self._classes,
            place=self._place,
        )
        yield from self._further_values()
        for alias in (*addresses[1:], *self._all("mailalias")):
            yield AliasRecord(address=_text(alias), account=address, place=self._at(alias))
        for domain in self._all("contactsgroupsadministers"):
            yield AdministratorRecord(address=address, domain=_text(domain), place=self._at(domain))

    def _account_attributes(self) -> dict[str, str]:
        """Return the site's own attributes: of an entry of our own, and those that were asked for.

        An account has one value of each: of several in an entry, the first counts.
        """
        found: dict[str, str] = {}
        for each in self._all(OWN_ATTRIBUTES.lower()):
            name, sign, value = _text(each).partition("=")
            if not sign:
                raise _InvalidValue(each.line, f"{OWN_ATTRIBUTES} must be NAME=VALUE")
            found.setdefault(name, value)
        for ldap_name, name in self._attributes.items():
            said = self._first(ldap_name)
            if said is not None:
                found[name] = said
        return found

    def _further_values(self) -> Iterator[PassedOver]:
        for name in self._attributes:
            for each in self._all(name)[1:]:
                yield PassedOver(self._at(each), f"a further value of {each.name}")

    def _account_name(self) -> str | None:
        if "contactsgroupsaccount" in self._classes:
            return self._first("displayname") or ""
        name = self._first("displayname", "cn")
        if name is None:
            parts = filter(None, (self._first("givenname"), self._first("sn")))
            name = " ".join(parts) or None
        return name

    def _group_name(self, address: str) -> str | None:
        """Return the name; the class asks for a cn, which is the address where there is none."""
        name = self._first("displayname", "cn")
        return "" if name == address else name

    def _account_text(self, *names: str) -> str | None:
        missing = "" if "contactsgroupsaccount" in self._classes else None
        return self._first(*names) or missing

    def _group(self) -> Iterator[Record | Fault]:
        address, last_days = self._required("mail"), self._last_days()
        said: dict[str, SettingValue | None] = {
            "display_name": self._group_name(address),
            **dict(self._group_texts()),
            **dict(self._switches()),
        }
        settings = {name: value for name, value in said.items() if value is not None}
        yield GroupRecord(address=address, settings=settings, place=self._place)
        for alias in self._all("mailalias"):
            reason = f"an alias stands for an account, and {address} is a group"
            yield Fault(self._at(alias), reason)
        for role, attribute in ROLES.items():
            make = partial(MembershipRecord, group=address, role=role)
            for value in self._all(attribute.lower()):
                record = self._each(value, make, "address")
                if role in DATED and isinstance(record, MembershipRecord):
                    record = self._with_last_day(record, last_days)
                yield record
        for day in last_days.values():
            if not day.is_met:
                names = " or ".join(ROLES[role] for role in sorted(DATED, reverse=True))
                reason = f"{day.attribute.name} has no address that is a {names}"
                yield Fault(self._at(day.attribute), reason)

    def _last_days(self) -> dict[str, "_LastDay"]:
        """Return the last days of members by address, folded as domains and accounts are."""
        found = {}
        for each in self._all(LAST_DAYS.lower()):
            text, _, address = _text(each).strip().partition(" ")
            found[_folded(address)] = _LastDay(text, each)
        return found

    def _with_last_day(
        self, record: MembershipRecord, last_days: dict[str, "_LastDay"]
    ) -> MembershipRecord:
        """Add a member's last day; an entry of our own that has none says that there is none."""
        day = last_days.get(_folded(record.address))
        if day is not None:
            day.is_met = True
            return replace(record, until=day.text)
        return replace(record, until="") if "contactsgroupsgroup" in self._classes else record

    def _group_texts(self) -> Iterator[tuple[str, str | None]]:
        """Yield the settings that are texts; LDAP has no empty ones, so a missing one may be."""
        missing = "" if "contactsgroupsgroup" in self._classes else None
        for setting in TEXTS:
            if attribute := GROUP_TEXTS.get(setting.name):
                value = self._first(attribute.lower())
                yield setting.name, value if setting.choices else value or missing

    def _switches(self) -> Iterator[tuple[str, bool | None]]:
        for name, attribute in GROUP_FLAGS.items():
            yield name, self._flag(attribute.lower())
        enabled = self._flag("mailenabled")
        yield "disabled", None if enabled is None else not enabled

    def _each(
        self, attribute: Attribute, make: Callable[..., Record], field: str
    ) -> Record | Fault:
        """Parse one value of several; a faulty one does not affect the others."""
        try:
            return make(**{field: _text(attribute)}, place=self._at(attribute))
        except _InvalidValue as error:
            return Fault(self._at(attribute), str(error))

    def _all(self, name: str) -> list[Attribute]:
        return list(self._entry.values(name))

    def _first(self, *names: str) -> str | None:
        """Return the first value of the first attribute that there is."""
        for name in names:
            for attribute in self._entry.values(name):
                return _text(attribute)
        return None

    def _required(self, name: str) -> str:
        value = self._first(name)
        if value is None:
            raise _InvalidValue(self._entry.line, f"the attribute {name} is missing")
        return value

    def _flag(self, name: str) -> bool | None:
        for attribute in self._entry.values(name):
            word = _text(attribute).upper()
            if word not in _FLAG_WORDS:
                raise _InvalidValue(attribute.line, f"{name} must be TRUE or FALSE")
            return _FLAG_WORDS[word]
        return None

    def _at(self, attribute: Attribute) -> Place:
        return Place(self._file, attribute.line)


def _folded(address: str) -> str:
    try:
        return str(Address.parse(address))
    except InvalidAddress:
        return address  # The import says so of the member itself.


def _text(attribute: Attribute) -> str:
    try:
        return attribute.value.decode()
    except UnicodeDecodeError:
        raise _InvalidValue(attribute.line, f"{attribute.name} {NO_UTF_8}") from None
