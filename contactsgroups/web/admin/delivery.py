"""The page that says what would become of a message to a group, and who would get a copy."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.posting import Action, Lane
from contactsgroups.services import groups
from contactsgroups.services.groups.delivery_preview import preview_delivery
from contactsgroups.services.groups.posting_preview import Proof, Verdict, preview_posting
from contactsgroups.services.groups.preview_rows import Shown
from contactsgroups.web.admin.parameters import read_text, read_whole_text
from contactsgroups.web.errors import refuse_form
from contactsgroups.web.identity import require_principal
from contactsgroups.web.languages import mark, say
from contactsgroups.web.rendering import render
from contactsgroups.web.state import current_database

blueprint = Blueprint("delivery", __name__, url_prefix="/admin/groups/<uuid:uuid>/delivery")

PAGE = 50  # rows on one page
PROOFS = {
    Proof.SIGNED_IN: mark("Signed in"),
    Proof.NONE: mark("Not signed in"),
    Proof.TRUSTED: mark("From a trusted server"),
    Proof.AUTOMATIC: mark("An automatic reply"),
}
USUAL = {
    Proof.SIGNED_IN: mark("What is usual: signed in"),
    Proof.NONE: mark("What is usual: not signed in"),
    Proof.TRUSTED: mark("What is usual: from a trusted server"),
    Proof.AUTOMATIC: mark("What is usual: an automatic reply"),
}
OUTCOMES = {
    Action.ACCEPT: (mark("Delivered"), "good"),
    Action.HOLD: (mark("Waits for a moderator"), "held"),
    Action.REJECT: (mark("Refused"), "refused"),
    Action.DISCARD: (mark("Dropped"), "dropped"),
    Action.DEFER: (mark("Try later"), "dropped"),
}


LANES = {
    Lane.NATIVE: mark("Postfix hands the copies out by itself, automatic replies as well."),
    Lane.LMTP: mark("The header is read before copies are made: automatic replies get none."),
    Lane.NONE: "",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the URL asks for."""

    sender: str
    proof: Proof | None
    search: str
    shown: Shown
    after: str

    @classmethod
    def read(cls) -> "_Asked":
        """Read the parameters; what no page of ours asks for counts as left out."""
        proof, shown = read_text("proof"), read_text("shown")
        return cls(
            sender=read_whole_text("sender"),
            proof=Proof(proof) if proof in [*Proof] else None,
            search=read_text("q"),
            shown=Shown(shown) if shown in [*Shown] else Shown.ALL,
            after=read_text("after"),
        )

    def values(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of another page of this one's question."""
        values = {
            "sender": self.sender,
            "proof": self.proof,
            "q": self.search,
            "shown": "" if self.shown is Shown.ALL else self.shown,
            **changes,
        }
        return {name: value for name, value in values.items() if value}


@blueprint.get("")
def show(uuid: UUID) -> ResponseReturnValue:
    """Say what would become of a message from a sender, and list who would get it."""
    actor, database, asked = require_principal(), current_database(), _Asked.read()
    try:
        verdict = preview_posting(
            database, actor, str(uuid), sender=asked.sender, proof=asked.proof
        )
    except InvalidInput as error:
        return refuse_form(_page(uuid, asked, None, error), error)
    return _page(uuid, asked, verdict)


def _page(
    uuid: UUID, asked: _Asked, verdict: Verdict | None, error: InvalidInput | None = None
) -> str:
    actor, database = require_principal(), current_database()
    outcome, look = OUTCOMES[verdict.decision.action] if verdict else ("", "")
    return render(
        "group_delivery.html",
        group=groups.show_group(database, actor, str(uuid)),
        asked=asked,
        sender=asked.sender or actor.address.original,
        proofs=PROOFS,
        usual=USUAL,
        verdict=verdict,
        outcome=outcome,
        lane=LANES[verdict.lane] if verdict else "",
        look=look,
        errors={(error.field or ""): [say(error)]} if error else {},
        preview=preview_delivery(
            database,
            actor,
            str(uuid),
            search=asked.search,
            shown=asked.shown,
            after=asked.after,
            limit=PAGE,
        ),
    )
