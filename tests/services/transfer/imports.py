"""Imports as tests make them, and whether they changed anything."""

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, journal
from contactsgroups.services.transfer.importing import ImportOptions, ImportReport, import_records
from contactsgroups.services.transfer.records import Fault, Record


def run(database: Database, *records: Record | Fault, **options: bool) -> ImportReport:
    return import_records(database, OPERATOR, records, ImportOptions(**options))


def position(database: Database) -> int:
    with database.read() as session:
        return journal.read_position(session)[1]
