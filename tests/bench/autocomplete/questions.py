"""The questions of the benchmark, drawn from the directory, by class."""

import random
from collections.abc import Sequence

from contactsgroups.autocomplete import Entry
from contactsgroups.autocomplete.words.joining import INITIAL_MARK
from contactsgroups.autocomplete.words.scripts import without_mark
from contactsgroups.autocomplete.words.tokens import words_of

Question = tuple[str, ...]
"""The folded words of a query; each must begin a token."""

ONE_WORD = (1, 2, 3, 4, 5, 8)
SEVERAL_WORDS = ((1, 1), (2, 2), (3, 3))

CLASSES = {
    **{f"p{length}": f"one word of {length} letters" for length in ONE_WORD},
    **{
        f"w{''.join(map(str, lengths))}": f"two words of {lengths[0]} letters"
        for lengths in SEVERAL_WORDS
    },
    "adv22": "two unrelated frequent prefixes of two letters",
    "none": "nothing begins like this",
}


def questions(entries: Sequence[Entry], number: int) -> dict[str, list[Question]]:
    """Return ``number`` questions of every class, as people looking for these entries ask."""
    chance = random.Random(2)
    found: dict[str, list[Question]] = {name: [] for name in CLASSES}
    for length in ONE_WORD:
        while len(found[f"p{length}"]) < number:
            word = chance.choice(_words(chance.choice(entries)))
            if len(word) >= length:
                found[f"p{length}"].append((word[:length],))
    for lengths in SEVERAL_WORDS:
        name = f"w{''.join(map(str, lengths))}"
        while len(found[name]) < number:
            words = _words(chance.choice(entries))
            if len(words) >= 2:
                first, second = chance.sample(words, 2)
                pair = (first[: lengths[0]], second[: lengths[1]])
                # One that begins the other asks nothing more, and no engine gets to see it.
                if not pair[0].startswith(pair[1]) and not pair[1].startswith(pair[0]):
                    found[name].append(pair)
    frequent = _frequent_prefixes(entries)
    found["adv22"] = [tuple(chance.sample(frequent, 2)) for _ in range(number)]
    found["none"] = [(chance.choice("qxz") * 3 + f"{n}",) for n in range(number)]
    return found


def typing_errors(entries: Sequence[Entry], number: int) -> list[tuple[str, str]]:
    """Return pairs of a surname with one slip and the same without, written as people slip.

    The slips are those of a keyboard: a neighbouring key, a key twice, one missed, two swapped.
    """
    chance = random.Random(3)
    pairs: list[tuple[str, str]] = []
    while len(pairs) < number:
        name = chance.choice(entries).name.lower().rpartition(" ")[2]
        if name.isascii() and name.isalpha() and len(name) >= 6:
            typed = _slip(name, chance)
            if typed != name:
                pairs.append((typed, name))
    return pairs


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[: at + 1] + word[at:]
        case _:
            return word[:at] + _neighbouring_key(word[at], chance) + word[at + 1 :]


def _neighbouring_key(letter: str, chance: random.Random) -> str:
    row = next(row for row in _ROWS if letter in row)
    place = row.index(letter)
    return chance.choice(row[max(0, place - 1) : place] + row[place + 1 : place + 2])


def _words(entry: Entry) -> list[str]:
    words = words_of(entry.name) | words_of(entry.address.rpartition("@")[0])
    words = set(map(without_mark, words))
    return sorted(word for word in words if not word.startswith(INITIAL_MARK))


def _frequent_prefixes(entries: Sequence[Entry]) -> list[str]:
    counts: dict[str, int] = {}
    for entry in entries[:20_000]:
        for word in _words(entry):
            if len(word) >= 2:
                counts[word[:2]] = counts.get(word[:2], 0) + 1
    return sorted(counts, key=lambda prefix: -counts[prefix])[:60]
