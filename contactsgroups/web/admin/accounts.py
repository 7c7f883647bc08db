"""The admin page of accounts: everybody in the domains that one administers."""

from flask import Blueprint, request

from contactsgroups.domain.address import display_domain
from contactsgroups.services import accounts
from contactsgroups.services.accounts import listing
from contactsgroups.services.accounts.listing import AccountFilter
from contactsgroups.web.admin.parameters import as_domain, read_text
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("accounts", __name__, url_prefix="/admin/accounts")

PAGE = 50  # accounts on one page
_ACTIVE = {"active": True, "closed": False}


@blueprint.get("")
def show_all() -> str:
    """List accounts, or those that a search and filters find, a page at a time."""
    actor, database = require_administrator(), current_database()
    asked = {name: read_text(name) for name in ("q", "domain", "department", "state", "groups")}
    asked["domain"] = as_domain(asked["domain"])
    wanted = AccountFilter(
        search=asked["q"],
        domain=asked["domain"] or None,
        department=asked["department"] or None,
        active=_ACTIVE.get(asked["state"]),
        managed=True,
        in_no_group=asked["groups"] == "none",
    )
    after = read_text("after")
    found = listing.list_accounts(database, actor, wanted, after=after, limit=PAGE)
    domains = accounts.list_domains(database, actor)
    return render(
        "accounts.html",
        found=found,
        totals=listing.count_accounts(database, actor, wanted),
        asked={name: value for name, value in asked.items() if value},
        after=after,
        domains={name: display_domain(name) for name in domains},
        is_filtered=bool(request.args),
    )
