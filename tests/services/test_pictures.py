"""Pictures: any usual image becomes a small PNG, and a group without one has its initials."""

import io
import random
import subprocess
import sys

import pytest
from PIL import Image

from contactsgroups.domain.errors import InvalidPicture, Unavailable
from contactsgroups.persistence.models import Group
from contactsgroups.services import icons, pictures


def image_file(file_format: str, size: tuple[int, int] = (300, 200), mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 90).convert(mode).save(buffer, file_format)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_usual_images_become_a_png_that_fits_into_a_card(file_format: str) -> None:
    data = pictures.normalise(image_file(file_format))
    image = opened(data)
    assert image.format == "PNG"
    assert max(image.size) <= pictures.SIDE
    assert len(data) <= pictures.BYTES_LIMIT


def test_the_proportions_stay_and_small_images_are_not_blown_up() -> None:
    wide = opened(pictures.normalise(image_file("PNG", (1000, 100))))
    assert wide.width / wide.height == pytest.approx(10, rel=0.1)
    assert opened(pictures.normalise(image_file("PNG", (20, 10)))).size == (20, 10)


@pytest.mark.parametrize("file_format", ["BMP", "TIFF", "PPM"])
def test_other_formats_are_refused(file_format: str) -> None:
    with pytest.raises(InvalidPicture, match="not a PNG, JPEG, GIF or WebP image"):
        pictures.normalise(image_file(file_format))


def test_what_is_no_image_is_refused() -> None:
    chance = random.Random(1)
    whole = image_file("PNG")
    faulty = [b"", b"\x89PNG", whole[:100], whole[:-200], b"<svg/>", chance.randbytes(1000)]
    for data in faulty:
        with pytest.raises(InvalidPicture) as caught:
            pictures.normalise(data)
        assert caught.value.field == "picture"


def test_too_many_bytes_or_pixels_are_refused_before_they_are_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(InvalidPicture, match="larger than 5 MB"):
        pictures.normalise(b"\x89PNG" + bytes(pictures.UPLOAD_LIMIT))
    monkeypatch.setattr(pictures, "_PIXELS_LIMIT", 1000)
    with pytest.raises(InvalidPicture, match="too many pixels"):
        pictures.normalise(image_file("PNG", (100, 100)))


def plain_file(file_format: str, mode: str, side: int, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (side, side)).save(buffer, file_format, **options)
    return buffer.getvalue()


# Pillow itself warns from 90 million pixels and refuses from 180 million.
@pytest.mark.parametrize(
    ("file_format", "side", "most"),
    [("PNG", 6_400, 40), ("PNG", 12_000, 40), ("PNG", 20_000, 40), ("WEBP", 3_600, 12)],
)
def test_few_bytes_with_very_many_pixels_are_refused_and_the_limit_named(
    file_format: str, side: int, most: int
) -> None:
    mode = "1" if file_format == "PNG" else "RGB"
    with pytest.raises(InvalidPicture, match=f"too many pixels; at most {most} million") as caught:
        pictures.normalise(plain_file(file_format, mode, side))
    assert caught.value.field == "picture"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA"])
def test_large_pictures_keep_their_colours_whatever_their_mode(mode: str) -> None:
    large = Image.new("RGBA", (3000, 1500), "white" if mode in {"1", "L", "LA"} else "red")
    buffer = io.BytesIO()
    large.convert(mode).save(buffer, "PNG")
    small = opened(pictures.normalise(buffer.getvalue())).convert("RGBA").convert("RGB")
    assert small.size == (256, 128)
    assert small.getpixel((100, 100)) == large.convert("RGB").getpixel((100, 100))


_MEASURE = """
import resource, sys, threading
from contactsgroups.services import pictures
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
data = sys.stdin.buffer.read()
threads = [threading.Thread(target=pictures.normalise, args=(data,)) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("file_format", "mode", "side", "options"),
    [
        ("PNG", "RGBA", 6_300, {"compress_level": 1}),
        ("JPEG", "RGB", 6_300, {"progressive": True}),
        ("WEBP", "RGB", 3_400, {"method": 0}),
    ],
)
def test_six_of_the_largest_at_once_take_the_memory_of_one(
    file_format: str, mode: str, side: int, options: dict[str, object]
) -> None:
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE],
        input=plain_file(file_format, mode, side, **options),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert not measured.stderr
    assert int(measured.stdout) < 350  # MB


def test_whoever_waits_too_long_for_the_pictures_of_others_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "_WAIT", 0.01)
    small = image_file("PNG", (10, 10))
    with pictures._decoding, pytest.raises(Unavailable, match="try again"):
        pictures.normalise(small)
    assert pictures.normalise(small)
    with pytest.raises(InvalidPicture):
        pictures.normalise(b"no picture")
    assert pictures.normalise(small)


def test_a_groups_own_picture_comes_first_and_the_version_follows_it() -> None:
    group = Group(display_name="Sales", uuid="0f1e", picture=None)
    drawn = pictures.version_of(group)
    assert pictures.picture_of(group) == icons.draw("Sales", "0f1e")
    pictures.replace_picture(group, pictures.normalise(image_file("PNG")))
    assert pictures.picture_of(group) == group.picture
    assert pictures.version_of(group) != drawn
    pictures.replace_picture(group, None)
    assert pictures.version_of(group) == drawn
    group.display_name = "Marketing"
    assert pictures.version_of(group) != drawn
