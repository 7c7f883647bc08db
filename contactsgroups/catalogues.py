"""The languages of pages and notices, their catalogues, and how each writes numbers and days.

The messages in code and templates are the English texts. A catalogue is a file of GNU gettext in
``web/translations/``, read with the standard library: a host application's Babel does not see it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

DIRECTORY = Path(__file__).parent / "web" / "translations"
DOMAIN = "contactsgroups"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages.

    Args:
        tag: its name in HTML and HTTP (BCP 47).
        name: what it calls itself.
        directory: its directory in ``translations/``; empty for that of the messages themselves.
        separator: what stands between thousands.
        day: a date, and ``moment`` a date with the time, for :meth:`datetime.strftime`.
        short_day: a date in a narrow column of a list.
        full_stop: what ends a sentence, and ``colon`` what stands behind a label.
    """

    tag: str
    name: str
    directory: str
    separator: str = ","
    day: str = "%-d %B %Y"
    moment: str = "%-d %B %Y, %H:%M"
    full_stop: str = "."
    colon: str = ": "
    short_day: str = "%-d %b %Y"

    @property
    def texts(self) -> NullTranslations:
        """Its catalogue, read once."""
        return _read(self.directory)

    def write_number(self, number: int) -> str:
        """Return a number as people of this language write it."""
        return f"{number:,}".replace(",", self.separator)

    def write_day(self, time: datetime) -> str:
        """Return the date of a moment."""
        return _plain(time, self.day)

    def write_short_day(self, time: datetime) -> str:
        """Return the date of a moment, as a narrow column has it."""
        return _plain(time, self.short_day)

    def write_moment(self, time: datetime) -> str:
        """Return a moment, to the minute, in UTC."""
        return f"{_plain(time, self.moment)} UTC"


ENGLISH = Language("en", "English", "")
GERMAN = Language("de", "Deutsch", "de", ".", "%d.%m.%Y", "%d.%m.%Y, %H:%M", short_day="%d.%m.%Y")
CHINESE = Language(
    "zh-Hans",
    "简体中文",
    "zh_Hans",
    ",",
    "%Y年%-m月%-d日",
    "%Y年%-m月%-d日 %H:%M",
    "。",
    "：",
    "%Y/%-m/%-d",
)
LANGUAGES = (ENGLISH, GERMAN, CHINESE)


def find_language(tag: str) -> Language | None:
    """Return the language of a tag such as ``de-AT`` or ``zh_CN``, or None if there is none.

    Only the first part counts: who reads traditional characters is better served with simplified
    ones than with another language.
    """
    primary = tag.replace("_", "-").partition("-")[0].lower()
    return next((each for each in LANGUAGES if each.tag.partition("-")[0] == primary), None)


def choose_language(tags: Iterable[str]) -> Language | None:
    """Return the language of the first tag that there is one for."""
    return next(filter(None, map(find_language, tags)), None)


@cache
def _read(directory: str) -> NullTranslations:
    if not directory:
        return NullTranslations()
    with (DIRECTORY / directory / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)


def _plain(time: datetime, layout: str) -> str:
    """Return a date in a layout; "%-d" is a day without a leading zero, on every system."""
    without_zeros = layout.replace("%-m", str(time.month)).replace("%-d", str(time.day))
    return time.strftime(without_zeros)
