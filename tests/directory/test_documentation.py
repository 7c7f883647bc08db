"""The examples of docs/import.md do what the page says."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.directory.csv_rows import COLUMNS, TYPES
from contactsgroups.directory.formats import FORMATS
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services.transfer.importing import import_records

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "import.md").read_text()
PAGE_OF_SETTINGS = (DOCS / "group-settings.md").read_text()


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    schema.upgrade(database)
    yield database
    database.dispose()


def test_the_examples_can_be_imported_together(database: Database) -> None:
    items = []
    for name, file_format in FORMATS.items():
        (example,) = re.findall(rf"```{name}\n(.*?)```", PAGE, re.DOTALL)
        items += file_format.read(io.BytesIO(example.encode()), f"example.{name}")
    report = import_records(database, OPERATOR, items)
    assert report.faults == ()
    groups = {each.name for each in report.differences if each.kind == "group"}
    assert groups == {"choir@example.org", "sales@example.org", "board@example.org"}


@pytest.mark.parametrize("name", [*COLUMNS, *TYPES])
def test_every_column_and_type_is_described(name: str) -> None:
    """The settings of groups have a page of their own, which is made from them."""
    assert f"`{name}`" in PAGE + PAGE_OF_SETTINGS
