"""Own contacts that stand in the directory too: somebody's own name for them, and what they are.

A person may have saved a group as "My friends". It is found by that name; but it still is a group,
with its icon, its count of members and its warnings, which would be missing from a mere contact.
"""

from collections.abc import Callable, Sequence

from contactsgroups.autocomplete import Completion, Entry, EntryKind
from contactsgroups.services.completion.payload import name_of, renamed


def recognise(found: Sequence[Completion], find: Callable[[str], Entry | None]) -> list[Completion]:
    """Return the completions, contacts replaced by what the directory knows of their address.

    Args:
        find: returns what stands in the directory, as far as the principal may see it.
    """
    return [_recognise(each, find) if each.kind is EntryKind.CONTACT else each for each in found]


def _recognise(contact: Completion, find: Callable[[str], Entry | None]) -> Completion:
    entry = find(contact.identity)
    if entry is None:
        return contact
    name = name_of(contact.payload) or entry.name
    payload = renamed(entry.payload, name)
    is_person = entry.kind is not EntryKind.GROUP
    return contact._replace(kind=entry.kind, person=is_person, name=name, payload=payload)
