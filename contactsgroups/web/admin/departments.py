"""The admin pages of a domain's departments: the tree, and each of them."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from contactsgroups.domain.address import display_domain
from contactsgroups.domain.errors import ContactsGroupsError, DepartmentNotFound, NotFound
from contactsgroups.domain.principal import Principal
from contactsgroups.services.accounts import department_tree
from contactsgroups.services.accounts.department_tree import DepartmentNode
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_administrator
from contactsgroups.web.languages import gettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import FormExpired
from contactsgroups.web.state import current_database

blueprint = Blueprint("departments", __name__, url_prefix="/admin/domains/<domain>/departments")


@blueprint.get("")
def show_all(domain: str) -> str:
    """Show a domain's departments as a tree."""
    return _tree_page(require_administrator(), domain)


@blueprint.post("")
def add(domain: str) -> ResponseReturnValue:
    """Make a department, with those above it."""
    actor, typed = require_administrator(), request.form.get("path", "")
    try:
        path = department_tree.add_department(current_database(), actor, domain, typed)
    except ContactsGroupsError as error:
        return refuse_form(_tree_page(actor, domain, typed=typed, error=say(error)), error)
    flash(gettext("{path} is there.", path=path))
    return _to_tree(domain)


@blueprint.get("/one")
def show(domain: str) -> str:
    """Show a department: who and what belongs to it, its name and place."""
    actor, path = require_administrator(), request.args.get("path", "")
    return _page(actor, domain, path) if path else _tree_page(actor, domain)


@blueprint.post("/move")
def move(domain: str) -> ResponseReturnValue:
    """Give a department another name or place."""
    actor, path, typed = require_administrator(), *(_posted("path", "new_path"))
    try:
        new = department_tree.move_department(current_database(), actor, domain, path, typed)
    except ContactsGroupsError as error:
        return _refuse(actor, domain, path, error, typed)
    flash(
        gettext("{path} is {new} now.", path=path, new=new)
        if new != path
        else gettext("{path} stays where it is.", path=path)
    )
    return redirect(url_for("contactsgroups.departments.show", domain=domain, path=new), 303)


@blueprint.post("/remove")
def remove(domain: str) -> ResponseReturnValue:
    """Remove a department that nobody and nothing is in."""
    actor, (path,) = require_administrator(), _posted("path")
    try:
        department_tree.remove_department(current_database(), actor, domain, path)
    except ContactsGroupsError as error:
        return _refuse(actor, domain, path, error)
    flash(gettext("Removed {path}.", path=path))
    return _to_tree(domain)


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with what was typed."""
    actor, domain = require_administrator(), str((request.view_args or {})["domain"])
    text = error.in_words(gettext("Check the form and send it again."))
    path, typed = _posted("path", "new_path")
    if request.endpoint == "contactsgroups.departments.add":
        return _tree_page(actor, domain, typed=path, error=text), 403
    is_move = request.endpoint == "contactsgroups.departments.move"
    return _page(actor, domain, path, typed if is_move else None, text), 403


def _posted(*names: str) -> tuple[str, ...]:
    return tuple(request.form.get(name, "") for name in names)


def _to_tree(domain: str) -> Response:
    return redirect(url_for("contactsgroups.departments.show_all", domain=domain), 303)


def _tree_page(actor: Principal, domain: str, typed: str = "", error: str = "") -> str:
    return render(
        "departments.html",
        domain=domain,
        shown=display_domain(domain),
        tree=department_tree.read_tree(current_database(), actor, domain),
        typed=typed,
        error=error,
    )


def _refuse(
    actor: Principal, domain: str, path: str, error: ContactsGroupsError, typed: str | None = None
) -> Response:
    if isinstance(error, DepartmentNotFound):
        raise error  # Somebody else has moved or removed it: there is no page to show again.
    return refuse_form(_page(actor, domain, path, typed, say(error)), error)


def _page(
    actor: Principal, domain: str, path: str, typed: str | None = None, error: str = ""
) -> str:
    """Return the page of a department; an error is about the new path if one was typed."""
    tree = department_tree.read_tree(current_database(), actor, domain)
    return render(
        "department.html",
        domain=domain,
        shown=display_domain(domain),
        department=_named(tree, path),
        children=[each for each in tree if each.parent == path],
        typed=path if typed is None else typed,
        move_fault=error if typed is not None else "",
        error=error if typed is None else "",
    )


def _named(tree: tuple[DepartmentNode, ...], path: str) -> DepartmentNode:
    found = next((each for each in tree if each.path == path), None)
    if found is None:
        raise NotFound("there is no department {path}", path=path[:100])
    return found
