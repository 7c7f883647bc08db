"""Own contacts that are in the directory too: found by the own name, shown as what they are.

A group that was saved as "My friends" is found by that name, but shown as a group, with its icon,
its number of members and its warnings.
"""

from collections.abc import Callable, Sequence

from contactsgroups.autocomplete import Completion, Entry, EntryKind
from contactsgroups.services.completion.payload import name_of, renamed


def recognise(found: Sequence[Completion], find: Callable[[str], Entry | None]) -> list[Completion]:
    """Return the completions, contacts replaced by what the directory knows of their address.

    Args:
        find: returns what the directory has, as far as the principal may see it.
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
