"""The offer to undo what a request has just changed, shown in the line that says it is done.

It is made for every page alike: what a request commits is collected, and if the request ends with a
redirect, the next page offers to undo it.
"""

from flask import Blueprint, g, request, session
from werkzeug.wrappers import Response

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.services.groups.undo_offers import may_undo
from contactsgroups.services.groups.undoing import UNDOABLE, WORKS_LIMIT
from contactsgroups.services.unit_of_work import receipts
from contactsgroups.web.identity import UNDO_KEY
from contactsgroups.web.state import current_database, is_of_api, may_change


def offer_on(blueprint: Blueprint) -> None:
    """Collect what the pages of a blueprint change."""
    blueprint.before_request(_begin)
    blueprint.after_request(_carry_over)
    blueprint.teardown_request(_end)


def pending_undo() -> list[str]:
    """Return the units of work that the page now offers to undo, in the order of their commits.

    Those of this request, or of the one that redirected here.
    """
    changes = _changed_here() or session.pop(UNDO_KEY, [])
    principal = g.get("contactsgroups_principal")
    if not changes or principal is None:
        return []
    try:
        return changes if may_undo(current_database(), principal, changes) else []
    except ContactsGroupsError:  # The page itself matters more.
        return []


def back_here() -> str:
    """Return the path of the present page, if it can be called again."""
    here = request.script_root + request.full_path.removesuffix("?")
    return here if request.method == "GET" else ""


def _begin() -> None:
    if may_change() and not is_of_api():
        g.contactsgroups_receipts = receipts.begin()


def _carry_over(response: Response) -> Response:
    if response.status_code in {302, 303} and (changes := _changed_here()):
        session[UNDO_KEY] = changes
    return response


def _end(_error: BaseException | None) -> None:
    receipts.end()


def _changed_here() -> list[str]:
    """Return what this request committed, if all of it was changes of groups, and few."""
    found: list[receipts.Receipt] = g.get("contactsgroups_receipts", [])
    if len(found) > WORKS_LIMIT or not all(each.actions <= UNDOABLE for each in found):
        return []
    return [each.work_id for each in found]
