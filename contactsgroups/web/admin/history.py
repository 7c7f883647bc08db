"""The page of what was changed in one group, for administrators and owners."""

from uuid import UUID

from flask import Blueprint

from contactsgroups.services import audit_log, groups
from contactsgroups.services.groups.history import list_history
from contactsgroups.services.groups.undo_offers import find_offers
from contactsgroups.web.admin.audit_words import tell_in_language
from contactsgroups.web.admin.parameters import read_number
from contactsgroups.web.identity import require_principal
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("history", __name__, url_prefix="/admin/groups/<uuid:uuid>/history")

PAGE = 50  # entries on one page


@blueprint.get("")
def show(uuid: UUID) -> str:
    """Show who changed what, the newest first."""
    actor, database = require_principal(), current_database()
    before = read_number("before")
    group = groups.show_group(database, actor, str(uuid))
    page = list_history(database, actor, str(uuid), before=before, limit=PAGE)
    return render(
        "group_history.html",
        group=group,
        before=before,
        page=page,
        names=audit_log.read_names(database, actor, page.entries),
        tell=tell_in_language,
        offers=find_offers(database, actor, page.entries),
    )
