"""Which UIDs are in which folder, without reading what has not changed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

_FOLDERS = 100  # that are remembered; with 10,000 cards each has some 3 MB


class Signature(NamedTuple):
    """What changes when a file does: its time in nanoseconds, size in octets, and inode."""

    changed: int
    size: int
    inode: int


class Uids:
    """The UIDs of the items in the folders that were last written to.

    Before a card is stored, Radicale asks whether its UID is there already, and would read the
    whole book: an import would take the square of its size, while nobody else can use the files.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, dict[str, tuple[Signature, str]]] = OrderedDict()
        self._lock = threading.Lock()

    def has(
        self, folder: str, there: Mapping[str, Signature], uid: str, read: Callable[[str], str]
    ) -> bool:
        """Whether an item in the folder has this UID.

        Args:
            folder: its path.
            there: the names in there.
            read: returns the UID of an item by its name.
        """
        with self._lock:
            before = self._known.pop(folder, {})
        now = {}
        for name, signature in there.items():
            known = before.get(name)
            is_same = known is not None and known[0] == signature
            now[name] = known if known and is_same else (signature, read(name))
        with self._lock:
            self._known[folder] = now
            while len(self._known) > _FOLDERS:
                self._known.popitem(last=False)
        return any(each == uid for _, each in now.values())
