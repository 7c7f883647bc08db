"""The small directory that the tests of the pages work on."""

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import AccountDraft
from contactsgroups.services.accounts.accounts import ensure_account_in, ensure_alias_in
from contactsgroups.services.accounts.domains import ensure_domain_in
from contactsgroups.services.unit_of_work import write
from tests.directories import group_draft

PASSWORD = "correct horse"
DEPARTMENTS = {"ada": "Sales/Europe", "bob": "Sales", "eve": "IT", "zoe": ""}


def fill(core: Core) -> None:
    """Two domains; four people; an administrator of all, and one of example.com only."""
    database = core.database
    with write(database, OPERATOR) as work:
        for domain in ("example.org", "example.com"):
            ensure_domain_in(work, domain)
        for name, department in DEPARTMENTS.items():
            draft = AccountDraft(
                address=f"{name}@example.org",
                display_name=f"{name.title()} Example",
                department=department,
            )
            ensure_account_in(work, draft)
        for address in ("admin@example.org", "admin@example.com", "carl@example.com"):
            ensure_account_in(work, AccountDraft(address=address, display_name=""))
        ensure_alias_in(work, "ada.alias@example.org", "ada@example.org")
    for address in (
        "admin@example.org",
        "admin@example.com",
        "ada@example.org",
        "carl@example.com",
    ):
        accounts.set_password(database, OPERATOR, address, PASSWORD)
    accounts.appoint_administrator(database, OPERATOR, "admin@example.org", domain=None)
    accounts.appoint_administrator(database, OPERATOR, "admin@example.com", domain="example.com")
    for draft in GROUPS:
        groups.create_group(database, OPERATOR, draft)


GROUPS = (
    group_draft(
        address="team@example.org",
        display_name="Team Blue",
        members=["ada@example.org", "bob@example.org", "guest@example.net"],
        owners=["ada@example.org"],
    ),
    group_draft(
        address="sales@example.org",
        display_name="Sales",
        kind="department",
        department="Sales",
    ),
    group_draft(
        address="secret@example.org",
        display_name="Secret Plans",
        members=["eve@example.org"],
        show_in_contacts=False,
    ),
    group_draft(
        address="com@example.com",
        display_name="Other Domain",
        members=["carl@example.com"],
    ),
)
