"""Alphabets whose letters have more usual spellings in Latin ones than plain transliteration gives.

Each spelling is one that a word is written in from beginning to end, as in ``cyrillic``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple


class Spelling(NamedTuple):
    """One way to write the letters of an alphabet; what is not in it stays as it is."""

    letters: re.Pattern[str]
    """Only a text with one of these is written like this."""
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    """Replaced first, in this order."""
    table: dict[int, str]


_GREEK = "[\u03b1-\u03ce]"
_WITHOUT_TONOS = str.maketrans("άέήίόύώ", "αεηιουω")


def _spelling(
    letters: str,
    patterns: Mapping[str, str] | None = None,
    table: Mapping[str, str] | None = None,
) -> Spelling:
    compiled = tuple((re.compile(each), to) for each, to in (patterns or {}).items())
    return Spelling(re.compile(letters), compiled, str.maketrans(dict(table or {})))


_ARMENIAN = "[\u0561-\u0587]"
_ARMENIAN_PAIRS = {"ու": "u", "եւ": "ev"}
_ARMENIAN_SOUNDS = {**_ARMENIAN_PAIRS, r"\bե": "ye", r"\bո": "vo", "եա": "ia"}
_EASTERN = {"ռ": "r", "ւ": "v"}
# Of Western Armenian, voiced and unvoiced are the other way round: Bedros for Petros.
_WESTERN = {"բ": "p", "գ": "k", "դ": "t", "պ": "b", "տ": "d", "կ": "g", "ծ": "dz", "ձ": "ts",
            "ճ": "j", "ջ": "ch", **_EASTERN}  # fmt: skip

# Azerbaijan's letters, as in passports of other countries: Shikhaliyev, Guliyeva.
_AZERI = {"ə": "a", "x": "kh", "ş": "sh", "ç": "ch", "c": "j", "q": "g", "ğ": "gh", "ı": "i",
          "ö": "o", "ü": "u"}  # fmt: skip

# Passports of Kazakhstan, and what its neighbours write; Turkic, Tajik and Mongolian letters.
_TURKIC = {"қ": "k", "ғ": "g", "ң": "n", "ө": "o", "ү": "u", "ұ": "u", "ә": "a", "һ": "h",
           "ҳ": "h", "ҷ": "j", "җ": "j", "ў": "o", "ӯ": "o", "ӣ": "i"}  # fmt: skip

_TURKIC_LETTERS = "[қғңөүұәһҳҷҗӯӣ]|ў(?=[бгджзйклмнпрстфхцчш])"

# Serbs without their marks, as in addresses; Macedonian passports.
_SERBIAN = {"ђ": "d", "ћ": "c", "ч": "c", "ш": "s", "ж": "z", "џ": "dz", "х": "h", "ц": "c"}
_MACEDONIAN = {"ѓ": "gj", "ќ": "kj", "ѕ": "dz", "џ": "dj", "х": "h", "ц": "c"}

# Bulgaria's law of 2009: Parvanov, Shterev.
_BULGARIAN = {"ъ": "a", "щ": "sht", "х": "h", "ь": "y"}

# Polish newspapers': Cybula, Czajkowski, Chruszczow.
_POLISH_PATTERNS = {
    "[сц]ь?к[иі]й\\b": "ski", "ля": "la", "лю": "lu", "лё": "lo", "л[ье]": "le", "[иы]й\\b": "y",
    r"(?<=[бвгджзкмнпрстфхцчшщ])я": "ia", r"(?<=[бвгджзкмнпрстфхцчшщ])ю": "iu", "[жчшщ]ё": "o",
}  # fmt: skip
_POLISH = {
    "в": "w", "ч": "cz", "ш": "sz", "щ": "szcz", "ж": "z", "х": "ch", "ц": "c", "й": "j",
    "я": "ja", "ю": "ju", "є": "je", "ї": "ji", "ё": "jo", "ь": "", "ъ": "", "ы": "y",
}  # fmt: skip

# Before a vowel, the soft and the hard sign are heard: Vorobyov, Vorobyev, Vorobiev.
_SIGN_BEFORE_VOWEL = "[ьъ][еёюя]"
_SIGN_AS_Y = {"[ьъ][её]": "ye", "[ьъ]ю": "yu", "[ьъ]я": "ya", r"[иы]й\b": "y"}
_SIGN_AS_I = {"[ьъ][её]": "ie", "[ьъ]ю": "iu", "[ьъ]я": "ia", r"[иы]й\b": "y"}

# Ukrainian before its passports' law, and as the Board on Geographic Names has it: Humenyuk.
_UKRAINIAN = {"г": "h", "и": "y", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "й": "y", "ь": ""}

# Mongolian often loses the length of its vowels: Oyunchimeg.
_LONG_VOWELS = {r"([аоуэөү])\1": r"\1", "юу|юү": "ю", "яа": "я", "ёо": "ё", "ий": "и"}

# Greek by ear, as its bearers mostly have it, and as scholars do; the accents go first.
_GREEK_PAIRS = {
    r"\bμπ": "b", r"\bντ": "d", r"\bγκ": "g", "μπ": "mb", "τζ": "tz", "ου": "ou", "γγ|γχ": "ng",
    "([αεη])υ(?=[αεηιουωβγδζλμνρ])": r"\1v", "([αεη])υ": r"\1f",
}  # fmt: skip
_GREEK_BY_EAR = {
    r"\bτζ": "j", "γι(?=[αοωε])": "yi", **_GREEK_PAIRS, "ντ": "nd",
    "[εο]ι|υ": "i", "αι": "e",
}  # fmt: skip
_GREEK_BY_LETTERS = {"([αε])υ": r"\1u", "ου": "ou", "μπ": "mp", "γγ": "gg"}

_OF_ARMENIAN = (
    _spelling(_ARMENIAN, _ARMENIAN_PAIRS, _EASTERN),
    _spelling(_ARMENIAN, _ARMENIAN_SOUNDS, _EASTERN),
    _spelling(_ARMENIAN, {**_ARMENIAN_SOUNDS, "յան\\b": "ian"}, _EASTERN),
    _spelling(_ARMENIAN, {**_ARMENIAN_SOUNDS, "ու": "ou"}, {**_EASTERN, "ջ": "dj"}),
    _spelling(_ARMENIAN, {**_ARMENIAN_SOUNDS, "յան\\b": "ian"}, _WESTERN),
)
_OF_GEORGIAN = (
    # Georgian without the marks that tell two rows of consonants apart: Kipiani and Qipiani.
    _spelling("[\u10d0-\u10ff]", {"ჟღ": "zhg"}, {"ყ": "k", "ღ": "g"}),
    _spelling("[\u10d0-\u10ff]", {}, {"ჯ": "dzh", "ჟ": "j", "ვ": "w"}),
)
_OF_LATIN = (
    _spelling("ə|[ışğç].*[xq]|[xq].*[ışğç]", {}, _AZERI),
    _spelling("ə|[ışğç].*[xq]|[xq].*[ışğç]", {}, {**_AZERI, "ə": "e", "q": "k", "ı": "y"}),
    # Catalan's double l with a dot, which addresses don't have.
    _spelling("l·l", {"l·l": "ll"}),
)
_OF_CYRILLIC = (
    _spelling(_TURKIC_LETTERS, {}, _TURKIC),
    _spelling(_TURKIC_LETTERS, {}, {**_TURKIC, "ы": "i", "ж": "j", "х": "h"}),
    _spelling("ж", {}, {"ж": "j"}),
    _spelling("[ђћџ]", {}, _SERBIAN),
    _spelling("[ѓќѕџ]", {}, _MACEDONIAN),
    _spelling("щ|ъ(?=[бвгджзклмнпрстфхцчшщ])", {}, _BULGARIAN),
    _spelling("[а-яіїєґ]", _POLISH_PATTERNS, {**_POLISH, "и": "y", "г": "h"}),
    _spelling("[а-яё]", _POLISH_PATTERNS, _POLISH),
    _spelling(_SIGN_BEFORE_VOWEL, _SIGN_AS_Y),
    _spelling(_SIGN_BEFORE_VOWEL, _SIGN_AS_I),
    _spelling("[яюй]", {}, {"я": "ja", "ю": "ju", "й": "j"}),
    _spelling("х", {}, {"х": "h"}),
    _spelling("[гиїєю]", {}, _UKRAINIAN),
    _spelling(r"([аоуэөү])\1|юу|юү|яа|ёо", _LONG_VOWELS),
    _spelling("ў", {}, {"ў": "w"}),
)
_OF_GREEK = (
    _spelling(_GREEK, {**_GREEK_PAIRS}),
    _spelling(_GREEK, {**_GREEK_PAIRS, "αι": "e", "χ": "h"}),
    _spelling(_GREEK, _GREEK_BY_EAR),
    _spelling(_GREEK, _GREEK_BY_EAR, {"χ": "h"}),
    _spelling(_GREEK, _GREEK_BY_LETTERS),
)
_SPELLINGS = tuple(
    (re.compile(letters), spellings)
    for letters, spellings in (
        (_ARMENIAN, _OF_ARMENIAN),
        ("[\u10d0-\u10ff]", _OF_GEORGIAN),
        ("[\u0430-\u052f]", _OF_CYRILLIC),
        (_GREEK, _OF_GREEK),
        ("[əışğç·]", _OF_LATIN),
    )
)


def usual_spellings(text: str) -> Iterator[str]:
    """Yield folded ``text``, in small letters, partly in Latin letters; the others stay."""
    text = text.translate(_WITHOUT_TONOS)
    for letters, spellings in _SPELLINGS:
        if letters.search(text):
            yield from _in_each(text, spellings)


def _in_each(text: str, spellings: Iterable[Spelling]) -> Iterator[str]:
    for letters, patterns, table in spellings:
        if letters.search(text):
            spelt = text
            for pattern, replacement in patterns:
                spelt = pattern.sub(replacement, spelt)
            yield spelt.translate(table)
