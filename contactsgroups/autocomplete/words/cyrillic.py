"""Cyrillic names as their bearers write them in Latin letters.

Passports, scholars, newspapers and other languages each have a system. A name is written in one of
them from beginning to end, so each gives one spelling, and there are no mixtures.
"""

import re

_CYRILLIC = re.compile("[\u0400-\u052f]")

# Scholars', Germans' and West Slavs': Sergej, Julija, Cechov.
SCHOLARLY = {
    "й": "j", "я": "ja", "ю": "ju", "ё": "jo", "є": "je", "ї": "ji", "х": "h", "ц": "c", "ч": "c",
    "ш": "s", "щ": "sc", "ж": "z", "ь": "", "ъ": "",
}  # fmt: skip

# German newspapers': Tschaikowski, Chruschtschow, Schukow.
GERMAN = {
    "в": "w", "ч": "tsch", "ш": "sch", "щ": "schtsch", "ж": "sch", "з": "s", "х": "ch", "ц": "z",
    "я": "ja", "ю": "ju", "й": "i", "ё": "jo", "ь": "", "ъ": "",
}  # fmt: skip

# French newspapers', and in part all that took a name from them: Tchaikovsky, Chostakovitch.
FRENCH = {
    "у": "ou", "ч": "tch", "ш": "ch", "щ": "chtch", "ж": "j", "ц": "ts", "х": "kh", "я": "ia",
    "ю": "iou", "й": "i", "ё": "io", "ь": "", "ъ": "",
}  # fmt: skip

# Ukrainian passports since 2010: Hryhorii, Tymoshenko.
UKRAINIAN = {
    "г": "h", "и": "y", "й": "i", "ї": "i", "є": "ie", "я": "ia", "ю": "iu", "ь": "",
}  # fmt: skip
_UKRAINIAN_BEGINNINGS = {"ї": "yi", "є": "ye", "я": "ya", "ю": "yu", "й": "y"}

# Newspapers': Dmitry, Yulia, Alexey, Yevgeny, Dostoyevsky.
_ENDING = re.compile(r"[иы]й\b")
_IOTATED = re.compile(r"\bе|(?<=[аеиоуэюя])е")
_POPULAR = (
    (_IOTATED, "ye"),
    (_ENDING, "y"),
    (re.compile("(?<=и)я"), "a"),
    (re.compile("кс"), "x"),
    (re.compile("ё"), "yo"),
)
_AFTER_SIBILANT = re.compile("(?<=[жчшщ])ё")
_BEGINNING = re.compile(r"\b[їєяюй]")


def is_cyrillic(text: str) -> bool:
    """Whether ``text`` has Cyrillic letters."""
    return _CYRILLIC.search(text) is not None


def popular(text: str) -> str:
    """Return ``text`` with what newspapers write differently already in Latin letters."""
    for pattern, latin in _POPULAR:
        text = pattern.sub(latin, text)
    return text


def german(text: str) -> str:
    """Return ``text`` with what German newspapers write differently by place."""
    return _AFTER_SIBILANT.sub("o", _ENDING.sub("i", text))


def french(text: str) -> str:
    """Return ``text`` with what French newspapers write differently by place: Gorbatchev."""
    return _AFTER_SIBILANT.sub("e", text)


def scholarly(text: str) -> str:
    """Return ``text`` with what scholars write differently by place already in Latin letters."""
    return _IOTATED.sub("je", _AFTER_SIBILANT.sub("e", text))


def ukrainian(text: str) -> str:
    """Return ``text`` with what Ukrainian writes differently at a word's beginning in Latin."""
    return _BEGINNING.sub(lambda found: _UKRAINIAN_BEGINNINGS[found[0]], text)
