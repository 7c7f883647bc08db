"""What is found under one address, shown as what it stands for, and each account once.

An own contact that is in the directory too is found by the own name, but shown as what it is: a
group that was saved as "My friends" with its icon, its number of members and its warnings. An alias
is shown as its account, and says through which address it was found. Whether what it stands for is
still to be seen is asked of the directory for every answer.
"""

from collections.abc import Callable, Mapping, Sequence

from contactsgroups.autocomplete import Completion, Entry, EntryKind
from contactsgroups.services.completion.payload import address_of, has_via, name_of, renamed

Find = Callable[[str], Entry | None]
"""Returns what the directory has of an address, as far as the principal may see it."""

_MOST = 800
"""An account with more aliases that begin alike may leave an answer short."""


def complete_distinct(
    ask: Callable[[int], list[Completion]], find: Find, tagged: Mapping[str, str], limit: int
) -> list[Completion]:
    """Return the best ``limit`` completions, each account once, and none that stands for nothing.

    Args:
        ask: returns so many of the best completions; asked for more where some are left out.
        tagged: addresses that the principal has mailed, with what each is an extension of.
    """
    size = limit
    while True:
        found = ask(size)
        shown = recognise(found, find, tagged)
        if len(shown) >= limit or len(found) < size or size >= _MOST:
            return shown[:limit]
        size *= 2


def recognise(
    found: Sequence[Completion], find: Find, tagged: Mapping[str, str]
) -> list[Completion]:
    """Return the completions as what the directory knows of their addresses, each account once."""
    known: dict[str, Completion] = {}
    for each in found:
        shown = _recognise(each, find, tagged)
        if shown is not None and _is_better(shown, known.get(shown.identity)):
            known[shown.identity] = shown
    return list(known.values())


def see(address: str, find: Find) -> Entry | None:
    """Return what an address stands for: of an alias, its account if that is to be seen as well."""
    entry = find(address)
    if entry is None or entry.kind is not EntryKind.ALIAS:
        return entry
    account = find(address_of(entry.payload))
    if account is None or account.kind is not EntryKind.ACCOUNT:
        return None
    return account._replace(payload=entry.payload)


def _is_better(shown: Completion, known: Completion | None) -> bool:
    """Whether a completion is the first of its address, or matches as well and needs no alias."""
    if known is None:
        return True
    return shown[:2] == known[:2] and has_via(known.payload) and not has_via(shown.payload)


def _recognise(completion: Completion, find: Find, tagged: Mapping[str, str]) -> Completion | None:
    """Return a completion as what it stands for; None if it must not be seen any more."""
    if completion.kind not in (EntryKind.CONTACT, EntryKind.ALIAS):
        return completion
    entry = see(completion.identity, find)
    if entry is not None:
        return _shown_as(completion, entry)
    if completion.kind is EntryKind.ALIAS:
        return None
    extended = tagged.get(completion.identity)
    return completion if extended is None else _tagged(completion, see(extended, find))


def _tagged(completion: Completion, account: Entry | None) -> Completion | None:
    """Return an address with an extension; None if its account is not to be seen any more.

    It has the account's name if it was mailed without one.
    """
    if account is None or account.kind is not EntryKind.ACCOUNT:
        return None
    if name_of(completion.payload):
        return completion
    payload = renamed(completion.payload, account.name)
    return completion._replace(name=account.name, payload=payload)


def _shown_as(completion: Completion, entry: Entry) -> Completion:
    """Return a completion as the entry, under the name that its own card gives it."""
    name = entry.name
    payload = entry.payload
    if completion.kind is EntryKind.CONTACT:
        name = name_of(completion.payload) or entry.name
        payload = renamed(payload, name)
    return completion._replace(
        kind=entry.kind,
        person=entry.kind is not EntryKind.GROUP,
        name=name,
        address=entry.address,
        identity=entry.identity,
        payload=payload,
    )
