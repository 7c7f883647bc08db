"""A generated directory of one mail domain with the statistics that matter to an index.

Names follow Zipf's law: a few are very frequent, and there is a long tail that is put together
from syllables. Nobody in it exists, and the same seed gives the same directory everywhere.
"""

import random
from collections.abc import Callable, Iterator
from itertools import accumulate

from contactsgroups.autocomplete import Entry, EntryKind

_ENGLISH_FIRST = (
    "james mary robert patricia john jennifer michael linda david elizabeth william barbara "
    "richard susan joseph jessica thomas sarah charles karen christopher lisa daniel nancy "
    "matthew betty anthony margaret mark sandra donald ashley steven kimberly paul emily andrew "
    "donna joshua michelle kenneth carol kevin amanda brian dorothy george melissa timothy deborah "
    "ronald stephanie edward rebecca jason sharon jeffrey laura ryan cynthia jacob kathleen gary "
    "amy nicholas angela eric shirley jonathan anna stephen brenda larry pamela justin emma scott"
).split()
_ENGLISH_LAST = (
    "smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez "
    "gonzalez wilson anderson thomas taylor moore jackson martin lee perez thompson white harris "
    "sanchez clark ramirez lewis robinson walker young allen king wright scott torres nguyen hill "
    "flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips "
    "evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers"
).split()
_GERMAN_FIRST = (
    "Hans Jürgen Peter Michael Thomas Andreas Wolfgang Klaus Günter Stefan Christian Uwe Werner "
    "Horst Frank Dieter Manfred Jörg Björn Sören Ursula Karin Helga Sabine Ingrid Renate Monika "
    "Susanne Gisela Petra Birgit Andrea Anna Claudia Kerstin Käthe Annegret"
).split()
_GERMAN_LAST = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer "
    "Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange "
    "Schmitt Werner Krause Meier Lehmann Köhler Herrmann König Huber Weiß Groß Jäger Böhm"
).split()
_POLISH_FIRST = (
    "Piotr Krzysztof Andrzej Tomasz Jan Paweł Michał Marcin Łukasz Stanisław Józef Grzegorz Anna "
    "Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Elżbieta Zofia Świętosława"
).split()
_RUSSIAN_FIRST = (
    "Александр Сергей Дмитрий Андрей Алексей Максим Евгений Иван Михаил Юрий Николай Артём Елена "
    "Ольга Наталья Екатерина Анна Татьяна Мария Ирина Светлана Юлия"
).split()
_GREEK_FIRST = (
    "Γεώργιος Ιωάννης Κωνσταντίνος Δημήτρης Νικόλαος Παναγιώτης Βασίλης Χρήστος Αθανάσιος "
    "Μαρία Ελένη Αικατερίνη Βασιλική Σοφία Αγγελική Γεωργία Δήμητρα Άννα"
).split()
_CHINESE_LAST = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾单仇解区查"
_CHINESE_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬鹏浩凯健俊帆雪"

_ONSETS = "b br ch d f g gr h k kl l m n p r s sch st t th v w z".split()
_NUCLEI = "a e i o u ai ea ie ou".split()
_CODAS = "l ll m n nd ng r rd rg s st t tt x ck".split()
_ENDINGS = {
    "english": "son man ton ford ley well er field wood worth".split(),
    "german": "mann er berg stein bach hauer meier inger hoff".split(),
    "polish": "ski wicz czyk ak ek owski iński ała".split(),
    "russian": "ов ев ин ский енко ова ева ина".split(),
    "greek": "όπουλος ίδης άκης έλης άτος".split(),
}
_CYRILLIC = str.maketrans("abcdefghiklmnoprstuvwxz", "абцдефгхиклмнопрстувщкз")
_GREEK = str.maketrans("abcdefghiklmnoprstuvwxz", "αβκδεφγχικλμνοπρστυβωξζ")

_TEAMS = "sales support marketing finance legal research press design board alumni staff".split()
_PLACES = "berlin london paris wien roma madrid warszawa athens moscow beijing tokyo oslo".split()
_ASCII = str.maketrans("äöüßąćęłńóśźż", "aousacelnoszz")

_TAIL = 12_000
"""Surnames beyond the well-known ones, for each language."""


class Zipf:
    """Chooses words so that the n-th is 1/(n + 3) as frequent as the first."""

    def __init__(self, words: list[str], chance: random.Random) -> None:
        self._words = words
        self._weights = list(accumulate(1 / (n + 3) for n in range(len(words))))
        self._chance = chance

    def some(self, number: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._weights, k=number)


def _tail(language: str, chance: random.Random, number: int = _TAIL) -> list[str]:
    """Put surnames together from syllables."""
    found: dict[str, None] = {}
    while len(found) < number:
        stem = chance.choice(_ONSETS) + chance.choice(_NUCLEI) + chance.choice(_CODAS)
        if chance.random() < 0.5:
            stem += chance.choice(_NUCLEI) + chance.choice(_CODAS)
        if language == "russian":
            stem = stem.translate(_CYRILLIC)
        elif language == "greek":
            stem = stem.translate(_GREEK)
        found[(stem + chance.choice(_ENDINGS[language])).capitalize()] = None
    return list(found)


def _names(chance: random.Random) -> list[tuple[float, Callable[[int], Iterator[str]]]]:
    """Return for each language its share and a source of full names."""

    def spaced(first: list[str], last: list[str]) -> Callable[[int], Iterator[str]]:
        firsts = Zipf([word.capitalize() for word in first], chance)
        lasts = Zipf([word.capitalize() for word in last], chance)
        return lambda number: (
            f"{one} {two}" for one, two in zip(firsts.some(number), lasts.some(number), strict=True)
        )

    def chinese(number: int) -> Iterator[str]:
        surnames = Zipf(list(_CHINESE_LAST), chance)
        for surname in surnames.some(number):
            yield surname + "".join(chance.choices(_CHINESE_GIVEN, k=chance.choice((1, 2, 2))))

    return [
        (0.66, spaced(_ENGLISH_FIRST, _ENGLISH_LAST + _tail("english", chance, 40_000))),
        (0.14, spaced(_GERMAN_FIRST, _GERMAN_LAST + _tail("german", chance))),
        (0.06, spaced(_POLISH_FIRST, _tail("polish", chance))),
        (0.05, spaced(_RUSSIAN_FIRST, _tail("russian", chance))),
        (0.04, spaced(_GREEK_FIRST, _tail("greek", chance))),
        (0.05, chinese),
    ]


def directory(number: int, *, seed: int = 1) -> Iterator[Entry]:
    """Yield ``number`` entries: 2 % groups, 78 % accounts, 20 % contacts of other domains."""
    chance = random.Random(seed)
    languages = _names(chance)
    shares = [share for share, _ in languages]
    taken: set[str] = set()
    made = 0
    while made < number:
        # A thousand names at a time, so that the choice among languages costs nothing.
        _, source = chance.choices(languages, shares)[0]
        for name in source(min(1_000, number - made)):
            yield _entry(made, name, taken, chance)
            made += 1


def _entry(number: int, name: str, taken: set[str], chance: random.Random) -> Entry:
    kind = chance.random()
    if kind < 0.02:
        team, place = chance.choice(_TEAMS), chance.choice(_PLACES)
        local_part, domain = _free(f"{team}-{place}", taken), "example.org"
        return _made(EntryKind.GROUP, number, f"{team} {place}".title(), local_part, domain, chance)
    if kind < 0.8:
        local_part = _free(_local_part(name, number, chance), taken)
        return _made(EntryKind.ACCOUNT, number, name, local_part, "example.org", chance)
    domain = f"partner{int(chance.paretovariate(0.8)) % 500}.example.com"
    local_part = _free(_local_part(name, number, chance), taken)
    return _made(EntryKind.CONTACT, number, name, local_part, domain, chance)


def _made(
    kind: EntryKind, number: int, name: str, local_part: str, domain: str, chance: random.Random
) -> Entry:
    score = 0 if chance.random() < 0.3 else int(10 * chance.paretovariate(0.6)) % 1_000_000
    address = f"{local_part}@{domain}"
    payload = f'{{"kind":"{kind}","id":"{number}","name":"{name}","address":"{address}"}}'
    return Entry(address, kind, name, address, score, payload)


def _local_part(name: str, number: int, chance: random.Random) -> str:
    first, _, last = name.lower().translate(_ASCII).partition(" ")
    if not last or not (first + last).isascii():
        return f"u{number:x}"
    style = chance.random()
    if style < 0.6:
        return f"{first}.{last}"
    if style < 0.85:
        return f"{first[0]}{last}"
    return f"{last}.{first[0]}"


def _free(wanted: str, taken: set[str]) -> str:
    """Return the local part, with a number after it if it is taken."""
    name, n = wanted, 1
    while name in taken:
        n += 1
        name = f"{wanted}{n}" if n < 50 else f"{wanted}{n + len(taken)}"
    taken.add(name)
    return name
