"""The icon of a group that has no picture: its initials above a row of people.

Initials alone would be taken for a person; the people say "group", also where an address-book
client cuts a circle out of the square.  What tells groups apart are the initials, the colour
behind them and the colour of the people.  The colours are chosen by the group's key, so they stay
when it gets another name.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFont

SIDE = 128  # pixels
_LETTERS_WIDTH = 94  # pixels; more would be cut off by a circle
_LARGEST, _SMALLEST = 60, 42  # sizes of letters; smaller ones run together at 32 pixels
_FINE = 4  # The people are drawn so much larger first, for smooth edges.
_STEPS = 16  # of a colour, from none to all of it


@dataclass(frozen=True, slots=True)
class Colours:
    """Of a background, the letters on it, and the people: each may be chosen."""

    background: str
    letters: str
    people: tuple[str, ...]


def _dark(background: str) -> Colours:
    return Colours(background, "#ffffff", ("#ffffff", "#ffdf80", "#8eecff", "#ffc4e1"))


def _light(background: str) -> Colours:
    return Colours(background, "#111827", ("#111827", "#1e2f8f", "#7a0f1c", "#0b4d24"))


# As far from each other as sixteen can be, also without red or green cones; letters have a
# contrast of 4.5 (WCAG 2.2, 1.4.3) and people of 3 (1.4.11); every tile stands out from a white
# page and from a dark one.  tests/services/test_icons.py computes all of it.
PALETTE = (
    *map(_dark, ("#4a4456", "#392dbb", "#8d1920", "#7f1d89", "#73631c")),
    *map(_dark, ("#0b758a", "#bb475d", "#3167ed", "#b33fbe")),
    *map(_light, ("#c77f3e", "#62a37b", "#8491e2", "#db84b2")),
    *map(_light, ("#78d1c0", "#c1bbfc", "#f4b768")),
)


@lru_cache(maxsize=4096)
def draw(name: str, key: str) -> bytes:
    """Return the icon as a PNG image, the same in every run."""
    colours, people = choose_colours(key)
    letters = _legible(initials(name))
    steps = ImageChops.lighter(_people(is_alone=not letters), _write(letters))
    image = Image.frombytes("P", steps.size, steps.tobytes())
    image.putpalette(
        [*_fade(colours.background, people), *_fade(colours.background, colours.letters)]
    )
    buffer = io.BytesIO()
    image.save(buffer, "PNG")  # To optimise it takes sixteen times as long, and saves 115 octets.
    return buffer.getvalue()


def choose_colours(key: str) -> tuple[Colours, str]:
    """Return the colours of a group with this key, and which of them its people have."""
    number = int(hashlib.sha256(key.encode()).hexdigest(), 16)
    colours = PALETTE[number % len(PALETTE)]
    return colours, colours.people[number // len(PALETTE) % len(colours.people)]


def initials(name: str) -> str:
    """Return up to three Latin capitals or digits for a name, in whatever script it is.

    Two of a single word, else those of the first, the second and the last word that count; a
    number at the end has two digits.  Nothing if there are neither letters nor digits.
    """
    words = [word for part in name.split() if (word := _strip(part))]
    if not words:
        return ""
    if len(words) == 1:
        return "".join(map(_capital, words[0][:2]))
    first, *middle, last = _weighty(words)
    letters = [_capital(first[0]), *(_capital(word[0]) for word in middle[:1])]
    if not last[0].isdigit():
        return "".join(letters) + _capital(last[0])
    return letters[0] + "".join(map(_capital, last[:2]))


def _strip(word: str) -> str:
    """Leave out what is neither letter nor digit, and letters that have no Latin counterpart."""
    return "".join(each for each in word if each.isalnum() and _capital(each))


def _weighty(words: list[str]) -> list[str]:
    """Leave out "of" and "and": small words where the first one is large; keep two at least."""
    large = [word for word in words if not word[0].islower()]
    return large if words[0][0].isupper() and len(large) > 1 else [*words[:1], *words[1:]]


@lru_cache(maxsize=1024)
def _capital(letter: str) -> str:
    """Return the Latin capital or digit that a letter of any script begins with."""
    latin = (each for each in anyascii(letter).upper() if each.isalnum())
    return next(latin, "")


# Each pixel is a number in the palette of the image: so many steps from the background to the
# people, then as many from the background to the letters.


def _fade(background: str, colour: str) -> list[int]:
    first, last = ImageColor.getrgb(background), ImageColor.getrgb(colour)
    return [
        round(before + (after - before) * step / (_STEPS - 1))
        for step in range(_STEPS)
        for before, after in zip(first, last, strict=True)
    ]


def _legible(letters: str) -> str:
    """Leave out the second of three letters that are too wide to be read in a list, as in WMW."""
    is_wide = len(letters) > 2 and _size_of(letters) < _SMALLEST
    return letters[0] + letters[-1] if is_wide else letters


def _size_of(letters: str) -> int:
    """Return the largest size at which the letters fit in, in pixels."""
    size = _LARGEST
    while _font(size).getlength(letters) > _LETTERS_WIDTH:
        size -= 2
    return size


def _write(letters: str) -> Image.Image:
    """Write letters into the upper part, as large as there is room."""
    size = _size_of(letters)
    image = Image.new("L", (SIDE, SIDE))
    place = (SIDE / 2, 46)
    ImageDraw.Draw(image).text(place, letters, 255, _font(size), anchor="mm", stroke_width=2)
    return image.point([0, *(_STEPS + value * (_STEPS - 1) // 255 for value in range(1, 256))])


@lru_cache(maxsize=2)
def _people(*, is_alone: bool) -> Image.Image:
    """Draw three people: below the letters, or large in the middle."""
    image = Image.new("L", (_FINE * SIDE, _FINE * SIDE))
    canvas = ImageDraw.Draw(image)
    scale, top = (1.2, 36.0) if is_alone else (1.0, 79.0)
    for x, y, head in ((-31.0, 7.0, 8.5), (31.0, 7.0, 8.5), (0.0, 0.0, 11.0)):
        place = (SIDE / 2 + scale * x, top + scale * y)
        for colour, margin in ((0, 3.0), (255, 0.0)):
            _draw_person(canvas, place, scale * head, scale * margin, colour)
    bottom = _FINE * (top + scale * (SIDE - 79.0))
    canvas.rectangle((0, bottom, image.width, image.height), 0)
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX)
    return small.point([value * (_STEPS - 1) // 255 for value in range(256)])


def _draw_person(
    canvas: ImageDraw.ImageDraw, top: tuple[float, float], head: float, margin: float, colour: int
) -> None:
    """Draw a head and shoulders, both larger by a margin that keeps figures apart."""
    x, y = top
    _ellipse(canvas, x, y + head, head + margin, head + margin, colour)
    _ellipse(canvas, x, y + 4.6 * head, 1.95 * head + margin, 2.2 * head + margin, colour)


def _ellipse(
    canvas: ImageDraw.ImageDraw, x: float, y: float, width: float, height: float, colour: int
) -> None:
    """Draw an ellipse around a point; ``width`` and ``height`` are the halves of its axes."""
    corners = (x - width, y - height, x + width, y + height)
    canvas.ellipse([_FINE * each for each in corners], colour)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)
