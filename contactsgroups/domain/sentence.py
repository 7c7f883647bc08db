"""Sentences that know their message and its values apart, so that faces can translate them."""

from collections.abc import Iterable
from functools import reduce
from typing import Any


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

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.message,), {"many": self.many, **self.values}


def in_a_row(sentences: Iterable[Any]) -> Sentence:
    """Return sentences, or errors, one after another as a single one; "" for none."""
    each = iter(sentences)
    first = next(each, "")
    whole = first if isinstance(first, Sentence) else Sentence("{text}", text=first)
    return reduce(lambda done, more: Sentence("{done}; {more}", done=done, more=more), each, whole)
