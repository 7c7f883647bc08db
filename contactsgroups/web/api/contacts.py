"""The address book over the API: what compose lists of groups and people, and searches."""

from typing import Annotated, Literal

from flask import Blueprint
from pydantic import ConfigDict, Field

from contactsgroups.services.completion import CONTACT_KINDS, FOUND_LIMIT, EntryKind
from contactsgroups.web.api import conditions
from contactsgroups.web.api.completion_schemas import Open
from contactsgroups.web.api.operations import Answer, Operation, serves
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.schemas import Page, PageQuery, Word
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_core, current_state

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")

_BY_NAME, _FOUND = "contacts", "contacts found"  # in cursors
_KINDS = {"group": frozenset({EntryKind.GROUP}), "person": frozenset({EntryKind.ACCOUNT})}
_TOO_OFTEN = "the address book was asked too often; wait a moment"


class ContactQuery(PageQuery):
    """Which contacts are listed."""

    q: Annotated[
        Word, Field(description="Beginnings of words of the name or the address, in any script.")
    ] = ""
    kind: Annotated[
        Literal["group", "person"] | None, Field(description="Without it, groups and people.")
    ] = None


class Contact(Open):
    """A group or a person, with the fields that a suggestion has."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Annotated[str, Field(description="`group` or `account`.")]
    id: str
    name: str
    address: str
    icon: Annotated[
        str | None, Field(description="Of a group: where its picture is, from the API's root.")
    ] = None
    member_count: Annotated[
        int | None, Field(description="Of a group: mailboxes that get a copy.")
    ] = None
    external_count: Annotated[
        int | None,
        Field(description="Those of them in no domain served here, where it shows them."),
    ] = None
    members_visible: Annotated[
        bool | None, Field(description="Of a group: whether it shows who is in it.")
    ] = None
    moderated: bool | None = None
    posting: Annotated[
        str | None,
        Field(description="What becomes of a message: `accept`, `hold`, `reject` or `defer`."),
    ] = None
    posting_reason: str | None = None
    via: Annotated[str | None, Field(description="The alias by which it was found.")] = None


class ContactList(Page):
    """A page of contacts: by name, or those that a search finds, best first."""

    items: list[Contact]
    cut: Annotated[
        bool,
        Field(
            description=f"Whether a search has found more than {FOUND_LIMIT}; the best are listed."
        ),
    ] = False


@blueprint.get("")
@serves(
    Operation(
        summary="List contacts",
        query=ContactQuery,
        answers={200: ContactList, 304: None},
        problems=(429,),
        has_tag=True,
    )
)
def list_contacts(query: ContactQuery) -> Answer:
    """List the groups and people that one may see: the same ones that completions suggest."""
    principal = require_principal()
    current_state().rate.take(str(principal.address), reason=_TOO_OFTEN)
    name = _FOUND if query.q.strip() else _BY_NAME
    page = current_core().completions.list_contacts(
        principal,
        query.q,
        kinds=CONTACT_KINDS if query.kind is None else _KINDS[query.kind],
        after=place_of(name, query.cursor),
        limit=query.limit,
    )
    items = [Contact.model_validate_json(each.payload) for each in page.items]
    shown = ContactList(items=items, cut=page.is_cut, next_cursor=cursor_of(name, page.next_after))
    return Answer(shown, tag=conditions.tag_of(shown))
