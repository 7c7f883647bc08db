"""Merge imported records into a copy of the directory and report each line that conflicts.

A line that conflicts is left out, and then the lines that depend on it conflict too; all others
take effect.  The order of lines and of files makes no difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from contactsgroups.domain.address import Address, display_domain, normalise_domain
from contactsgroups.domain.attributes import (
    PREFIX,
    attribute_field,
    attributes_among,
    change_attributes,
    clean_attributes,
)
from contactsgroups.domain.errors import (
    AccountNotFound,
    AddressInUse,
    ContactsGroupsError,
    DepartmentNotFound,
    DomainNotFound,
    InvalidInput,
)
from contactsgroups.domain.group import GroupSettings, SettingValue
from contactsgroups.domain.text import clean_department, clean_name, fold
from contactsgroups.services.transfer.records import (
    ALL_DOMAINS,
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    Fault,
    GroupRecord,
    MembershipRecord,
    Place,
    Record,
)
from contactsgroups.services.transfer.snapshot import (
    NEW_ACCOUNT,
    NEW_GROUP,
    AddressReader,
    DirectorySnapshot,
    GroupSnapshot,
    Values,
    stated,
)

# What is referred to comes before what refers to it; memberships come last of all.
_ORDER: tuple[type, ...] = (
    DomainRecord,
    DepartmentRecord,
    AccountRecord,
    AliasRecord,
    AdministratorRecord,
    GroupRecord,
)


class Merge:
    """``snapshot`` is the merged directory; ``faults`` are the lines that were left out.

    ``places`` has, for each group, where the files describe it.
    """

    def __init__(
        self, stored: DirectorySnapshot, read: AddressReader, *, add_domains: bool
    ) -> None:
        self.snapshot = stored.copy()
        self.read = read
        self.faults: list[Fault] = []
        self.places: dict[str, Place] = {}
        self.memberships: list[MembershipRecord] = []
        self._add_domains = add_domains
        self._said: dict[tuple[type, str], Record] = {}
        self._spellings = {(domain, fold(path)): path for domain, path in self.snapshot.departments}

    def take(self, records: Iterable[Record]) -> None:
        """Merge records of all files into the copy; memberships are only collected."""
        sorted_out: dict[type, list[Record]] = defaultdict(list)
        for record in records:
            if isinstance(record, MembershipRecord):
                self.memberships.append(record)
            else:
                sorted_out[type(record)].append(record)
        for kind in _ORDER:
            for record in sorted_out[kind]:
                with self.fault_at(record.place):
                    self._take(record)

    @contextmanager
    def fault_at(self, place: Place) -> Iterator[None]:
        """Record an error of the block as a fault at this place, and go on behind it."""
        try:
            yield
        except ContactsGroupsError as error:
            self.faults.append(Fault(place, str(error)))

    def _take(self, record: Record) -> None:
        match record:
            case DomainRecord():
                self.snapshot.domains.add(normalise_domain(record.name.strip()))
            case DepartmentRecord():
                domain = self._require_domain(normalise_domain(record.domain.strip()))
                self._add_department(domain, "/".join(clean_department(record.path)))
            case AccountRecord():
                self._take_account(record)
            case AliasRecord():
                self._take_alias(record)
            case AdministratorRecord():
                self._take_administrator(record)
            case GroupRecord():
                self._take_group(record)
            case MembershipRecord():  # pragma: no cover - collected before
                raise AssertionError(record)

    def _take_account(self, record: AccountRecord) -> None:
        address = self._own_address(record.address, "account")
        original, before = self.snapshot.accounts.get(str(address), (address.original, NEW_ACCOUNT))
        values = _changed_account(before, record)
        if values["department"]:
            path = self._add_department(address.domain, str(values["department"]))
            values["department"] = path
        if self._is_repeated(record, str(address), values, before):
            return
        self.snapshot.accounts[str(address)] = (original, values)

    def _take_alias(self, record: AliasRecord) -> None:
        address = self._own_address(record.address, "alias")
        account = str(self.read(record.account))
        if account not in self.snapshot.accounts:
            raise AccountNotFound(f"there is no account {account}")
        original, before = self.snapshot.aliases.get(str(address), (address.original, ""))
        if not self._is_repeated(record, str(address), {"account": account}, {"account": before}):
            self.snapshot.aliases[str(address)] = (original, account)

    def _take_administrator(self, record: AdministratorRecord) -> None:
        account = str(self.read(record.address))
        if account not in self.snapshot.accounts:
            raise AccountNotFound(f"there is no account {account}")
        domain = record.domain.strip()
        if domain != ALL_DOMAINS:
            domain = self._require_domain(normalise_domain(domain))
        self.snapshot.administrators.add((account, domain))

    def _take_group(self, record: GroupRecord) -> None:
        address = self._own_address(record.address, "group")
        stored = self.snapshot.groups.get(str(address))
        unnamed = NEW_GROUP.changed({"display_name": address.local_part})
        before = stored.settings if stored else unnamed
        settings = before.changed(record.settings).checked()
        settings = self._with_department(address.domain, settings)
        if self._is_repeated(record, str(address), settings, before):
            return
        group = stored.copy() if stored else GroupSnapshot(address.original, settings)
        group.settings = settings
        if group.is_derived:
            group.remove_members()
        self.snapshot.groups[str(address)] = group
        self.places[str(address)] = record.place

    def _own_address(self, text: str, holder: str) -> Address:
        """Return an address of a domain served here that is free or held by ``holder``."""
        address = self.read(text)
        self._require_domain(address.domain)
        taken = self.snapshot.holder_of(str(address))
        if taken not in {None, holder}:
            raise AddressInUse(str(address), str(taken))
        if taken is None and str(address) in self.snapshot.reserved:
            raise self.snapshot.reserved[str(address)]
        return address

    def _require_domain(self, domain: str) -> str:
        if domain not in self.snapshot.domains:
            if not self._add_domains:
                raise DomainNotFound(f"the domain {display_domain(domain)} is not served here")
            self.snapshot.domains.add(domain)
        return domain

    def _add_department(self, domain: str, path: str) -> str:
        """Note a department and those above it; return its path, spelt as it is stored already."""
        spelt = ""
        for name in path.split("/"):
            wanted = f"{spelt}/{name}" if spelt else name
            spelt = self._spellings.setdefault((domain, fold(wanted)), wanted)
            self.snapshot.departments.add((domain, spelt))
        return spelt

    def _with_department(self, domain: str, settings: GroupSettings) -> GroupSettings:
        """Return the settings with the department spelt as it is stored."""
        path = settings.department
        if not path:
            return settings
        spelt = self._spellings.get((domain, fold(path)))
        if spelt is None:
            raise DepartmentNotFound(f"there is no department {path} in {display_domain(domain)}")
        return settings.changed({"department": spelt})

    def _is_repeated(self, record: Record, key: str, wanted: object, before: object) -> bool:
        """Whether an earlier line of the files has the same values.

        Raises:
            InvalidInput: an earlier line has other values.
        """
        earlier = self._said.setdefault((type(record), key), record)
        if earlier is record:
            return False
        if wanted != before:
            raise InvalidInput(f"{key} is described differently at {earlier.place}")
        return True


def _changed_account(before: Values, record: AccountRecord) -> dict[str, SettingValue]:
    """Return the values of an account as a record wants them; an empty attribute is none."""
    said = _clean_account(stated(record))
    attributes = {} if record.has_all_attributes else attributes_among(before)
    attributes = change_attributes(attributes, attributes_among(said))
    plain = {
        name: value for name, value in {**before, **said}.items() if not name.startswith(PREFIX)
    }
    return plain | {attribute_field(name): attributes[name] for name in sorted(attributes)}


def _clean_account(values: dict[str, SettingValue]) -> dict[str, SettingValue]:
    for name in ("display_name", "title", "location"):
        if name in values:
            values[name] = clean_name(str(values[name]), field=name, required=False)
    if values.get("department"):
        values["department"] = "/".join(clean_department(str(values["department"])))
    attributes = clean_attributes(attributes_among(values))
    values = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    return values | {attribute_field(name): value for name, value in attributes.items()}
