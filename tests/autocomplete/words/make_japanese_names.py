"""Makes ``japanese_names.tsv`` anew from SudachiDict: ``pip install sudachipy sudachidict_small``.

Run it as ``python -m tests.autocomplete.words.make_japanese_names``. Nothing else needs these two.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from itertools import combinations

from contactsgroups.autocomplete.words.folding import HAN
from contactsgroups.autocomplete.words.japanese import romanise_kana
from contactsgroups.autocomplete.words.japanese_names import CHARACTER, FILE, GIVEN, SURNAME

Names = dict[str, set[str]]

_KINDS = {"姓": SURNAME, "名": GIVEN}
_NAME = re.compile(f"(?=.*[{HAN}])[{HAN}\u3041-\u30ff]+")
_KANA = re.compile("[\u30a1-\u30f6ー]+")
_BEGINS_NO_SYLLABLE = "ンァィゥェォャュョッー"

_ROUNDS = 12
_LONGEST = 4
_MOST = 4
_LEAST_SHARE = 0.12
_LEAST_TIMES = 2.5
_HEADER = """\
# Japanese surnames (s) and given names (g) with their readings, and characters (c) with what they
# are read as in given names.
# Taken from SudachiDict (small), https://github.com/WorksApplications/SudachiDict, Copyright
# Works Applications Co., Ltd., under the Apache License 2.0 (japanese_names.LICENSE); readings in
# Latin letters, those of characters worked out from the names. make_japanese_names.py made it.
"""


def main() -> None:
    names = _names()
    lines = [
        f"{kind}\t{name}\t{','.join(sorted(map(_romaji, readings)))}"
        for kind in _KINDS.values()
        for name, readings in sorted(names[kind].items())
    ]
    characters = sorted(_characters(names[GIVEN]).items())
    lines += [f"{CHARACTER}\t{each}\t{','.join(map(_romaji, found))}" for each, found in characters]
    FILE.write_text(_HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def _romaji(kana: str) -> str:
    return romanise_kana(kana, long_vowels=True)


def _names() -> dict[str, Names]:
    found: dict[str, Names] = {kind: defaultdict(set) for kind in _KINDS.values()}
    for each in import_module("sudachipy").Dictionary(dict="small").entries():
        kind, name = each.part_of_speech()[3], each.surface()
        reading = each.reading_form()
        if kind in _KINDS and _NAME.fullmatch(name) and _KANA.fullmatch(reading):
            found[_KINDS[kind]][name].add(reading)
    return found


def _characters(names: Names) -> dict[str, list[str]]:
    """Return the readings of characters that explain those of the names best, by repetition."""
    pairs = [(name, reading) for name in names for reading in names[name] if 1 < len(name) < 4]
    share: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    times: dict[str, float] = {}
    for _ in range(_ROUNDS):
        weights = _weights(pairs, share)
        times = defaultdict(float)
        for (character, _reading), weight in weights.items():
            times[character] += weight
        share = defaultdict(float, {key: w / times[key[0]] for key, w in weights.items()})
    found: dict[str, list[str]] = defaultdict(list)
    for (character, reading), part in sorted(share.items(), key=lambda item: -item[1]):
        if part >= _LEAST_SHARE and part * times[character] >= _LEAST_TIMES:
            found[character].append(reading)
    return {character: readings[:_MOST] for character, readings in found.items()}


def _weights(
    pairs: list[tuple[str, str]], share: dict[tuple[str, str], float]
) -> dict[tuple[str, str], float]:
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for name, reading in pairs:
        ways = list(_ways(name, reading))
        likely = []
        for way in ways:
            product = 1.0
            for key in way:
                product *= share[key]
            likely.append(product)
        total = sum(likely)
        for way, product in zip(ways, likely, strict=True):
            for key in way if total else ():
                weights[key] += product / total
    return weights


def _ways(name: str, reading: str) -> Iterator[list[tuple[str, str]]]:
    """Yield the ways to give each character its part of a reading."""
    for cuts in combinations(range(1, len(reading)), len(name) - 1):
        ends = (0, *cuts, len(reading))
        parts = [reading[ends[n] : ends[n + 1]] for n in range(len(name))]
        if all(len(part) <= _LONGEST and part[0] not in _BEGINS_NO_SYLLABLE for part in parts):
            yield list(zip(name, parts, strict=True))


if __name__ == "__main__":
    main()
