"""The columns of a CSV file: from a row's cells to a record, and back."""

from collections.abc import Mapping
from dataclasses import dataclass

from contactsgroups.domain.attributes import (
    PREFIX,
    attribute_field,
    attributes_among,
    is_attribute_name,
)
from contactsgroups.domain.group import SETTINGS, Setting, SettingValue
from contactsgroups.services.transfer.records import (
    DATED,
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    GroupRecord,
    MemberRole,
    MembershipRecord,
    Place,
    Record,
)

SETTING_COLUMNS = {
    each.name: "name" if each.name == "display_name" else each.name for each in SETTINGS
}
"""The column of each setting of a group."""
_COLUMNS_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "domain": ("address",),
    "department": ("belongs_to", "department"),
    "account": ("address", "name", "department", "title", "location", "active"),
    "alias": ("address", "belongs_to"),
    "administrator": ("address", "belongs_to"),
    "group": ("address", *SETTING_COLUMNS.values()),
    **dict.fromkeys(MemberRole, ("address", "belongs_to")),
    **dict.fromkeys(DATED, ("address", "belongs_to", "until")),
}
TYPES = tuple(str(name) for name in _COLUMNS_OF_TYPE)
"""What a row may be."""

_FIRST = ("type", "address", "belongs_to", "name", "department", "title", "location", "active")
_LAST = ("description",)  # It may have several lines.
COLUMNS = (
    *_FIRST,
    *(name for name in SETTING_COLUMNS.values() if name not in {*_FIRST, *_LAST}),
    "until",
    *_LAST,
)
"""Every column, in the order in which an export writes them; those of attributes come behind."""

_YES = frozenset({"yes", "true", "1", "x"})
_NO = frozenset({"no", "false", "0"})


def is_column(name: str) -> bool:
    """Whether a file may have this column; ``attribute.NAME`` is an attribute of accounts."""
    return name in COLUMNS or _is_attribute(name)


def _is_attribute(column: str) -> bool:
    return column.startswith(PREFIX) and is_attribute_name(column.removeprefix(PREFIX))


class InvalidRow(Exception):
    """A row cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by column; a column that the file does not have is missing."""

    place: Place
    cells: Mapping[str, str]

    def text(self, column: str) -> str | None:
        """Return a cell; an empty one means that the value is empty."""
        return self.cells.get(column)

    def required(self, column: str) -> str:
        """Return a cell that must not be empty."""
        if not self.cells.get(column):
            raise InvalidRow(f"the column {column} is empty")
        return self.cells[column]

    def choice(self, column: str) -> str | None:
        """Return one of several words; an empty cell means that the value is not given."""
        return self.cells.get(column, "").lower() or None

    def flag(self, column: str) -> bool | None:
        """Return yes or no; an empty cell means that the value is not given."""
        word = self.choice(column)
        if word is not None and word not in _YES | _NO:
            raise InvalidRow(f"the column {column} must be yes or no")
        return None if word is None else word in _YES

    def setting(self, setting: Setting) -> SettingValue | None:
        """Return the value of a group's setting, None if the row does not give it."""
        column = SETTING_COLUMNS[setting.name]
        if setting.is_switch:
            return self.flag(column)
        return self.choice(column) if setting.choices else self.text(column)


def record_of(row: Row) -> Record:
    """Return the record of a row.

    Raises:
        InvalidRow: its type is unknown, a cell it needs is empty, or one that it has is for
            rows of other types.
    """
    kind = row.required("type").lower()
    if kind not in _COLUMNS_OF_TYPE:
        raise InvalidRow(f"the column type must be one of {', '.join(TYPES)}")
    for column, cell in row.cells.items():
        if cell and not _is_column_of(kind, column):
            raise InvalidRow(f"the column {column} means nothing in a row of type {kind}")
    match kind:
        case "domain":
            return DomainRecord(name=row.required("address"), place=row.place)
        case "department":
            return DepartmentRecord(
                domain=row.required("belongs_to"),
                path=row.required("department"),
                place=row.place,
            )
        case "account":
            return _account(row)
        case "group":
            return _group(row)
        case _:
            return _belonging(kind, row)


def _is_column_of(kind: str, column: str) -> bool:
    if _is_attribute(column):
        return kind == "account"
    return column == "type" or column in _COLUMNS_OF_TYPE[kind]


def _belonging(kind: str, row: Row) -> Record:
    address = row.required("address")
    # Of an administrator, too: an empty cell must not mean all domains.
    owner = row.required("belongs_to")
    if kind == "administrator":
        return AdministratorRecord(address=address, domain=owner, place=row.place)
    if kind == "alias":
        return AliasRecord(address=address, account=owner, place=row.place)
    role = MemberRole(kind)
    until = row.text("until") if role in DATED else None
    return MembershipRecord(group=owner, address=address, role=role, until=until, place=row.place)


def _account(row: Row) -> AccountRecord:
    return AccountRecord(
        address=row.required("address"),
        display_name=row.text("name"),
        department=row.text("department"),
        title=row.text("title"),
        location=row.text("location"),
        active=row.flag("active"),
        attributes=attributes_among(row.cells),
        place=row.place,
    )


def _group(row: Row) -> GroupRecord:
    said = ((each.name, row.setting(each)) for each in SETTINGS)
    return GroupRecord(
        address=row.required("address"),
        settings={name: value for name, value in said if value is not None},
        place=row.place,
    )


def cells_of(record: Record) -> dict[str, str]:
    """Return the cells of a record by column; what is missing is empty."""
    match record:
        case DomainRecord():
            return {"type": "domain", "address": record.name}
        case DepartmentRecord():
            return {"type": "department", "belongs_to": record.domain, "department": record.path}
        case AccountRecord():
            return {
                "type": "account",
                "address": record.address,
                "name": record.display_name or "",
                "department": record.department or "",
                "title": record.title or "",
                "location": record.location or "",
                "active": _yes_or_no(record.active),
                **{attribute_field(name): value for name, value in record.attributes.items()},
            }
        case AliasRecord():
            return {"type": "alias", "address": record.address, "belongs_to": record.account}
        case AdministratorRecord():
            return {
                "type": "administrator",
                "address": record.address,
                "belongs_to": record.domain,
            }
        case GroupRecord():
            return _group_cells(record)
        case MembershipRecord():
            return {
                "type": record.role,
                "address": record.address,
                "belongs_to": record.group,
                "until": record.until or "",
            }


def _group_cells(group: GroupRecord) -> dict[str, str]:
    return {
        "type": "group",
        "address": group.address,
        **{SETTING_COLUMNS[name]: _cell(value) for name, value in group.settings.items()},
    }


def _cell(value: SettingValue) -> str:
    return _yes_or_no(value) if isinstance(value, bool) else value


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
