"""Arabic and Hebrew: the letters that people type, without vowel marks and variants.

Vowel marks are rarely written, and some letters are written in more than one way, by habit or by
keyboard: alef with and without its hamza, ya for alef maqsura, ha for ta marbuta, Persian letters
for Arabic ones.
"""

import re
import unicodedata

_ARABIC = "\u0600-\u06ff\u0750-\u077f\u0870-\u08ff"
_HEBREW = "\u0590-\u05ff"
_SEMITIC = re.compile(f"[{_ARABIC}{_HEBREW}]")

_DOUBLED = re.compile("([יו])\\1")

_ARTICLE = re.compile("^[اٱ]ل(?=[\u0621-\u064a]{3})")

# Before these letters the article is not spoken: Abdurrahman, Salahuddin.
_ASSIMILATED = re.compile("(?:(?<=عبد)ال(?=[تثدذرزسشصضطظن])|(?<=..)ال(?=دين$))")
_FAITH = "الدين"

# The two gutturals stand at the beginning of many names, where a letter must be left to be typed;
# ``a`` is also what their bearers write most.
_LETTERS = str.maketrans(
    {
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
        "ک": "ك", "ـ": "", "ء": "", "״": "",
        "ا": "a", "ع": "a", "א": "a", "ע": "a",
        "ם": "מ", "ן": "נ", "ך": "כ", "ף": "פ", "ץ": "צ",
    }
)  # fmt: skip


def is_semitic(text: str) -> bool:
    """Whether ``text`` has Arabic or Hebrew letters or marks."""
    return _SEMITIC.search(text) is not None


def has_vowel_marks(text: str) -> bool:
    """Whether ``text`` has marks of Arabic or Hebrew vowels."""
    return any(map(_is_mark, text))


def unmarked(text: str) -> str:
    """Return ``text`` without Arabic and Hebrew vowel marks, and with one form of each letter."""
    apart = unicodedata.normalize("NFD", text)
    bare = "".join(each for each in apart if not _is_mark(each))
    # Hebrew without vowel marks may double a letter that stands for a vowel: Chaim, Aviva.
    bare = _DOUBLED.sub(r"\1", bare)
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


def without_article(word: str) -> str:
    """Return an Arabic word without its article, which is often left out of names."""
    return _ARTICLE.sub("", word)


def with_assimilated_article(word: str) -> str:
    """Return an Arabic word that has an article inside as it is spoken: Abdurrahman."""
    return _ASSIMILATED.sub("", word)


def may_begin_another(word: str, other: str) -> bool:
    """Whether two Arabic or Hebrew words are often written in one, in Latin letters."""
    return unmarked(word) in _JOINED or other == _FAITH


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn" and is_semitic(character)


# Abdulrahman, Abuzaid, Alireza, Bengurion.
_JOINED = frozenset(
    map(
        unmarked,
        "عبد ابو أبي ابن بن بنت ام ال علی محمد غلام امیر نور سيف שם בן בת אבו בר אור".split(),
    )
)
