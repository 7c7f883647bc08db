"""Pictures: any usual image becomes a small PNG, and a group without one has its initials."""

import io
import random

import pytest
from PIL import Image

from contactsgroups.domain.errors import InvalidPicture
from contactsgroups.persistence.models import Group
from contactsgroups.services import pictures


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


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sales", "S"),
        ("sales team", "ST"),
        ("The Whole Sales Team", "TT"),
        ("Research & Development", "RD"),
        ("(old) – archive", "A"),
        ("  ", "@"),
        ("", "@"),
        ("!?", "@"),
        ("ßtraße x", "SS"),
        ("销售 部", "销部"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert pictures.initials(name) == letters


@pytest.mark.parametrize("name", ["Sales Team", "销售", "", "!?", "Ωmega"])
def test_every_name_has_a_drawing_that_is_the_same_in_every_run(name: str) -> None:
    pictures.draw.cache_clear()
    first = pictures.draw(name, "0f1e")
    pictures.draw.cache_clear()
    assert pictures.draw(name, "0f1e") == first
    assert opened(first).size == (128, 128)
    assert len(first) <= pictures.BYTES_LIMIT


def test_groups_of_one_name_are_told_apart_by_their_colours() -> None:
    assert len({pictures.draw("Sales", str(number)) for number in range(50)}) > 5


def test_a_groups_own_picture_comes_first_and_the_version_follows_it() -> None:
    group = Group(display_name="Sales", uuid="0f1e", picture=None)
    drawn = pictures.version_of(group)
    assert pictures.picture_of(group) == pictures.draw("Sales", "0f1e")
    group.picture = pictures.normalise(image_file("PNG"))
    assert pictures.picture_of(group) == group.picture
    assert pictures.version_of(group) != drawn
    group.picture = None
    assert pictures.version_of(group) == drawn
