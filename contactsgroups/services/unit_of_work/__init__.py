"""One write transaction: the lock, the changes, and everything that follows from them."""

from contactsgroups.services.unit_of_work.work import Work, insert_private, write, write_private

__all__ = [
    "Work",
    "insert_private",
    "write",
    "write_private",
]
