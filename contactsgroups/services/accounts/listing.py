"""Accounts, aliases and departments, a page at a time, as far as a principal may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address, display_domain, normalise_domain
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import AccountNotFound
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, Department, DomainRow, Recipient
from contactsgroups.persistence.queries import is_at_or_below
from contactsgroups.services.accounts.account_search import has_word
from contactsgroups.services.accounts.accounts import find_account_row
from contactsgroups.services.accounts.attributes import read_attributes
from contactsgroups.services.accounts.sharing import sees_account, visible_domain_ids

_WORDS_LIMIT = 10

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """Which accounts are wanted; None stands for any.

    Attributes:
        search: words that begin words of the name or of the address, without case and accents, or
            are in the domain.
        department: a path; those below it count, too. Only of accounts that one manages.
        managed: only those that one manages.
        in_no_group: only those that no mail to any group reaches. Only of those that one manages.
    """

    search: str = ""
    domain: str | None = None
    department: str | None = None
    active: bool | None = None
    managed: bool = False
    in_no_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as a principal sees it; only who manages it sees more than name and address."""

    address: str
    original: str
    display_name: str
    domain: str
    active: bool
    department: str | None = None
    title: str | None = None
    location: str | None = None
    aliases: tuple[str, ...] | None = None
    attributes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AliasView:
    """An alias, and the account that it stands for."""

    address: str
    original: str
    account: str


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """A department of a domain (as A-labels); ``path`` is ``Sales/Europe``."""

    domain: str
    path: str


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A part of a list; ``next_after`` asks for the next one."""

    items: tuple[T, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows of a list a filter finds on all pages, and how many there are without one."""

    found: int
    managed: int


def list_accounts(
    database: Database, principal: Principal, wanted: AccountFilter, *, after: str, limit: int
) -> Listed[AccountView]:
    """Return the accounts that a principal sees or manages, in the order of their addresses.

    It sees those that are active in its own domain and in those that are shown to it.
    """
    with database.read() as session:
        statement = (
            select(Account)
            .options(joinedload(Account.domain), joinedload(Account.department))
            .where(_is_known(session, principal), *_conditions(principal, wanted))
            .where(*_has_words(session, wanted))
        )
        key = _order_for(wanted)
        paged = statement.where(key > after).order_by(key).limit(limit + 1)
        rows = session.scalars(paged).all()
        return _page([_view(principal, row) for row in rows], limit)


def count_accounts(database: Database, principal: Principal, wanted: AccountFilter) -> Totals:
    """Count those accounts that a principal manages: which a filter finds, and all of them."""
    everything = AccountFilter(managed=True)
    wanted = replace(wanted, managed=True)
    with database.read() as session:
        managed = _count_accounts(session, principal, everything)
        found = managed if wanted == everything else _count_accounts(session, principal, wanted)
    return Totals(found, managed)


def _count_accounts(session: Session, principal: Principal, wanted: AccountFilter) -> int:
    statement = select(func.count(Account.id)).where(*_conditions(principal, wanted))
    return session.scalar(statement.where(*_has_words(session, wanted))) or 0


def _has_words(session: Session, wanted: AccountFilter) -> list[ColumnElement[bool]]:
    return [has_word(session, each) for each in wanted.search.split()[:_WORDS_LIMIT]]


def _order_for(wanted: AccountFilter) -> SQLColumnExpression[str]:
    """Return the addresses, by which a list is sorted.

    To walk through an index and look at each row takes twice as long as to read all rows and sort
    what a search finds, so its key is no mere column, for which there is an index.
    """
    if wanted.search:
        return func.coalesce(Account.address, Account.address)
    return Account.address


def count_in_no_group(session: Session, principal: Principal) -> int:
    """Count the active accounts that a principal manages and that no mail to any group reaches."""
    return _count_accounts(
        session, principal, AccountFilter(active=True, managed=True, in_no_group=True)
    )


def view_account(database: Database, principal: Principal, address: str) -> AccountView:
    """Return an account; with its aliases and attributes, if the principal manages it.

    Raises:
        AccountNotFound: there is none that this principal sees.
    """
    key = str(Address.parse(address))
    with database.read() as session:
        row = find_account_row(session, key)
        if row is None or not sees_account(session, principal, row):
            raise AccountNotFound("there is no account {key}", key=key)
        view = _view(principal, row)
        if not _manages(principal, row):
            return view
        aliases = select(Alias.original).where(Alias.account_id == row.id).order_by(Alias.address)
        attributes = read_attributes(session, [row.id]).get(row.id, {})
        return replace(view, aliases=tuple(session.scalars(aliases)), attributes=attributes)


def view_managed_account(database: Database, principal: Principal, address: str) -> AccountView:
    """Return an account with all that who manages it knows.

    Raises:
        NotPermitted: the principal manages no accounts in that domain.
        AccountNotFound: there is none.
    """
    authority.require(principal, Right.MANAGE_ACCOUNTS, Address.parse(address).domain)
    return view_account(database, principal, address)


def list_aliases(
    database: Database,
    principal: Principal,
    *,
    domain: str | None,
    search: str = "",
    after: str,
    limit: int,
) -> Listed[AliasView]:
    """Return the aliases in the domains that a principal manages, in the order of addresses.

    Args:
        search: words that the alias or the account's address contains, or its name if the principal
            sees that.

    Raises:
        NotPermitted: it manages none.
    """
    names = _managed(principal)
    statement = (
        select(Alias.address, Alias.original, Account.original)
        .join(Account, Account.id == Alias.account_id)
        .where(_within(Alias.domain_id, names), *_in_domain(Alias.domain_id, domain))
        .where(Alias.address > after)
        .order_by(Alias.address)
    )
    with database.read() as session:
        statement = statement.where(*_alias_conditions(session, principal, search))
        rows = session.execute(statement.limit(limit + 1)).all()
    return _page([AliasView(*row) for row in rows], limit)


def count_aliases(database: Database, principal: Principal, *, search: str = "") -> Totals:
    """Count the aliases in the domains that a principal manages: which a search finds, and all.

    Raises:
        NotPermitted: it manages none.
    """
    is_managed = _within(Alias.domain_id, _managed(principal))
    every_one = select(func.count(Alias.id)).where(is_managed)
    with database.read() as session:
        managed = session.scalar(every_one) or 0
        if not search.strip():
            return Totals(managed, managed)
        matches = _alias_conditions(session, principal, search)
        joined = every_one.join(Account, Account.id == Alias.account_id).where(*matches)
        return Totals(session.scalar(joined) or 0, managed)


def list_departments_of(
    database: Database, principal: Principal, *, domain: str | None, after: str, limit: int
) -> Listed[DepartmentView]:
    """Return the departments of the domains that a principal manages, by domain and path.

    Args:
        after: the domain and the path that the page begins behind, with a slash between.

    Raises:
        NotPermitted: it manages none.
    """
    names = _managed(principal)
    last_domain, _, last_path = after.partition("/")
    is_behind = or_(
        DomainRow.name > last_domain,
        and_(DomainRow.name == last_domain, Department.path > last_path),
    )
    statement = (
        select(DomainRow.name, Department.path)
        .join_from(Department, DomainRow, DomainRow.id == Department.domain_id)
        .where(_within(Department.domain_id, names), *_in_domain(Department.domain_id, domain))
        .where(is_behind)
        .order_by(DomainRow.name, Department.path)
    )
    with database.read() as session:
        rows = session.execute(statement.limit(limit + 1)).all()
    items = tuple(DepartmentView(*row) for row in rows[:limit])
    last = f"{items[-1].domain}/{items[-1].path}" if len(rows) > limit else None
    return Listed(items, last)


A = TypeVar("A", AccountView, AliasView)


def _page(found: Sequence[A], limit: int) -> Listed[A]:
    """Cut off what was read to see whether there is more."""
    items = tuple(found[:limit])
    return Listed(items, items[-1].address if len(found) > limit else None)


def _managed(principal: Principal) -> frozenset[str] | None:
    """Return the domains whose directory a principal manages; None for all.

    Raises:
        NotPermitted: there is none.
    """
    names = authority.domains_where(principal, Right.MANAGE_ACCOUNTS)
    if names is not None and not names:
        authority.require(principal, Right.MANAGE_ACCOUNTS, principal.domain)
    return names


def _within(
    column: InstrumentedAttribute[int], names: Collection[str] | None
) -> ColumnElement[bool]:
    """Return the condition that a row is in one of the domains; None stands for all."""
    if names is None:
        return true()
    return column.in_(_ids(names)) if names else false()


def _in_domain(column: InstrumentedAttribute[int], name: str | None) -> list[ColumnElement[bool]]:
    return [] if name is None else [column.in_(_ids([normalise_domain(name)]))]


def _ids(names: Collection[str]) -> Select[int]:
    return select(DomainRow.id).where(DomainRow.name.in_(names))


def _is_managed(principal: Principal) -> ColumnElement[bool]:
    names = authority.domains_where(principal, Right.MANAGE_ACCOUNTS)
    return _within(Account.domain_id, names)


def _is_known(session: Session, principal: Principal) -> ColumnElement[bool]:
    """Return the condition that a principal sees an account, as :func:`_sees` has it for one."""
    ids = visible_domain_ids(session, principal.domain)
    return or_(_is_managed(principal), and_(Account.active, Account.domain_id.in_(ids)))


def _manages(principal: Principal, account: Account) -> bool:
    return authority.may(principal, Right.MANAGE_ACCOUNTS, account.domain.name)


def _conditions(principal: Principal, wanted: AccountFilter) -> list[ColumnElement[bool]]:
    found = _in_domain(Account.domain_id, wanted.domain)
    if wanted.active is not None:
        found.append(Account.active == wanted.active)
    if wanted.department is not None:
        is_there = is_at_or_below(Department.path_folded, fold(wanted.department))
        ids = select(Department.id).where(is_there)
        found += [_is_managed(principal), Account.department_id.in_(ids)]
    if wanted.managed:
        found.append(_is_managed(principal))
    if wanted.in_no_group:
        is_reached = exists().where(Recipient.address == Account.address)
        found += [_is_managed(principal), ~is_reached]
    return found


def _alias_conditions(
    session: Session, principal: Principal, search: str
) -> list[ColumnElement[bool]]:
    is_known = _is_known(session, principal)
    return [_alias_contains(word, is_known) for word in search.split()[:_WORDS_LIMIT]]


def _alias_contains(word: str, is_known: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an alias has a word; names of accounts that one does not see cannot be guessed."""
    folded = fold(word)
    return or_(
        Alias.address.contains(folded, autoescape=True),
        Account.address.contains(folded, autoescape=True),
        and_(is_known, Account.search_text.contains(folded, autoescape=True)),
    )


def _view(principal: Principal, account: Account) -> AccountView:
    view = AccountView(
        address=account.address,
        original=account.original,
        display_name=account.display_name,
        domain=display_domain(account.domain.name),
        active=account.active,
    )
    if not _manages(principal, account):
        return view
    department = account.department.path if account.department else ""
    return replace(view, department=department, title=account.title, location=account.location)
