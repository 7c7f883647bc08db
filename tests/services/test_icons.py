"""Icons say "group", can be read, and are told apart; all that is computed from the palette."""

import io
import itertools
import random
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from contactsgroups.services import icons, pictures

Colour = tuple[float, float, float]

WHITE_PAGE, DARK_PAGE = "#ffffff", "#14171b"

# How people without green or red cones see linear RGB: Machado, Oliveira and Fernandes, 2009.
NO_GREEN = ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969))
NO_RED = ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052))
ALL_CONES = ((1, 0, 0), (0, 1, 0), (0, 0, 1))


def linear(colour: str) -> Colour:
    """Linear RGB, as WCAG 2.2 defines it for the relative luminance."""

    def channel(start: int) -> float:
        value = int(colour[start : start + 2], 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    return channel(1), channel(3), channel(5)


def multiply(matrix: tuple[Colour, ...], colour: Colour) -> Colour:
    first, second, third = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return first, second, third


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2.2."""
    dark, light = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in (linear(one), linear(other))
    )
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: Colour) -> Colour:
    """A space in which distances are as people see them (Ottosson, 2020)."""
    cones = multiply(
        ((0.4122, 0.5363, 0.0514), (0.2119, 0.6807, 0.1074), (0.0883, 0.2817, 0.6300)), colour
    )
    roots = (max(cone, 0) ** (1 / 3) for cone in cones)
    red, green, blue = roots
    return multiply(
        ((0.2105, 0.7936, -0.0041), (1.9780, -2.4286, 0.4506), (0.0259, 0.7828, -0.8087)),
        (red, green, blue),
    )


def distance(eyes: tuple[Colour, ...], one: str, other: str) -> float:
    seen = [oklab(multiply(eyes, linear(each))) for each in (one, other)]
    return float(sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5)


def opened(name: str, key: str) -> Image.Image:
    return Image.open(io.BytesIO(icons.draw(name, key))).convert("RGB")


@pytest.mark.parametrize("colours", icons.PALETTE, ids=lambda each: each.background)
def test_letters_and_people_stand_out_from_their_background(colours: icons.Colours) -> None:
    assert contrast(colours.letters, colours.background) >= 4.5
    assert min(contrast(each, colours.background) for each in colours.people) >= 3


@pytest.mark.parametrize("colours", icons.PALETTE, ids=lambda each: each.background)
@pytest.mark.parametrize("page", [WHITE_PAGE, DARK_PAGE])
def test_tiles_stand_out_from_pages(colours: icons.Colours, page: str) -> None:
    assert contrast(colours.background, page) > 1.7


@pytest.mark.parametrize(("eyes", "least"), [(ALL_CONES, 0.14), (NO_GREEN, 0.07), (NO_RED, 0.07)])
def test_backgrounds_are_told_apart(eyes: tuple[Colour, ...], least: float) -> None:
    """0.02 is a difference that one just sees."""
    pairs = itertools.combinations([each.background for each in icons.PALETTE], 2)
    assert min(itertools.starmap(partial(distance, eyes), pairs)) > least


@pytest.mark.parametrize("colours", icons.PALETTE, ids=lambda each: each.background)
def test_people_of_one_background_are_told_apart(colours: icons.Colours) -> None:
    pairs = itertools.combinations(colours.people, 2)
    assert min(itertools.starmap(partial(distance, ALL_CONES), pairs)) > 0.07


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sales", "SA"),
        ("X", "X"),
        ("sales team", "ST"),
        ("Sales Team Europe", "STE"),
        ("The Whole Sales Team", "TWT"),
        ("Research & Development", "RD"),
        ("Board of Directors", "BD"),
        ("Büro des Vorstands", "BV"),
        ("friends of berlin", "FOB"),
        ("Team 7", "T7"),
        ("Team 12", "T12"),
        ("Year 10b", "Y10"),
        ("(old) – archive", "OA"),
        ("Émile Zola", "EZ"),
        ("ßtraße x", "SX"),
        ("Отдел продаж", "OP"),
        ("Ωmega", "OM"),
        ("销售部", "XS"),
        ("销售 部", "XB"),
        ("مبيعات الشركة", "ML"),
        ("한국 팀", "HT"),
        ("🚀 Launch Crew", "LC"),
        ("  ", ""),
        ("", ""),
        ("!?", ""),
        ("🚀🚀", ""),
        ("\u200e\u200f", ""),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert icons.initials(name) == letters


@given(st.text())
def test_initials_of_any_name_can_be_drawn(name: str) -> None:
    letters = icons.initials(name)
    assert len(letters) <= 3
    assert not letters or (letters.isascii() and letters.isalnum() and letters == letters.upper())


def people_of(image: Image.Image) -> Image.Image:
    """The part below the letters."""
    return image.crop((0, 76, icons.SIDE, icons.SIDE))


NAMES = ["Sales", "X", "Support North Europe", "WWW Masters World", "销售部", "🚀", "", "a" * 255]


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_shows_people(name: str) -> None:
    _, people = icons.choose_colours("0f1e")
    image = opened(name, "0f1e")
    area = sum(
        count
        for count, colour in image.getcolors(1 << 16) or []
        if colour == tuple(int(people[start : start + 2], 16) for start in (1, 3, 5))
    )
    assert area > 0.08 * icons.SIDE**2


@pytest.mark.parametrize("name", ["Sales", "Support North Europe", "WWW Masters World", "Jq"])
def test_letters_are_whole_within_a_circle_and_above_the_people(name: str) -> None:
    """Many clients cut a circle out of the square."""
    drawn = opened(name, "0f1e")
    upper = (0, 0, icons.SIDE, 79)
    background = Image.new("RGB", (icons.SIDE, 79), drawn.getpixel((0, 0)))
    left, top, right, bottom = (
        ImageChops.difference(drawn.crop(upper), background).getbbox() or (0,) * 4
    )
    assert (bottom - top) >= 0.25 * icons.SIDE, "at 32 pixels, letters have 8 at least"
    assert bottom < 79
    middle = icons.SIDE / 2
    for x, y in ((left, top), (right, top)):
        assert (x - middle) ** 2 + (y - middle) ** 2 <= (1.1 * middle) ** 2


WIDE = [
    "Web Master Workshop",
    "Mount Whitney Marmots",
    "Www Www Www",
    "Женщины Москвы Мы",
    "محمد ماهر وليد",
    "木 網 文",
    "Q W M",
]


@pytest.mark.parametrize("name", WIDE)
def test_wide_letters_are_as_high_as_others(name: str) -> None:
    """Three of them would be so small that their strokes run together in a client's list."""
    upper = opened(name, "0f1e").crop((0, 0, icons.SIDE, 79))
    background = Image.new("RGB", upper.size, upper.getpixel((0, 0)))
    left, top, right, bottom = ImageChops.difference(upper, background).getbbox() or (0,) * 4
    assert bottom - top >= 0.25 * icons.SIDE, "at 32 pixels, letters have 8 at least"
    assert right - left <= 0.8 * icons.SIDE


@pytest.mark.parametrize("name", NAMES)
def test_an_icon_is_the_same_in_every_run_and_fits_into_a_card(name: str) -> None:
    icons.draw.cache_clear()
    first = icons.draw(name, "0f1e")
    icons.draw.cache_clear()
    assert icons.draw(name, "0f1e") == first
    assert len(first) <= pictures.BYTES_LIMIT


def test_the_colours_stay_when_a_group_is_renamed() -> None:
    before, after = opened("Sales", "0f1e"), opened("Purchasing", "0f1e")
    assert before.getpixel((2, 2)) == after.getpixel((2, 2))
    assert ImageChops.difference(people_of(before), people_of(after)).getbbox() is None


def team_names(count: int) -> list[str]:
    """Names such as organisations give their teams, all different."""
    chance = random.Random(19)
    pick = chance.choice
    shapes: list[Callable[[], str]] = [
        lambda: f"{pick(SUBJECTS)} {pick(KINDS)}",
        lambda: f"{pick(SUBJECTS)} {pick(PLACES)}",
        lambda: f"{pick(PLACES)} {pick(SUBJECTS)} {pick(KINDS)}",
        lambda: f"{pick(SUBJECTS)} {pick(PLACES)} {pick(KINDS)}",
        lambda: f"{pick(SUBJECTS)} and {pick(SUBJECTS)}",
        lambda: f"Friends of {pick(PLACES)}",
        lambda: f"Team {chance.randint(1, 60)}",
        lambda: pick(SUBJECTS),
    ]
    names: set[str] = set()
    while len(names) < count:
        names.add(pick(shapes)())
    return sorted(names)


SUBJECTS = (
    "Sales Support Finance Marketing Engineering Design Legal Purchasing Logistics Research Quality"
    " Security Facilities Training Payroll Recruiting Operations Platform Data Mobile Web Hardware"
    " Networking Firmware Accounting Audit Compliance Press Events Apollo Orion Falcon Atlas Nova"
).split()
PLACES = (
    "North South East West Berlin Munich Hamburg Vienna Zurich Paris Lyon Madrid Rome Milan London"
    " Leeds Dublin Oslo Stockholm Helsinki Warsaw Prague Europe Americas Asia Nordics"
).split()
KINDS = (
    "Team Group Leads Managers Staff Board Announcements Newcomers Alumni Project Committee Council"
).split()


def test_a_thousand_teams_have_nearly_as_many_icons() -> None:
    chance = random.Random(7)
    keys = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(1_000)]
    drawn = {icons.draw(*each) for each in zip(team_names(1_000), keys, strict=True)}
    assert len(drawn) > 960


def test_groups_of_one_name_are_told_apart_by_their_colours() -> None:
    assert len({icons.draw("Sales", str(number)) for number in range(500)}) == 64
