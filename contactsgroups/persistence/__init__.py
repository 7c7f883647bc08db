"""Tables, sessions and the journal: where groups are kept."""

from contactsgroups.persistence.database import Database

__all__ = ["Database"]
