"""Who lost rights while a request waited for its turn to write, writes nothing."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, group_draft
from tests.services.conftest import LOCAL_ADMIN

EVE = "eve@example.org"


def appointed(database: Database, domain: str | None) -> Principal:
    accounts.appoint_administrator(database, OPERATOR, EVE, domain=domain)
    principal = find_principal(database, EVE)
    assert principal is not None
    return principal


def create(database: Database, actor: Principal) -> None:
    draft = group_draft("new@example.org", display_name="New", members=["ada@example.org"])
    groups.create_group(database, actor, draft)


def take_back(database: Database) -> None:
    accounts.remove_administrator(database, OPERATOR, EVE, domain=None)


def close(database: Database) -> None:
    add_account(database, EVE, active=False)


def remove(database: Database) -> None:
    accounts.remove_account(database, OPERATOR, EVE)


@pytest.mark.parametrize("domain", ["example.org", None])
@pytest.mark.parametrize("change", [take_back, close, remove])
def test_a_principal_that_is_no_longer_what_it_was_is_refused(
    database: Database, change: Callable[[Database], None], domain: str | None
) -> None:
    eve = appointed(database, domain)
    change(database)
    with pytest.raises(NotPermitted, match="any more"):
        create(database, eve)


def test_fewer_domains_are_seen_too(small: Database) -> None:
    accounts.appoint_administrator(small, OPERATOR, EVE, domain="example.net")
    eve = appointed(small, "example.org")
    accounts.remove_administrator(small, OPERATOR, EVE, domain="example.net")
    with pytest.raises(NotPermitted):
        create(small, eve)
    accounts.appoint_administrator(small, OPERATOR, EVE, domain=None)
    create(small, eve)  # Who has more now, has had no less.


def test_a_principal_that_a_host_made_itself_is_believed(small: Database) -> None:
    create(small, LOCAL_ADMIN)


def test_another_account_in_the_same_row_is_not_the_same(small: Database) -> None:
    eve = appointed(small, None)
    with pytest.raises(NotPermitted):
        create(small, replace(eve, account_id=(eve.account_id or 0) - 1))


def test_a_request_that_waits_while_its_administrator_is_taken_back_is_refused(
    database: Database,
) -> None:
    eve = appointed(database, "example.org")
    outcome: list[BaseException | None] = []

    def wait_and_create() -> None:
        try:
            create(database, eve)
            outcome.append(None)
        except NotPermitted as error:
            outcome.append(error)

    with write(database, OPERATOR) as work:
        waiting = threading.Thread(target=wait_and_create)
        waiting.start()
        row = accounts.administrators.Administrator
        work.session.delete(work.session.query(row).one())
        work.session.flush()
    waiting.join(60)
    assert isinstance(outcome[0], NotPermitted)
