"""The directory: domains, departments, accounts, aliases, administrators and shares."""

from contactsgroups.services.accounts.accounts import (
    AccountDraft,
    put_account,
    put_alias,
    remove_account,
    require_account,
    save_account,
    set_password,
)
from contactsgroups.services.accounts.administrators import appoint_administrator, put_administrator
from contactsgroups.services.accounts.departments import (
    find_department,
    list_departments,
    put_department,
)
from contactsgroups.services.accounts.domains import (
    add_domain,
    is_local_domain,
    list_domains,
    local_domain_names,
    put_domain,
    require_domain,
)

__all__ = [
    "AccountDraft",
    "add_domain",
    "appoint_administrator",
    "find_department",
    "is_local_domain",
    "list_departments",
    "list_domains",
    "local_domain_names",
    "put_account",
    "put_administrator",
    "put_alias",
    "put_department",
    "put_domain",
    "remove_account",
    "require_account",
    "require_domain",
    "save_account",
    "set_password",
]
