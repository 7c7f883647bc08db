"""What is asked: names with errors of every kind, and texts that mean nobody."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from contactsgroups.autocomplete import Entry
from contactsgroups.autocomplete.words.folding import fold, split_words
from tests.bench.corrections.slips import slip_at_the_first, slip_of_the_ear, slip_of_the_hand

_SHORTEST = 4
_SHORTEST_PREFIX = 5
_SHORTEST_SURNAME = 5


class Case(NamedTuple):
    """A text as it was typed, and what was meant: words, or the beginning of the only one."""

    typed: str
    meant: tuple[str, ...]
    is_prefix: bool = False


Maker = Callable[[list[str], random.Random], Case | None]


def cases(entries: Sequence[Entry], number: int, seed: int) -> dict[str, list[Case]]:
    """Return so many cases of every kind, about names of these entries chosen by ``seed``."""
    return {
        kind: list(_some(maker, entries, number, random.Random(f"{seed} {kind}")))
        for kind, maker in KINDS.items()
    }


def _some(
    maker: Maker, entries: Sequence[Entry], number: int, chance: random.Random
) -> Iterator[Case]:
    made = 0
    while made < number:
        words = split_words(fold(chance.choice(entries).name)[0])
        if words and all(word.isascii() and word.isalpha() for word in words):
            case = maker(words, chance)
            if case is not None:
                made += 1
                yield case


def _whole(words: list[str], chance: random.Random) -> Case | None:
    word = chance.choice(words)
    return Case(slip_of_the_hand(word, chance), (word,)) if len(word) >= _SHORTEST else None


def _prefix(words: list[str], chance: random.Random) -> Case | None:
    word = chance.choice(words)
    if len(word) <= _SHORTEST_PREFIX:
        return None
    begun = word[: chance.randrange(_SHORTEST_PREFIX, len(word))]
    return Case(slip_of_the_hand(begun, chance, last=False), (begun,), is_prefix=True)


def _first(words: list[str], chance: random.Random) -> Case | None:
    word = chance.choice(words)
    return Case(slip_at_the_first(word, chance), (word,)) if len(word) >= _SHORTEST else None


def _heard(words: list[str], chance: random.Random) -> Case | None:
    word = chance.choice(words)
    heard = slip_of_the_ear(word, chance) if len(word) >= _SHORTEST else None
    return None if heard is None else Case(heard, (word,))


def _first_heard(words: list[str], chance: random.Random) -> Case | None:
    word = chance.choice(words)
    heard = slip_of_the_ear(word, chance, first=True) if len(word) >= _SHORTEST else None
    return None if heard is None else Case(heard, (word,))


def _one_of_two(words: list[str], chance: random.Random) -> Case | None:
    if len(words) < 2 or len(words[-1]) < _SHORTEST_SURNAME:
        return None
    wrong = slip_of_the_hand(words[-1], chance)
    return Case(f"{words[0]} {wrong}", (words[0], words[-1]))


def _two_of_two(words: list[str], chance: random.Random) -> Case | None:
    if len(words) < 2 or min(len(words[0]), len(words[-1])) < _SHORTEST_SURNAME:
        return None
    wrong = (slip_of_the_hand(words[0], chance), slip_of_the_hand(words[-1], chance))
    return Case(" ".join(wrong), (words[0], words[-1]))


KINDS: dict[str, Maker] = {
    "a slip behind the first letter": _whole,
    "the same in a beginning": _prefix,
    "a slip at the first letter": _first,
    "a sound behind the first letter": _heard,
    "a sound at the first letter": _first_heard,
    "two words, a slip in one": _one_of_two,
    "two words, a slip in each": _two_of_two,
}

_CONSONANTS = "b c d f g h j k l m n p q r s t v w x z ch sh th st tr pl gr br".split()
_VOWELS = "a e i o u ea ou ai y".split()
_OTHER_THINGS = (
    "invoice meeting agenda budget quarterly spreadsheet deadline holiday password printer "
    "warranty shipping receipt contract template workshop schedule feedback newsletter reminder "
    "umbrella volcano bicycle chocolate telescope dinosaur hydrogen keyboard laundry magnetic "
    "necessary orchestra pineapple question rectangle sandwich transparent universe vegetable "
    "waterfall xylophone yesterday algorithm breakfast calculator dictionary elephant furniture "
    "gravity hospital insurance jellyfish knowledge lightning mushroom notebook operation poem "
    "quantity railway skeleton triangle utility vacation wireless adjective bandwidth compiler "
    "rechnung besprechung haushalt kennwort drucker bestellung vorlage urlaub fahrrad regenschirm "
    "facture reunion imprimante parapluie vacances ordinateur bibliotheque fromage "
    "factura reunion impresora paraguas vacaciones biblioteca zapatos ventana"
).split()


def nobody(number: int, seed: int) -> dict[str, list[str]]:
    """Return so many texts of every kind that are no names, chosen by ``seed``."""
    chance = random.Random(f"{seed} nobody")
    return {
        "letters at random": [_letters(chance) for _ in range(number)],
        "what could be said": [_sayable(chance) for _ in range(number)],
        "words of other things": [chance.choice(_OTHER_THINGS) for _ in range(number)],
        "two words of nobody": [f"{_sayable(chance)} {_sayable(chance)}" for _ in range(number)],
    }


def _letters(chance: random.Random) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randrange(4, 11)))


def _sayable(chance: random.Random) -> str:
    parts = [chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(5)]
    return "".join(parts)[: chance.randrange(5, 10)]
