"""A group tells an address once a day, and one owner not too many outside addresses."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import ToldAddition
from contactsgroups.services.unit_of_work import told_additions, write
from contactsgroups.services.unit_of_work.told_additions import Addition

BOB = Principal(address=Address.parse("bob@example.org"))
OUTSIDE = [Addition("g", f"m{number}@elsewhere.example", True) for number in range(4)]
INSIDE = [Addition("g", f"m{number}@example.org", False) for number in range(4)]


@pytest.fixture(autouse=True)
def _two_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_additions, "OUTSIDE_A_DAY", 2)


def take(database: Database, additions: list[Addition], actor: Principal = BOB) -> list[Addition]:
    with write(database, actor) as work:
        return told_additions.take(work.session, additions, actor)


def test_the_same_is_told_again_when_a_day_has_passed(database: Database) -> None:
    assert take(database, INSIDE) == INSIDE
    assert take(database, INSIDE[:2]) == []
    assert take(database, [Addition("h", INSIDE[0].recipient, False)]) != []
    with database.write_private() as session:
        a_day_ago = datetime.now(UTC) - timedelta(days=1)
        session.execute(update(ToldAddition).values(told_at=a_day_ago))
    assert take(database, INSIDE[:2]) == INSIDE[:2]


def test_an_owner_tells_so_many_outside_addresses_a_day_and_any_number_of_accounts(
    small: Database,
) -> None:
    assert take(small, [*OUTSIDE[:3], *INSIDE]) == [*OUTSIDE[:2], *INSIDE]
    assert take(small, OUTSIDE[2:]) == []


def test_administrators_tell_all(small: Database) -> None:
    assert take(small, OUTSIDE, OPERATOR) == OUTSIDE
