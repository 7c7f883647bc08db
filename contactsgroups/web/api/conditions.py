"""Entity tags and the conditions of requests: If-Match is required where a change could be lost.

RFC 9110 section 13 (conditional requests), RFC 6585 section 3 (428).
"""

import hashlib

from flask import request
from pydantic import BaseModel
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from contactsgroups.domain.errors import StaleVersion


def text_of(body: BaseModel) -> str:
    """Return a body as JSON; what the principal may not know is left out."""
    return body.model_dump_json(exclude_none=True)


def tag_of(body: BaseModel) -> str:
    """Return the entity tag of a body: it changes whenever the body does."""
    digest = hashlib.blake2b(text_of(body).encode(), digest_size=12).hexdigest()
    return f'"{digest}"'


def require_match(body: BaseModel) -> None:
    """Compare If-Match with what is stored, before it is changed.

    Raises:
        PreconditionRequired: there is no such header (428).
        PreconditionFailed: it names another state (412).
    """
    if "If-Match" not in request.headers:
        raise PreconditionRequired("send the ETag that you read as If-Match")
    tag = tag_of(body)
    if not request.if_match.contains(tag[1:-1]):
        raise PreconditionFailed("it was changed since you read it; nothing of yours was saved")


def stale(error: StaleVersion) -> PreconditionFailed:
    """Return the same fault, where another principal saved just between."""
    return PreconditionFailed(str(error))
