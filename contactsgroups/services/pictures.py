"""Every group has a picture: its own, made small, or an icon."""

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from PIL import Image, UnidentifiedImageError

from contactsgroups.domain.errors import InvalidPicture, Unavailable
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import Group
from contactsgroups.services import icons

SIDE = 256  # pixels; address-book clients show at most this
BYTES_LIMIT = 16 * 1024  # what the card carries
UPLOAD_LIMIT = 5 * 1024 * 1024
_PIXELS_LIMIT = 40_000_000
# The decoder of WebP holds several copies of the picture, so fewer pixels take as much memory.
_WEBP_PIXELS_LIMIT = 12_000_000
_FEW_PIXELS = 2048  # a side from which the small picture is made; 16 MB at most
_WAIT = 20.0  # seconds for the pictures of others

# Icons of another release may look different.
_DRAWING = version("contactsgroups").encode()

# One at a time in a process: 40 million pixels take up to 320 MB until they are few.
_decoding = threading.Lock()


def picture_of(group: Group) -> bytes:
    """Return the group's picture, a PNG image of at most 256 pixels and 16 KB."""
    return group.picture or icons.draw(group.shown_name, group.uuid)


def replace_picture(group: Group, picture: bytes | None) -> None:
    """Give a group a small picture, or None to leave it an icon."""
    group.picture = picture
    group.picture_digest = _digest(picture) if picture else ""


def version_of(group: Group) -> str:
    """Return a short text that changes whenever the picture does, for caching.

    Neither reads nor draws the picture: lists show many.
    """
    drawn = f"{group.uuid} {group.shown_name}".encode()
    return group.picture_digest or _digest(_DRAWING + drawn)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def normalise(data: bytes) -> bytes:
    """Turn an uploaded image into a small PNG.

    Raises:
        InvalidPicture: it is no image, or larger than 5 MB or 40 million pixels (WebP: 12 million).
        Unavailable: too many other pictures are being made smaller.
    """
    if len(data) > UPLOAD_LIMIT:
        raise InvalidPicture("the picture is larger than 5 MB", field="picture")
    with _turn():
        try:
            image = _with_few_pixels(data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_many_pixels(_PIXELS_LIMIT) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise InvalidPicture(
                "the picture is not a PNG, JPEG, GIF or WebP image", field="picture"
            ) from error
        return _shrink(image)


@contextmanager
def _turn() -> Iterator[None]:
    if not _decoding.acquire(timeout=_WAIT):
        raise Unavailable("other pictures are being made smaller; try again in a minute")
    try:
        yield
    finally:
        _decoding.release()


def _with_few_pixels(data: bytes) -> Image.Image:
    """Decode an image, without a second copy of all its pixels in memory."""
    image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP"))
    limit = _WEBP_PIXELS_LIMIT if image.format == "WEBP" else _PIXELS_LIMIT
    if image.width * image.height > limit:
        raise _too_many_pixels(limit)
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # JPEG: its decoder leaves pixels out itself.
    # Any better way of leaving pixels out copies them all first, and what remains is enough.
    image.thumbnail((_FEW_PIXELS, _FEW_PIXELS), Image.Resampling.NEAREST, reducing_gap=None)
    return image.convert("RGBA")


def _too_many_pixels(limit: int) -> InvalidPicture:
    text = Sentence(
        "the picture has too many pixels; at most {millions} million are taken",
        millions=limit // 1_000_000,
    )
    return InvalidPicture(text, field="picture")


def _shrink(image: Image.Image) -> bytes:
    """Make the image smaller until it fits into a card."""
    for side in (SIDE, 192, 128, 96, 64, 48):
        small = image.copy()
        small.thumbnail((side, side))
        data = _encode(small.quantize(256))
        if len(data) <= BYTES_LIMIT:
            return data
    raise InvalidPicture("the picture cannot be made small enough", field="picture")


def _encode(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
