"""Every group has a picture: its own, or one drawn from its initials and address."""

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from contactsgroups.domain.errors import InvalidPicture, Unavailable
from contactsgroups.persistence.models import Group

SIDE = 256  # pixels; address-book clients show at most this
BYTES_LIMIT = 16 * 1024  # what the card carries
UPLOAD_LIMIT = 5 * 1024 * 1024
_PIXELS_LIMIT = 40_000_000
# The decoder of WebP holds several copies of the picture, so fewer pixels take as much memory.
_WEBP_PIXELS_LIMIT = 12_000_000
_FEW_PIXELS = 2048  # a side from which the small picture is made; 16 MB at most
_WAIT = 20.0  # seconds for the pictures of others

# One at a time in a process: 40 million pixels take up to 320 MB until they are few.
_decoding = threading.Lock()

# Dark enough that white initials have a contrast of at least 4.5 (WCAG 2.2, 1.4.3).
_COLOURS = (
    "#1d4ed8", "#0f766e", "#15803d", "#a16207", "#b45309", "#c2410c",
    "#b91c1c", "#be185d", "#a21caf", "#7e22ce", "#4338ca", "#0e7490",
)  # fmt: skip


def picture_of(group: Group) -> bytes:
    """Return the group's picture, a PNG image of at most 256 pixels and 16 KB."""
    return group.picture or draw(group.display_name, group.uuid)


def version_of(group: Group) -> str:
    """Return a short text that changes whenever the picture does, for caching."""
    return hashlib.sha256(picture_of(group)).hexdigest()[:12]


@lru_cache(maxsize=4096)
def draw(name: str, key: str) -> bytes:
    """Draw initials on a colour that ``key`` picks, the same in every run."""
    colour = _COLOURS[int(hashlib.sha256(key.encode()).hexdigest(), 16) % len(_COLOURS)]
    image = Image.new("RGB", (128, 128), colour)
    canvas = ImageDraw.Draw(image)
    letters = initials(name)
    if letters.isascii() and letters != "@":
        canvas.text((64, 64), letters, fill="white", font=_font(), anchor="mm")
    else:
        _draw_people(canvas, colour)
    return _encode(image)


def _draw_people(canvas: ImageDraw.ImageDraw, colour: str) -> None:
    """Draw three figures: the font has Latin letters only."""
    for x, y, head in ((36, 52, 11), (92, 52, 11), (64, 46, 15)):
        canvas.ellipse((x - head, y - head, x + head, y + head), "white", colour, width=2)
        shoulders = head * 1.8
        top = y + head + 4
        canvas.pieslice(
            (x - shoulders, top, x + shoulders, top + 2 * shoulders), 180, 360, "white", colour
        )


def initials(name: str) -> str:
    """Return the first letters of the first and the last word, in upper case."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "@"
    letters = [words[0][0]] if len(words) == 1 else [words[0][0], words[-1][0]]
    return "".join(letters).upper()[:2]


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
    text = f"the picture has too many pixels; at most {limit // 1_000_000} million are taken"
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


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=56)
