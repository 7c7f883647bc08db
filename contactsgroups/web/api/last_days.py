"""The last days of members and of pinned accounts over the API."""

from typing import Annotated
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from contactsgroups.services.groups.last_days import read_day_or_never
from contactsgroups.services.groups.member_ends import MEMBERS_LIMIT, set_last_day
from contactsgroups.web.api.operations import Operation, serves
from contactsgroups.web.api.schemas import Schema
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("last_days", __name__, url_prefix="/groups/<uuid:uuid>/last-days")


class LastDay(Schema):
    """Until when some members are in a group."""

    members: Annotated[
        list[Annotated[str, Field(max_length=1000)]],
        Field(
            max_length=MEMBERS_LIMIT,
            description="Their addresses; in a group that follows a department or a rule, those of "
            "`always_members`.",
        ),
    ]
    until: Annotated[
        str,
        Field(
            max_length=40,
            description="The last day in UTC, such as `2027-01-31`; `never` for no end.",
        ),
    ]


class DatedMembers(Schema):
    """What became of the members that were named; of the others it was their last day already."""

    changed: Annotated[list[str], Field(description="Those who have another last day now.")]
    missing: Annotated[list[str], Field(description="Those who are no members, or not pinned.")]


@blueprint.post("")
@serves(
    Operation(
        summary="Set the last day of members",
        scope="write",
        for_owners=True,
        body=LastDay,
        answers={200: DatedMembers},
    )
)
def set_last_days(uuid: UUID, body: LastDay) -> DatedMembers:
    """Let members end after a day, or not any more; in groups that follow the directory, pins.

    After its day, a pinned account is a member only if the department or the rule names it.

    It is done in pieces of 500 addresses: after 503, some of it may be done. Send it again then.
    """
    dated = set_last_day(
        current_database(),
        require_principal(),
        str(uuid),
        body.members,
        read_day_or_never(body.until),
    )
    return DatedMembers(changed=list(dated.changed), missing=list(dated.missing))
