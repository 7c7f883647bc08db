"""How many statements a page takes says nothing of how many rows it shows."""

from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import MembershipRequest
from contactsgroups.services import groups
from contactsgroups.services.accounts.accounts import require_account
from contactsgroups.services.accounts.administrators import appoint_administrator
from contactsgroups.services.groups.editing import create_group_in
from contactsgroups.services.unit_of_work import Work, write
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.directories import add_account, add_accounts, add_group, changed_draft, group_draft
from tests.statements import statements_of
from tests.web.forms import Visitor

SIZES = (1, 50, 500)
ADMIN = "admin@example.org"
PICTURE = Path(__file__).parent.parent.parent.parent / "docs" / "images" / "compose.png"


def fill(core: Core, size: int) -> dict[str, str]:
    """As many groups with Ada and a group in them, one with a picture; one has as many members.

    Returns the UUIDs of that one and of the group that is in all others.
    """
    database = core.database
    names = [f"p{number}" for number in range(size)]
    add_accounts(database, ["ada", *names])
    add_account(database, ADMIN, display_name="Admin")
    appoint_administrator(database, OPERATOR, ADMIN, domain=None)
    everyone = [f"{name}@example.org" for name in names]
    owners = {"owners": ("ada@example.org",)}
    large = add_group(database, "all@example.org", *everyone, "out@side.example", **owners)
    inner = add_group(database, "inner@example.org", "ada@example.org")
    with write(database, OPERATOR) as work:
        for number in range(size):
            _add_groups(work, number, inner.address, owners)
    pictured = groups.find_group(database, OPERATOR, "g000@example.org")
    draft = group_draft(
        pictured.address,
        display_name="With a picture",
        picture=PICTURE.read_bytes(),
        owners=("ada@example.org",),
    )
    groups.update_group(database, OPERATOR, pictured.uuid, pictured.version, draft)
    return {"large": large.uuid, "inner": inner.uuid}


def _add_groups(work: Work, number: int, inner: str, owners: dict[str, tuple[str, ...]]) -> None:
    """One group that Ada is in and owns, with a request, and one that she may ask to join."""
    ada, joining = "ada@example.org", {"join_on_request": True}
    draft = group_draft(f"g{number:03}@example.org", members=(ada, inner), **owners, **joining)
    group = create_group_in(work, changed_draft(draft, display_name=f"G{number}"))
    applicant = require_account(work.session, f"p{number}@example.org")
    work.session.add(MembershipRequest(group_id=group.id, account_id=applicant.id, wish="join"))
    free = group_draft(f"free{number:03}@example.org", display_name="Free", **joining)
    create_group_in(work, changed_draft(free, members=("out@side.example",)))


PAGES = {
    "list": "/admin/groups",
    "search": "/admin/groups?q=g",
    "search of members": "/admin/groups?q=ada",
    "filters": "/admin/groups?kind=static&moderated=no&owner=ada@example.org&sort=-recipients",
    "accounts": "/admin/accounts",
    "accounts found": "/admin/accounts?q=p&state=active",
    "aliases": "/admin/aliases?q=p",
    "address": "/admin/addresses?address=ada@example.org",
    "leaving": "/admin/addresses/remove?address=ada@example.org",
    "settings": "/admin/groups/{inner}",
    "members": "/admin/groups/{large}/members",
    "members found": "/admin/groups/{large}/members?q=p&kind=account&kind=external",
    "delivery": "/admin/groups/{large}/delivery",
    "delete": "/admin/groups/{inner}/delete",
    "history": "/admin/groups/{inner}/history",
    "requests of all groups": "/admin/requests?q=g",
    "administrators": "/admin/administrators",
    "audit": "/admin/audit",
    "audit search": "/admin/audit?q=g&what=group",
    "my groups": "/groups",
    "owned": "/groups/owned",
    "join": "/groups/join",
    "group": "/groups/{large}",
    "requests": "/groups/requests",
    "members for an owner": "/admin/groups/{large}/members",
}


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[int]]:
    """The statements of each page, for each of the sizes."""
    found: dict[str, list[int]] = {name: [] for name in PAGES}
    for size in SIZES:
        state = tmp_path_factory.mktemp(f"state{size}")
        settings = {"state": state, "secret_key": "s" * 40, "poll_interval": 5}
        core = open_core(from_mapping(settings), upgrade=True)  # The clock asks for few statements.
        uuids = fill(core, size)
        app = create_app(core)
        admin, ada = (
            Visitor(app.test_client()).take_session(each) for each in (ADMIN, "ada@example.org")
        )
        for name, path in PAGES.items():
            url = path.format(**uuids)
            visitor = ada if url.startswith("/groups") or "owner" in name else admin
            assert visitor.get(url).status_code == 200  # What is read once comes first.
            found[name].append(min(_count(core, visitor, url) for _ in range(2)))
        core.close()
    return found


def _count(core: Core, visitor: Visitor, url: str) -> int:
    """The statements of a page; of two turns, one may meet the clock, which asks as well."""
    with statements_of(core.database) as statements:
        visitor.get(url)
    return len(statements)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_as_many_statements_for_few_rows_as_for_many(
    counts: dict[str, list[int]], page: str
) -> None:
    assert counts[page][1] <= counts[page][0] + 1, counts
    assert counts[page][2] == counts[page][1], counts
