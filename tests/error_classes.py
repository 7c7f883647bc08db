"""The classes of errors that the package has."""

from collections.abc import Iterator

from contactsgroups.domain.errors import ContactsGroupsError


def error_classes(*modules: str) -> list[type[ContactsGroupsError]]:
    """Return the classes of errors in modules of the package, or below them; from the root down.

    Classes that tests have made are none of them: which still live depends on what ran before.
    """
    inside = modules or ("contactsgroups",)
    return [
        each
        for each in _with_descendants(ContactsGroupsError)
        if any(f"{each.__module__}.".startswith(f"{module}.") for module in inside)
    ]


def _with_descendants(
    root: type[ContactsGroupsError],
) -> Iterator[type[ContactsGroupsError]]:
    yield root
    for child in root.__subclasses__():
        yield from _with_descendants(child)
