"""How members are added to a group: typed, pasted, uploaded, or a whole department at once."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import reduce
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput
from contactsgroups.domain.last_day import read_last_day
from contactsgroups.domain.member_lines import MemberLine, read_file, read_lines
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text_files import decode_file
from contactsgroups.services import groups
from contactsgroups.services.accounts.listing import DepartmentView, list_departments_of
from contactsgroups.services.groups.department_members import (
    DepartmentChoice,
    DepartmentReport,
    add_department,
    count_department,
)
from contactsgroups.services.groups.last_days import Stay
from contactsgroups.services.groups.members import ADDRESSES_LIMIT, require_editable
from contactsgroups.services.groups.pasting import PasteReport, paste_members
from contactsgroups.web.admin.member_page import back_with, member_page
from contactsgroups.web.admin.member_query import MemberQuery
from contactsgroups.web.admin.parameters import one_line
from contactsgroups.web.admin.paste_form import ROWS, PasteForm
from contactsgroups.web.admin.proposals import with_proposals
from contactsgroups.web.errors import refuse_form, reshowing
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import end_sentence, gettext, mark, ngettext, say
from contactsgroups.web.rendering import render
from contactsgroups.web.security import TEXT_LIMIT, FormExpired
from contactsgroups.web.state import current_core, current_database

blueprint = Blueprint("joining", __name__, url_prefix="/admin/groups/<uuid:uuid>/members")

DEPARTMENTS = 2000  # that the choice offers; the path of any other one can be typed
_GUESSED = mark(
    "The file does not say how its letters are written, and is not UTF-8: it was read as "
    "Windows-1252 (Western European). If addresses have wrong letters, save it as UTF-8."
)

Refusal = Callable[[ContactsGroupsError], ResponseReturnValue]


@blueprint.post("")
def add(uuid: UUID) -> ResponseReturnValue:
    """Add what was typed above the list, and report each line that needs a look."""
    actor, typed = require_principal(), request.form.get("members", "")

    def refuse(error: ContactsGroupsError) -> ResponseReturnValue:
        page = member_page(actor, _query(uuid), typed=typed, **_shown(error))
        return refuse_form(page, error)

    return _add(actor, uuid, lambda: read_lines(typed), refuse)


@blueprint.get("/add")
def show(uuid: UUID) -> str:
    """Show the ways to add many members."""
    return _ways_page(require_principal(), uuid)


@blueprint.post("/add")
def paste(uuid: UUID) -> ResponseReturnValue:
    """Add what was pasted, line by line."""
    actor, typed = require_principal(), request.form.get("lines", "")

    def refuse(error: ContactsGroupsError) -> ResponseReturnValue:
        shown = _shown(error, "paste_error", "paste_until")
        return refuse_form(_ways_page(actor, uuid, typed=typed, **shown), error)

    return _add(actor, uuid, lambda: read_lines(typed), refuse)


@blueprint.post("/upload")
def upload(uuid: UUID) -> ResponseReturnValue:
    """Add what a file says, line by line."""
    actor = require_principal()
    note = ""

    def read() -> Sequence[MemberLine]:
        nonlocal note
        decoded = decode_file(_uploaded(), field="file")
        note = gettext(_GUESSED) if decoded.is_guessed else ""
        return read_file(decoded.text)

    def refuse(error: ContactsGroupsError) -> ResponseReturnValue:
        shown = _shown(error, "file_error", "file_until")
        return refuse_form(_ways_page(actor, uuid, **shown), error)

    return _add(actor, uuid, read, refuse, lambda: note)


@blueprint.post("/corrected")
def add_corrected(uuid: UUID) -> ResponseReturnValue:
    """Add the lines that somebody has looked at; what is wrong still is shown again."""
    actor, form = require_principal(), PasteForm.posted(request.form)

    def refuse(error: ContactsGroupsError) -> ResponseReturnValue:
        return refuse_form(_form_page(actor, uuid, form, **_shown(error)), error)

    return _add(actor, uuid, lambda: form.lines, refuse)


@blueprint.get("/department")
def ask_about_department(uuid: UUID) -> ResponseReturnValue:
    """Show how many a department would bring, before they are added."""
    actor, choice = require_principal(), _choice(request.args)
    try:
        count = count_department(current_database(), actor, str(uuid), choice)
    except ContactsGroupsError as error:
        page = _ways_page(actor, uuid, choice=choice, department_error=say(error))
        return refuse_form(page, error)
    return _ways_page(actor, uuid, choice=choice, count_of=count)


@blueprint.post("/department")
def add_all_of_department(uuid: UUID) -> ResponseReturnValue:
    """Add everybody who is in a department now."""
    actor, choice = require_principal(), _choice(request.form)
    try:
        report = add_department(current_database(), actor, str(uuid), choice)
    except ContactsGroupsError as error:
        page = _ways_page(actor, uuid, choice=choice, department_error=say(error))
        return refuse_form(page, error)
    if report.refused or report.stopped is not None:
        page = member_page(actor, _query(uuid), department=report)
        return page if report.stopped is None else refuse_form(page, report.stopped)
    return back_with(_department_in_words(report), _query(uuid))


@blueprint.errorhandler(FormExpired)
@reshowing
def show_again(error: FormExpired) -> ResponseReturnValue:
    """Show an expired form again, with all that was typed."""
    uuid: UUID = (request.view_args or {})["uuid"]
    actor, text = require_principal(), error.in_words(gettext("Try once more."))
    match (request.endpoint or "").rpartition(".")[2]:
        case "add":
            typed = request.form.get("members", "")
            shown = {"typed": typed, "until": _typed_until(), "error": text}
            return member_page(actor, _query(uuid), **shown), 403
        case "add_corrected":
            return _form_page(actor, uuid, PasteForm.posted(request.form), error=text), 403
        case "paste":
            typed = request.form.get("lines", "")
            shown = {"typed": typed, "paste_until": _typed_until(), "paste_error": text}
            return _ways_page(actor, uuid, **shown), 403
        case "upload":
            text = error.in_words(gettext("Try once more. Choose the file again."))
            shown = {"file_until": _typed_until(), "file_error": text}
            return _ways_page(actor, uuid, **shown), 403
    choice = _choice(request.form)
    return _ways_page(actor, uuid, choice=choice, department_error=text), 403


def _add(
    actor: Principal,
    uuid: UUID,
    read: Callable[[], Sequence[MemberLine]],
    refuse: Refusal,
    note: Callable[[], str] = str,
) -> ResponseReturnValue:
    """Add lines; go back to the list, or show it below the lines that need a look."""
    try:
        require_editable(current_database(), actor, str(uuid))  # Before much is read.
        until = read_last_day(_typed_until()) or Stay.AS_IT_IS
        report = paste_members(current_database(), actor, str(uuid), read(), until=until)
    except ContactsGroupsError as error:
        return refuse(error)
    if report.is_clean:
        return back_with(" ".join(filter(None, (_in_words(report), note()))), _query(uuid))
    page = _report_page(actor, uuid, report, note())
    if report.stopped is not None:
        return refuse_form(page, report.stopped)
    return page, 200 if report.added or report.already else 422


def _report_page(actor: Principal, uuid: UUID, report: PasteReport, note: str) -> str:
    shown = with_proposals(current_core().completions, actor, report.refused[:ROWS])
    rest = [*report.refused[ROWS:], *report.left]
    return member_page(
        actor,
        _query(uuid),
        report=report,
        paste_form=replace(PasteForm.of(shown, rest), until=_typed_until()),
        note=note,
    )


def _form_page(actor: Principal, uuid: UUID, form: PasteForm, **context: Any) -> str:
    return member_page(actor, _query(uuid), paste_form=form, **context)


def _typed_until() -> str:
    """Return what stands in the field of the last day."""
    return one_line(request.form.get("until", ""))


def _shown(error: ContactsGroupsError, name: str = "error", until: str = "until") -> dict[str, str]:
    """Return what a page shows after a refusal: the last day as typed, and the error beside it.

    Args:
        name: of the error about all else.
        until: of the last day; its own error is called ``until_error`` after the same beginning.
    """
    is_about_day = getattr(error, "field", None) == "until"
    return {until: _typed_until(), f"{until}_error" if is_about_day else name: say(error)}


def _ways_page(actor: Principal, uuid: UUID, **context: Any) -> str:
    """Show the ways to add many; who manages accounts also adds whole departments."""
    database = current_database()
    group = groups.show_group(database, actor, str(uuid))
    require_editable(database, actor, str(uuid))
    departments: tuple[DepartmentView, ...] = ()
    if Right.MANAGE_ACCOUNTS in group.rights:
        found = list_departments_of(database, actor, domain=None, after="", limit=DEPARTMENTS)
        departments = found.items
    return render(
        "members_add.html",
        group=group,
        departments=departments,
        domains=sorted({each.domain for each in departments}),
        most=ADDRESSES_LIMIT,
        megabytes=TEXT_LIMIT // 1024**2,
        **context,
    )


def _uploaded() -> bytes:
    """Return the file that was sent.

    Raises:
        InvalidInput: there is none, or it is too large.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        raise _no_file()
    with closing(file):
        data: bytes = file.read(TEXT_LIMIT + 1)
    if not data:
        raise _no_file()
    if len(data) > TEXT_LIMIT:
        raise InvalidInput(
            "the file is larger than {limit} MB; send it in parts",
            field="file",
            limit=TEXT_LIMIT // 1024**2,
        )
    return data


def _no_file() -> InvalidInput:
    return InvalidInput("choose a file that has something in it", field="file")


def _choice(given: Any) -> DepartmentChoice:
    """Return the department that was chosen, as ``example.org/Sales/Europe``."""
    domain, _, path = one_line(given.get("department", "")).partition("/")
    return DepartmentChoice(domain=domain, path=path, with_below=given.get("below") != "no")


def _query(uuid: UUID) -> MemberQuery:
    return MemberQuery(uuid=str(uuid))


def _in_words(report: PasteReport) -> str:
    parts = []
    if report.added:
        parts.append(_added(report.added))
    if report.unchanged:
        parts.append(_already(report.unchanged))
    if report.dated:
        parts.append(
            ngettext("{number} with a new last day", "{number} with a new last day", report.dated)
        )
    if report.doubled:
        doubled = report.doubled
        parts.append(ngettext("{number} named twice", "{number} named twice", doubled))
    return _listed(parts)


def _added(addresses: Sequence[str]) -> str:
    if len(addresses) == 1:
        return gettext("Added {address}", address=addresses[0])
    return ngettext("Added {number} member", "Added {number} members", len(addresses))


def _already(number: int) -> str:
    return ngettext("{number} already there", "{number} already there", number)


def _department_in_words(report: DepartmentReport) -> str:
    added, path = report.added, report.path
    if not added:
        return gettext("Everybody in {path} is a member already.", path=path)
    if len(added) == 1:
        done = gettext("Added {address} of {path}", address=added[0], path=path)
    else:
        done = ngettext(
            "Added {number} member of {path}",
            "Added {number} members of {path}",
            len(added),
            path=path,
        )
    return _listed([done, _already(report.already)] if report.already else [done])


def _listed(parts: Sequence[str]) -> str:
    """Return what was done, one after another; each part could stand alone."""
    return end_sentence(
        reduce(lambda done, more: gettext("{done}, {more}", done=done, more=more), parts)
    )
