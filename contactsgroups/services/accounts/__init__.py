"""The directory: domains, departments, accounts, aliases, administrators and shares."""

from contactsgroups.services.accounts.accounts import (
    AccountDraft,
    ensure_account,
    ensure_account_in,
    ensure_alias_in,
    remove_account,
    require_account,
    set_password,
)
from contactsgroups.services.accounts.administrators import (
    appoint_administrator,
    appoint_administrator_in,
)
from contactsgroups.services.accounts.departments import (
    ensure_department_in,
    find_department,
    list_departments,
)
from contactsgroups.services.accounts.domains import (
    ensure_domain,
    ensure_domain_in,
    is_local_domain,
    list_domains,
    local_domain_names,
    require_domain,
)

__all__ = [
    "AccountDraft",
    "appoint_administrator",
    "appoint_administrator_in",
    "ensure_account",
    "ensure_account_in",
    "ensure_alias_in",
    "ensure_department_in",
    "ensure_domain",
    "ensure_domain_in",
    "find_department",
    "is_local_domain",
    "list_departments",
    "list_domains",
    "local_domain_names",
    "remove_account",
    "require_account",
    "require_domain",
    "set_password",
]
