"""Sentences that know their message and its values apart, so that faces can translate them."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Any, Self


class Sentence(str):
    """An English sentence, made of a constant message with named places.

    ``Sentence("{address} is taken", address="ada@example.org")`` reads as any other text. A face
    that speaks another language takes ``message``, looks up what it is called there, and puts
    ``values`` in. A value may be a sentence, or an error, which has one.

    Args:
        message: the text, with places as :meth:`str.format` has them.
        many: the message for any ``number`` but 1, where the text counts something.
        values: what stands in the places.
    """

    __slots__ = ("many", "message", "values")

    message: str
    many: str
    values: dict[str, Any]

    def __new__(cls, message: str, *, many: str = "", **values: Any) -> "Sentence":
        chosen = many if many and values["number"] != 1 else message
        self = super().__new__(cls, chosen.format_map(values) if values else chosen)
        self.message, self.many, self.values = message, many, values
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.message,), {"many": self.many, **self.values}


SEMICOLON = Sentence("{done}; {more}")
COMMA = Sentence("{done}, {more}")


class _Time(str):
    """A time as English has it, which faces write in another language from ``time``."""

    __slots__ = ("time",)

    layout = ""
    time: datetime

    def __new__(cls, time: datetime) -> Self:
        self = super().__new__(cls, time.strftime(cls.layout).lstrip("0"))
        self.time = time
        return self

    def __getnewargs__(self) -> tuple[datetime]:  # type: ignore[override] # What it is made of.
        return (self.time,)


class Day(_Time):
    """The date of a moment, for a place in a sentence: "3 December 2026"."""

    __slots__ = ()
    layout = "%d %B %Y"


class PlainDay(Day):
    """A day as people type it and programs read it, "2026-12-03"; pages write it as any other."""

    __slots__ = ()
    layout = "%Y-%m-%d"


class Moment(_Time):
    """A moment in UTC, for a place in a sentence: "2026-12-03 08:00:00 UTC"."""

    __slots__ = ()
    layout = "%Y-%m-%d %H:%M:%S UTC"


class Row(Sentence):
    """Sentences, errors or texts one after another, side by side however many there are.

    Args:
        items: what stands in the row.
        message: how what is ``{done}`` and one ``{more}`` are joined.
    """

    __slots__ = ("items",)

    items: tuple[Any, ...]

    def __new__(cls, items: Iterable[Any], message: str) -> "Row":
        each = tuple(items)
        self = str.__new__(cls, join(map(str, each), message))
        self.message, self.many, self.values, self.items = message, "", {}, each
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.items, self.message), {}


def join(texts: Iterable[str], message: str) -> str:
    """Return texts as one, of which ``message`` joins what is ``{done}`` and one ``{more}``."""
    each = iter(texts)
    return reduce(lambda done, more: message.format(done=done, more=more), each, next(each, ""))


def in_a_row(items: Iterable[Any], by: Sentence = SEMICOLON) -> Row:
    """Return sentences, errors or texts one after another as a single one; "" for none."""
    return Row(items, by.message)
