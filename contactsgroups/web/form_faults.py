"""What is wrong with a form, by the field that it is shown at."""

from collections.abc import Callable, Collection, Mapping

from contactsgroups.domain.errors import ContactsGroupsError, NotPermitted, SeveralFaults
from contactsgroups.web.languages import say

FormFaults = Mapping[str, tuple[str, ...]]
"""The texts for each faulty field, and under ``""`` those for the whole form."""


def faults_by_field(
    error: ContactsGroupsError,
    fields: Collection[str],
    text_of: Callable[[ContactsGroupsError], str] = say,
) -> FormFaults:
    """Return what an error says of each field of a form, in the order of the fields.

    Args:
        fields: those that the form shows; what is wrong elsewhere is said of the whole form.
        text_of: returns the sentence for one error.
    """
    found: dict[str, tuple[str, ...]] = {}
    for each in error.errors if isinstance(error, SeveralFaults) else (error,):
        name = each.field or ("address" if isinstance(each, NotPermitted) else "")
        shown = name if name in fields else ""
        found[shown] = (*found.get(shown, ()), text_of(each))
    order = ["", *fields]
    return {name: found[name] for name in sorted(found, key=order.index)}
