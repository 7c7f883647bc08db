"""The usage of an account, over the API."""

import json
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from contactsgroups.services.completion import usage
from contactsgroups.services.completion.usage import UsedAddress
from contactsgroups.web.api.completion_schemas import Learning, UsedQuery, UsedRecipients
from contactsgroups.web.api.json_body import parse_json
from contactsgroups.web.api.operations import Operation, describes
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database, current_state

blueprint = Blueprint("usage", __name__, url_prefix="/completions")


@blueprint.post("/used")
@describes(
    Operation(
        summary="Record recipients",
        scope="write",
        body=UsedRecipients,
        answers={204: None},
        problems=(429,),
    )
)
def record() -> Response:
    """Record the recipients of a message; the host calls it after sending.

    Takes ``{"recipients": [{"address": "…", "name": "…"}, …]}``; names may be left out.
    """
    principal = require_principal()
    recipients = _json_object().get("recipients")
    if not isinstance(recipients, list):
        raise BadRequest("recipients must be a list")
    mailed = [_mailed(each) for each in recipients]
    current_state().usage_rate.take(
        str(principal.address),
        max(1, min(len(mailed), usage.RECIPIENTS_LIMIT)),
        reason="too many recipients recorded; these were not",
    )
    usage.record_usage(current_database(), principal, mailed)
    return _nothing()


@blueprint.delete("/used")
@describes(Operation(summary="Remove usage", scope="write", query=UsedQuery, answers={204: None}))
def remove() -> Response:
    """Remove the usage of ``address``; without it, all usage."""
    principal = require_principal()
    # A misspelt one would remove all usage.
    if request.args.keys() - {"address"}:
        raise BadRequest("only the parameter address is known")
    address = request.args.get("address")
    if address is None:
        usage.remove_all_usage(current_database(), principal)
    else:
        usage.remove_usage(current_database(), principal, address)
    return _nothing()


@blueprint.get("/learning")
@describes(Operation(summary="Whether usage is recorded", answers={200: Learning}))
def show_learning() -> Response:
    """Answer ``{"enabled": true}`` or false."""
    enabled = usage.is_usage_recorded(current_database(), require_principal())
    return Response(json.dumps({"enabled": enabled}), mimetype="application/json")


@blueprint.put("/learning")
@describes(
    Operation(
        summary="Switch the recording of usage", scope="write", body=Learning, answers={204: None}
    )
)
def switch_learning() -> Response:
    """Take ``{"enabled": true}`` or false."""
    principal = require_principal()
    enabled = _json_object().get("enabled")
    if not isinstance(enabled, bool):
        raise BadRequest("enabled must be true or false")
    usage.set_usage_recording(current_database(), principal, enabled=enabled)
    return _nothing()


def _json_object() -> dict[str, Any]:
    # Not get_json: a host's JSON provider may read and write JSON of another kind.
    body = parse_json(request.get_data()) if request.is_json else None
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    return body


def _mailed(given: object) -> UsedAddress:
    if not isinstance(given, dict):
        raise BadRequest("each recipient must be an object with an address")
    address, name = given.get("address"), given.get("name", "")
    if not isinstance(address, str) or not isinstance(name, str):
        raise BadRequest("address and name must be text")
    return UsedAddress(address, name)


def _nothing() -> Response:
    return Response(status=204)
