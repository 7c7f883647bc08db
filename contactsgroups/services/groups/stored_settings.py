"""Between a group's settings and its row: each setting has a column of its name.

The department is the exception: its column is a reference, and the setting a path.
"""

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from contactsgroups.domain.group import SETTINGS, GroupSettings
from contactsgroups.persistence.models import DomainRow, Group
from contactsgroups.services.accounts.departments import find_department

_COLUMNS = tuple(each.name for each in SETTINGS if each.name != "department")


def settings_of(group: Group) -> GroupSettings:
    """Return the settings of a stored group."""
    columns = {name: getattr(group, name) for name in _COLUMNS}
    return GroupSettings(**columns, department=group.department.path if group.department else "")


def store_settings(
    session: Session, group: Group, domain: DomainRow, settings: GroupSettings
) -> None:
    """Check the settings of a group of this domain and copy them to its row.

    What a stored group has already stays as it is.

    Raises:
        InvalidInput, SeveralFaults: naming the faulty fields.
        DepartmentNotFound: the domain does not have the department.
    """
    before = settings_of(group) if inspect(group).has_identity else None
    checked = settings.checked(before)
    path = checked.department
    if before is None or path != before.department:
        group.department = find_department(session, domain, path) if path else None
    for name in _COLUMNS:
        setattr(group, name, getattr(checked, name))
