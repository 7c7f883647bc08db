"""A group's own picture over the API: read, replace, remove."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from contactsgroups.domain.errors import InvalidPicture
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails, audience
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.pictures import UPLOAD_LIMIT
from contactsgroups.web.api.group_schemas import Group
from contactsgroups.web.api.groups import answer_with, save
from contactsgroups.web.api.operations import Answer, Media, Operation, describes, serves
from contactsgroups.web.identity import require_principal
from contactsgroups.web.state import current_database

blueprint = Blueprint("pictures", __name__, url_prefix="/groups/<uuid:uuid>/picture")

_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@blueprint.get("")
@describes(
    Operation(
        summary="Read a group's picture",
        answers={200: Media("image/png"), 304: None},
        has_tag=True,
    )
)
def read_picture(uuid: UUID) -> Response:
    """Send the group's picture, or the icon that stands in for it, as a small PNG.

    `picture` of a group leads to the same one, and may be kept for ever.
    """
    picture = audience.read_visible_picture(current_database(), require_principal(), str(uuid))
    response = Response(picture.data, mimetype="image/png")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(picture.version)
    response.make_conditional(request)
    return response


@blueprint.put("")
@serves(
    Operation(
        summary="Replace a group's picture",
        scope="write",
        for_owners=True,
        uploads=_IMAGES,
        answers={200: Group},
        problems=(409, 412),
        has_tag=True,
    )
)
def replace_picture(uuid: UUID) -> Answer:
    """Give the group a picture: PNG, JPEG, GIF or WebP of 5 MB and 40 million pixels at most.

    It is made small, 256 pixels at most; WebP may have 12 million pixels.
    """
    return answer_with(_save(uuid, _sent()))


@blueprint.delete("")
@serves(
    Operation(
        summary="Remove a group's picture",
        scope="write",
        for_owners=True,
        answers={204: None},
        problems=(409, 412),
    )
)
def remove_picture(uuid: UUID) -> None:
    """Leave the group an icon; harmless if it has no picture of its own."""
    _save(uuid, b"")


def _sent() -> bytes:
    """Return the picture that was sent, of one octet more than is taken at most.

    Raises:
        UnsupportedMediaType: it is said to be something else.
        InvalidPicture: nothing was sent.
    """
    if request.mimetype not in _IMAGES:
        raise UnsupportedMediaType(f"the body must be one of {', '.join(_IMAGES)}")
    sent = request.stream.read(UPLOAD_LIMIT + 1)
    if not sent:
        raise InvalidPicture("the picture is not a PNG, JPEG, GIF or WebP image", field="picture")
    return sent


def _save(uuid: UUID, picture: bytes) -> GroupDetails:
    stored = groups.show_group(current_database(), require_principal(), str(uuid))
    return save(stored, replace(draft_like(stored), picture=picture))
