"""Accounts and departments over the API, to be read, and aliases."""

from typing import Annotated

from flask import Blueprint
from pydantic import Field

from contactsgroups.domain.address import display_domain
from contactsgroups.services import accounts
from contactsgroups.services.accounts import listing
from contactsgroups.services.accounts.listing import AccountFilter, AccountView
from contactsgroups.web.api.operations import Operation, serves
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.schemas import (
    DepartmentPath,
    Flag,
    Page,
    PageQuery,
    Schema,
    Text,
    Word,
    flag_of,
)
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("directory", __name__)


class AccountQuery(PageQuery):
    """Which accounts are listed."""

    q: Annotated[Word, Field(description="Beginnings of words in the name or the address.")] = ""
    domain: Annotated[Word | None, Field(description="Mail domain.")] = None
    department: Annotated[
        DepartmentPath | None,
        Field(description="A path such as `Sales/Europe`, with those below; where one manages."),
    ] = None
    active: Flag | None = None


class DirectoryQuery(PageQuery):
    """Which aliases or departments are listed."""

    domain: Annotated[Word | None, Field(description="Mail domain.")] = None


class Account(Schema):
    """An account; what only those know who manage it is absent for others."""

    address: str
    display_name: str
    domain: Annotated[str, Field(description="As people read it: no `xn--`.")]
    active: bool
    department: Annotated[str | None, Field(description="Its path; empty for none.")] = None
    title: str | None = None
    location: str | None = None
    aliases: Annotated[list[str] | None, Field(description="Where it is read alone.")] = None
    attributes: Annotated[
        dict[str, str] | None,
        Field(description="Those that the site names itself; where it is read alone."),
    ] = None


class AccountList(Page):
    """A page of accounts in the order of their addresses."""

    items: list[Account]


class Alias(Schema):
    """An address that stands for an account."""

    address: str
    account: str


class AliasTarget(Schema):
    """The account that an alias stands for."""

    account: Text


class AliasList(Page):
    """A page of aliases in the order of their addresses."""

    items: list[Alias]


class Department(Schema):
    """A department of a domain."""

    domain: str
    path: Annotated[str, Field(description="From the top: `Sales/Europe`.")]


class DepartmentList(Page):
    """A page of departments by domain and path."""

    items: list[Department]


@blueprint.get("/accounts")
@serves(Operation(summary="List accounts", query=AccountQuery, answers={200: AccountList}))
def list_accounts(query: AccountQuery) -> AccountList:
    """List the accounts that one sees, and those that one manages, closed ones included."""
    found = listing.list_accounts(
        current_database(),
        require_principal(),
        AccountFilter(
            search=query.q,
            domain=query.domain,
            department=query.department,
            active=flag_of(query.active),
        ),
        after=place_of("accounts", query.cursor),
        limit=query.limit,
    )
    items = [_account_of(view) for view in found.items]
    return AccountList(items=items, next_cursor=cursor_of("accounts", found.next_after))


@blueprint.get("/accounts/<path:address>", merge_slashes=False)
@serves(Operation(summary="Read an account", answers={200: Account}))
def read_account(address: str) -> Account:
    """Read an account. The groups that it is in: `GET /groups?member=ADDRESS`."""
    return _account_of(listing.view_account(current_database(), require_principal(), address))


@blueprint.get("/aliases")
@serves(
    Operation(
        summary="List aliases", scope="manage", query=DirectoryQuery, answers={200: AliasList}
    )
)
def list_aliases(query: DirectoryQuery) -> AliasList:
    """List the aliases of the domains that one administers."""
    found = listing.list_aliases(
        current_database(),
        require_principal(),
        domain=query.domain,
        after=place_of("aliases", query.cursor),
        limit=query.limit,
    )
    items = [Alias(address=each.original, account=each.account) for each in found.items]
    return AliasList(items=items, next_cursor=cursor_of("aliases", found.next_after))


@blueprint.put("/aliases/<path:address>", merge_slashes=False)
@serves(
    Operation(
        summary="Create or move an alias",
        scope="manage write",
        body=AliasTarget,
        answers={204: None},
        problems=(409,),
    )
)
def ensure_alias(address: str, body: AliasTarget) -> None:
    """Let an address stand for an account; one that stands for another account moves."""
    accounts.ensure_alias(current_database(), require_principal(), address, body.account)


@blueprint.delete("/aliases/<path:address>", merge_slashes=False)
@serves(
    Operation(summary="Remove an alias", scope="manage write", answers={204: None}, problems=(409,))
)
def remove_alias(address: str) -> None:
    """Remove an alias, also from the groups that it is a member of."""
    accounts.remove_alias(current_database(), require_principal(), address)


@blueprint.get("/departments")
@serves(
    Operation(
        summary="List departments",
        scope="manage",
        query=DirectoryQuery,
        answers={200: DepartmentList},
    )
)
def list_departments(query: DirectoryQuery) -> DepartmentList:
    """List the departments of the domains that one administers."""
    found = listing.list_departments_of(
        current_database(),
        require_principal(),
        domain=query.domain,
        after=place_of("departments", query.cursor),
        limit=query.limit,
    )
    items = [Department(domain=display_domain(each.domain), path=each.path) for each in found.items]
    return DepartmentList(items=items, next_cursor=cursor_of("departments", found.next_after))


def _account_of(view: AccountView) -> Account:
    return Account(
        address=view.original,
        display_name=view.display_name,
        domain=view.domain,
        active=view.active,
        department=view.department,
        title=view.title,
        location=view.location,
        aliases=None if view.aliases is None else list(view.aliases),
        attributes=None if view.attributes is None else dict(view.attributes),
    )
