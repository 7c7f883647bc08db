"""Burmese names as their bearers write them in Latin letters: Khin Maung Aye, Thiri Hlaing.

Each syllable of a name is often written as a word, so each begins one. Spellings follow what the
Board on Geographic Names took from use (1970), and the other usual ones of frequent sounds.
"""

import re
from collections.abc import Iterator
from itertools import islice, product

_INITIALS = dict(
    zip(
        "ကခဂဃငစဆဇဈဉညဋဌဍဎဏတထဒဓနပဖဗဘမယရလဝသဟဠအဿ",
        "k kh g g ng s s z z ny ny t ht d d n t ht d d n p ph b b m y y l w th h l - th".split(),
        strict=True,
    )
)
_FURTHER_INITIALS = {
    "ht": ("t", "th"), "ph": ("hp", "p"), "y": ("r",), "p": ("b",), "t": ("d",), "ky": ("ch", "gy"),
    "ch": ("khy",), "s": ("hs",), "gy": ("j", "ky"), "k": ("g",), "th": ("dh",),
}  # fmt: skip
_VELAR = {"k": "ky", "kh": "ch", "g": "gy", "y": "y"}
# The sounds of a vowel sign with a final, the usual one first.
_RHYMES = {
    "": "a", "ာ": "a ar", "ါ": "a ar", "ိ": "i ei", "ီ": "i ee", "ု": "u", "ူ": "u oo", "ေ": "ay e",
    "ဲ": "e ai", "ော": "aw", "ေါ": "aw", "ို": "o oe oh", "ံ": "an", "ုံ": "on oun", "ိံ": "ein",
    "က": "et ek", "င": "in", "စ": "it", "ည": "i yi ee", "ဉ": "in", "တ": "at", "ပ": "at ap",
    "န": "an", "မ": "an am", "ယ": "e ay", "ဏ": "an", "လ": "al", "သ": "ath", "ရ": "ar", "ဒ": "at",
    "ောက": "auk", "ောင": "aung", "ေါက": "auk", "ေါင": "aung", "ိုက": "aik", "ိုင": "aing", "ိုယ": "o",
    "ိတ": "eik eit", "ိပ": "eik eip", "ိန": "ein", "ိမ": "ein eim", "ုတ": "oke ok", "ုပ": "oke ok",
    "ုန": "on one", "ုမ": "on um", "ိစ": "eik", "ုဒ": "oke", "ိဒ": "eik", "ုဂ": "oke", "ဂ": "et",
    "ာန": "an", "ာတ": "at", "ေတ": "et", "ေသ": "eth", "ာဏ": "an", "ာယ": "ai", "ာရ": "ar", "ဗ": "at",
}  # fmt: skip
_ROUNDED = {
    "an": "un wan",
    "at": "ut wat",
    "am": "un wan",
    "a": "wa",
    "in": "win",
    "e": "we",
    "ap": "ut",
}
_CREAKY = {
    "in": "int in",
    "an": "ant an",
    "ein": "eint ein",
    "aung": "aung",
    "on": "ont on",
    "un": "unt un",
}
_ALONE = {"ay": "aye"}
_INDEPENDENT = str.maketrans(
    {"ဣ": "အိ", "ဤ": "အီ", "ဥ": "အု", "ဦ": "အူ", "ဧ": "အေ", "ဩ": "အော", "ဪ": "အော"}
)

_BURMESE = re.compile("[\u1000-\u102a]")
_RUN = re.compile("[\u1000-\u109f]+")
_SYLLABLE = re.compile(
    "(?P<initial>[\u1000-\u1021\u103f])(?P<medials>[\u103b-\u103e]*)"
    "(?P<vowels>[\u102b-\u1032]*\u1036?)\u1037?"
    "(?:(?P<final>[\u1000-\u1021])(?:\u1037?\u103a|\u1039))?"
    "\u103a?[\u1037\u1038]*"
)
_STACKED_FIRST = re.compile("\u1004\u103a\u1039")
_MOST_SPELLINGS = 24


def is_burmese(text: str) -> bool:
    """Whether ``text`` has Burmese letters."""
    return _BURMESE.search(text) is not None


def romanise_burmese(text: str) -> Iterator[str]:
    """Yield two spellings of ``text``, the most usual one first; other scripts stay.

    >>> next(romanise_burmese("ခင်မောင်"))
    'khinmaung'
    """
    yield _RUN.sub(lambda run: "".join(each[0] for each in _syllables(run[0])), text)
    yield _RUN.sub(lambda run: "".join(each[:2][-1] for each in _syllables(run[0])), text)


def words_of_burmese(text: str) -> set[str]:
    """Return what is typed for each syllable of a piece and those after it, in any spelling."""
    found: set[str] = set()
    syllables = [each for run in _RUN.findall(text) for each in _syllables(run)]
    if not syllables:
        return found
    for start, spellings in enumerate(syllables):
        rest = "".join(each[0] for each in syllables[start + 1 :])
        found.update(spelling + rest for spelling in spellings)
    found.update(map("".join, islice(product(*syllables), _MOST_SPELLINGS)))
    return found


def beginnings_of_burmese(text: str) -> Iterator[str]:
    """Yield what begins at each syllable of a piece, in its own letters."""
    for run in _RUN.findall(text):
        for syllable in _SYLLABLE.finditer(run):
            yield run[syllable.start() :]


def _syllables(run: str) -> list[tuple[str, ...]]:
    """Return the spellings of each syllable of a run of letters."""
    run = _STACKED_FIRST.sub("\u1004\u103a", run.translate(_INDEPENDENT))
    return [_spellings(found) for found in _SYLLABLE.finditer(run)]


def _spellings(syllable: re.Match[str]) -> tuple[str, ...]:
    parts = syllable.groupdict(default="")
    initials = _initials(parts["initial"], parts["medials"])
    rhymes = _rhymes(parts["vowels"], parts["final"], creaky="\u1037" in syllable[0])
    if not initials[0]:
        rhymes = [_ALONE.get(rhyme, rhyme) for rhyme in rhymes]
    if "\u103d" in parts["medials"]:
        rounded = _ROUNDED.get(rhymes[0])
        rhymes = rounded.split() if rounded else ["w" + rhyme for rhyme in rhymes]
    return tuple(dict.fromkeys(initial + rhyme for initial in initials for rhyme in rhymes))


def _initials(initial: str, medials: str) -> tuple[str, ...]:
    """Return the ways to write a consonant with what is below it."""
    sound = _INITIALS[initial].replace("-", "")
    if "\u103b" in medials or "\u103c" in medials:
        sound = _VELAR.get(sound, sound + "y")
    if "\u103e" in medials:
        sound = "sh" if sound in ("y", "ly") else "h" + sound
    return (sound, *_FURTHER_INITIALS.get(sound, ()))


def _rhymes(vowels: str, final: str, *, creaky: bool) -> list[str]:
    # What has no sound of its own with this vowel is one as it is with any.
    known = (_RHYMES.get(vowels + final) or _RHYMES.get(final) or "a").split()
    return _CREAKY.get(known[0], " ".join(known)).split() if creaky else known
