"""The admin page of an account's attributes: rows of names and values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contactsgroups.domain.attributes import (
    ATTRIBUTES_LIMIT,
    attributes_among,
    clean_attribute_name,
    clean_attributes,
    is_attribute_name,
)
from contactsgroups.domain.errors import (
    ContactsGroupsError,
    InvalidInput,
    InvalidText,
    SeveralFaults,
)
from contactsgroups.domain.principal import Principal
from contactsgroups.services.accounts.accounts import set_attributes
from contactsgroups.services.accounts.attributes import list_attribute_names
from contactsgroups.services.accounts.listing import AccountView, view_managed_account
from contactsgroups.web.admin.parameters import read_text
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.languages import as_sentence, gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("attributes", __name__, url_prefix="/admin/accounts/attributes")

_EMPTY_ROWS = 3
_ROWS_LIMIT = 2 * ATTRIBUTES_LIMIT


@dataclass(slots=True)
class Row:
    """A name and a value as typed, and what is wrong with them."""

    name: str = ""
    value: str = ""
    fault: str = ""
    is_misnamed: bool = False
    """Whether that is wrong with the name."""
    is_stale: bool = False
    """Whether somebody else changed it meanwhile, as its fault says."""


@blueprint.get("")
def show() -> str:
    """Show the attributes of an account, to be changed."""
    actor = require_administrator()
    account = view_managed_account(current_database(), actor, read_text("address"))
    rows = [Row(name, value) for name, value in (account.attributes or {}).items()]
    return _page(actor, account, rows)


@blueprint.post("")
def change() -> ResponseReturnValue:
    """Save the rows: one whose name or value was emptied takes an attribute away."""
    actor = require_administrator()
    account = _account(actor)
    rows = _typed()
    if "more" in request.form:
        return _page(actor, account, rows, more=2 * _EMPTY_ROWS)
    try:
        _save(actor, account.address, rows)
    except ContactsGroupsError as error:
        account = _account(actor)  # What it is now, which the page sends back as seen.
        is_beside = isinstance(error, SeveralFaults)
        return refuse_form(_page(actor, account, rows, "" if is_beside else say(error)), error)
    flash(gettext("Saved the attributes of {address}.", address=account.original))
    return redirect(url_for("contactsgroups.addresses.show", address=account.address), 303)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with what was typed."""
    actor = require_administrator()
    account = _account(actor)
    text = error.in_words(gettext("Check the form and send it again."))
    return _page(actor, account, _typed(), text), 403


def _account(actor: Principal) -> AccountView:
    return view_managed_account(current_database(), actor, request.form.get("address", ""))


def _typed() -> list[Row]:
    """Return the rows that have anything in them, as they were typed."""
    names, values = request.form.getlist("name"), request.form.getlist("value")
    typed = zip_longest(names[:_ROWS_LIMIT], values[:_ROWS_LIMIT], fillvalue="")
    return [Row(name, value) for name, value in typed if name.strip() or value.strip()]


def _former() -> dict[str, str]:
    """Return the attributes as they were when the page was shown, which it sends back."""
    names, values = request.form.getlist("former"), request.form.getlist("former_value")
    sent = zip(names[:_ROWS_LIMIT], values, strict=False)
    return {clean_attribute_name(name): value for name, value in sent}


def _save(actor: Principal, address: str, rows: list[Row]) -> None:
    """Save what the rows change of the attributes that were shown; what is in no row goes.

    What somebody else saved meanwhile stays, unless it is changed here too.

    Raises:
        SeveralFaults: rows are faulty; each has its own fault then.
    """
    former, wanted = _former(), _cleaned(rows)
    wanted = {**dict.fromkeys(former, ""), **wanted}
    changes = {name: value for name, value in wanted.items() if value != former.get(name, "")}
    try:
        set_attributes(current_database(), actor, address, changes, seen=former)
    except SeveralFaults as error:
        for each in error.errors:
            _mark_conflict(rows, each)
        raise


def _cleaned(rows: Sequence[Row]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    faults: list[InvalidInput] = []
    for row in rows:
        try:
            row.is_misnamed = not is_attribute_name(row.name.strip().lower())
            cleaned = clean_attributes({row.name: row.value})
            _refuse_second(row, cleaned.keys() & wanted.keys())
        except InvalidText as error:
            row.fault = as_sentence(say(error))
            faults.append(error)
        else:
            wanted |= cleaned
    if faults:
        raise SeveralFaults(faults)
    return wanted


def _mark_conflict(rows: list[Row], error: ContactsGroupsError) -> None:
    """Say beside its row, which is added if it was emptied, what the attribute is meanwhile."""
    (name,) = attributes_among({error.field or "": ""})
    row = next((each for each in rows if each.name.strip().lower() == name), None)
    if row is None:
        rows.append(row := Row(name))
    row.fault, row.is_stale = as_sentence(say(error)), True


def _refuse_second(row: Row, repeated: object) -> None:
    if repeated:
        row.is_misnamed = True
        raise InvalidText("the attribute {name} is there twice", field="attribute", name=row.name)


def _page(
    actor: Principal,
    account: AccountView,
    rows: Sequence[Row],
    error: str = "",
    *,
    more: int = _EMPTY_ROWS,
) -> str:
    stored = account.attributes or {}
    former = stored if request.method == "GET" else _former()
    # Whoever has read what it is now may change it.
    seen = {row.name.strip().lower() for row in rows if row.is_stale}
    former = {**former, **{name: stored.get(name, "") for name in seen}}
    return render(
        "account_attributes.html",
        account=account,
        rows=[*rows, *(Row() for _ in range(more))],
        former=former,
        names=list_attribute_names(current_database(), actor),
        error=error,
    )
