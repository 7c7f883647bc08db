"""A group whose audit log begins now."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from tests.services.unit_of_work.audit_log import SALES, clear_log


@pytest.fixture
def sales(database: Database) -> str:
    """UUID of a group; the log of what came before is gone."""
    uuid = groups.create_group(database, OPERATOR, SALES).uuid
    clear_log(database)
    return uuid
