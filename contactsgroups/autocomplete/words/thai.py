"""Thai names as they are written in Latin letters, with the vowels that Thai does not write.

By the Royal Thai General System of Transcription (1999), and as its bearers usually differ from it:
without the h of ph, th and kh, with j for จ, v for ว, sri for ศรี and orn for a final ร.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

_INITIALS = dict(
    zip(
        "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
        "k kh kh kh kh kh ng c ch ch s ch y d t th th th n d t th th th n b p ph f ph f ph m y r "
        "l w s s s h l . h".replace(".", "-").split(),
        strict=True,
    )
)
_FINALS = dict(
    zip(
        "กขฃคฅฆงจชซฌญฎฏฐฑฒณดตถทธนบปพฟภมยรลวศษสฬอ",
        "k k k k k k ng t t t t n t t t t t n t t t t t n p p p p p m i R n o t t t n -".split(),
        strict=True,
    )
)
_CONSONANT = "[ก-ฮ]"
_TONES = re.compile("[\u0e47-\u0e4b\u0e4d\u0e4e]")
_SILENT = re.compile(f"(?:[ตทด](?=ร\u0e4c))?{_CONSONANT}[\u0e34\u0e38]?\u0e4c")
# Written at the end, and not spoken.
_IRREGULAR = tuple(
    (re.compile(written), spoken)
    for written, spoken in (
        (r"(ชา|ญา|บั|ญั)ติ", r"\1ต"),
        ("เกียรติ", "เกียด"),
        ("ภูมิ", "ภูม"),
        ("ฤ", "ริ"),
        ("([ัิุ][กชตท])ร(?![\u0e30-\u0e3a])", r"\1"),
    )
)
_NEVER_LINKED = ("", "ง", "ย", "ว", "ร", "น", "ณ", "ญ")
_THAI = re.compile("[\u0e01-\u0e2e]")
_RUN = re.compile("[\u0e01-\u0e4e]+")

_AFTER = "\u0e30-\u0e3a"  # Vowels behind, above or below a consonant.
_LED_CLUSTER = "(?:[กขคตปผพทสศซ][รล]|ห[งญนมยรลว]|อย)"
_CLUSTER = f"(?:{_LED_CLUSTER}|[กขค]ว)"
_LED = f"(?P<onset>{_LED_CLUSTER}|{_CONSONANT})"
_ONSET = f"(?P<onset>{_CLUSTER}(?=[{_AFTER}])|{_CONSONANT})"
_END = f"(?P<final>{_CONSONANT})(?![{_AFTER}]|รร)"
_CLOSED = f"(?:{_END})?"
_TWO = f"(?P<open>(?!สร){_CONSONANT})(?P<onset>{_CONSONANT})"

_LONG_I, _LONG_U = "I", "U"
"""Spelt as the short ones by most, and as in English by some: Jaidee, Boonchoo."""

# Of several ways to cut a run into syllables, the one with the least doubt is likeliest.
_PATTERNS = tuple(
    (re.compile(pattern), vowel, doubt)
    for pattern, vowel, doubt in (
        # Charoen, Sathian: the first vowel embraces two syllables, of which one has an a.
        (f"เ{_TWO}ียะ?{_CLOSED}", "ia", 0.0),
        (f"เ{_TWO}ิ{_CLOSED}", "oe", 0.0),
        (f"เ{_TWO}(?P<final>{_CONSONANT})$", "e", 0.5),
        (f"เ{_LED}ียะ?{_CLOSED}", "ia", 0.1),
        (f"เ{_LED}ือะ?{_CLOSED}", "uea", 0.0),
        (f"เ{_LED}าะ", "o", 0.0),
        (f"เ{_LED}า", "ao", 0.1),
        (f"เ{_LED}[ิี]{_CLOSED}", "oe", 0.1),
        (f"เ{_LED}อะ?(?![{_AFTER}]){_CLOSED}", "oe", 0.0),
        (f"เ{_LED}ย(?![{_AFTER}])", "oei", 0.0),
        (f"เ{_LED}ะ?{_CLOSED}", "e", 0.2),
        (f"แ{_LED}ะ?{_CLOSED}", "ae", 0.0),
        (f"โ{_LED}ะ?{_CLOSED}", "o", 0.0),
        (f"[ใไ]{_LED}ย?(?![{_AFTER}])", "ai", 0.0),
        (f"{_ONSET}ัวะ?", "ua", 0.0),
        (f"{_ONSET}ั(?!ว){_END}", "a", 0.0),
        (f"{_ONSET}[ะา]{_CLOSED}", "a", 0.0),
        (f"{_ONSET}ำ", "am", 0.0),
        (f"{_ONSET}ิ{_CLOSED}", "i", 0.0),
        (f"{_ONSET}ี{_CLOSED}", _LONG_I, 0.0),
        (f"{_ONSET}(?:ือ?|ึ){_CLOSED}", "ue", 0.0),
        (f"{_ONSET}ุ{_CLOSED}", "u", 0.0),
        (f"{_ONSET}ู{_CLOSED}", _LONG_U, 0.0),
        (f"{_LED}รร{_END}", "a", 0.0),
        (f"{_LED}รร", "an", 0.1),
        (f"{_LED}อ(?![{_AFTER}]){_CLOSED}", "o", 0.0),
        (f"(?P<onset>ห[งญนมยรลว]|(?!อ){_CONSONANT})ว{_END}", "ua", 0.5),
        (f"(?P<onset>{_CLUSTER}){_END}", "o", 0.7),
        (f"(?P<onset>[^ง])(?<={_CONSONANT}){_END}", "o", 0.6),
        (f"(?P<onset>[^ง])(?<={_CONSONANT})", "a", 1.0),
    )
)
_ENDS_WITHOUT_VOWEL = 3.0
_R_BEFORE_CONSONANT = 1.6  # Mostly it begins a syllable of its own: Suraphon.
_SILENT_AT_END = 2.0
_SKIPPED = 9.0
_MOST_LETTERS = 24


class Syllable(NamedTuple):
    """Letters of Thai: a consonant or two, and one behind them, with the sound between."""

    onset: str
    vowel: str
    final: str


_Syllables = tuple[Syllable, ...]
_Cut = tuple[float, _Syllables]
_Way = Callable[[Syllable], str]


def is_thai(text: str) -> bool:
    """Whether ``text`` has Thai letters."""
    return _THAI.search(text) is not None


def romanise_thai(text: str) -> Iterator[str]:
    """Yield the usual spellings of ``text``, the official one first; other scripts stay.

    >>> list(romanise_thai("พรทิพย์"))[:3]
    ['phonthip', 'phornthip', 'pornthip']
    """
    text = text.replace("\u0e4d\u0e32", "\u0e33")  # Normalisation takes a vowel apart.
    for way in (
        _official,
        _with_orn,
        _with_p,
        _with_p_and_j,
        _popular,
        _popular_with_v,
        _as_in_english,
    ):
        yield _spelt_by(way, _likeliest, text)
    for way in (_official, _popular):
        yield _spelt_by(way, _second_likeliest, text)
        yield _spelt_by(way, _linked, text)


def _spelt_by(way: _Way, join: Callable[[list[_Syllables], _Way], str], text: str) -> str:
    return _RUN.sub(lambda run: join(cuts_of(run[0]), way), text)


def _likeliest(cuts: list[_Syllables], way: _Way) -> str:
    return "".join(map(way, cuts[0]))


def _second_likeliest(cuts: list[_Syllables], way: _Way) -> str:
    return "".join(map(way, cuts[-1]))


def cuts_of(run: str) -> list[_Syllables]:
    """Return the likeliest one or two ways to cut a run of letters into syllables."""
    run = _SILENT.sub("", run)
    for written, spoken in _IRREGULAR:
        run = written.sub(spoken, run)
    return _cuts_of_plain(_TONES.sub("", run)[:_MOST_LETTERS])


@lru_cache(maxsize=4_096)
def _cuts_of_plain(run: str) -> list[_Syllables]:
    best: list[list[_Cut]] = [[] for _ in run] + [[(0.0, ())]]
    for place in reversed(range(len(run))):
        found: list[_Cut] = []
        for doubt, end, syllables in _syllables(run, place):
            found += [(doubt + rest, (*syllables, *others)) for rest, others in best[end]]
        best[place] = sorted(found)[:2]
    return [syllables for _, syllables in best[0]] or [()]


def _syllables(run: str, place: int) -> Iterator[tuple[float, int, _Syllables]]:
    """Yield how doubtful each possible syllable is, where it ends, and it."""
    yield (_SILENT_AT_END if place and place + 1 == len(run) else _SKIPPED), place + 1, ()
    for pattern, vowel, doubt in _PATTERNS:
        found = pattern.match(run, place)
        if not found:
            continue
        parts = found.groupdict()
        first = (Syllable(parts["open"], "a", ""),) if "open" in parts else ()
        final = parts.get("final") or ""
        at_end = _ENDS_WITHOUT_VOWEL if doubt == 1.0 and found.end() == len(run) else 0.0
        before_consonant = final == "ร" and vowel != "o" and found.end() < len(run)
        further = _R_BEFORE_CONSONANT if before_consonant else at_end
        yield doubt + further, found.end(), (*first, Syllable(parts["onset"], vowel, final))
        if final and pattern.pattern.endswith(")?"):
            open_ = Syllable(parts["onset"], vowel, "")
            yield doubt, found.start("final"), (*first, open_)


def _linked(cuts: list[_Syllables], way: _Way) -> str:
    """Return syllables with an a between those that end and begin with consonants: Natthaphon."""
    syllables = cuts[0]
    found = ""
    for syllable in syllables:
        found += way(syllable)
        if syllable.final not in _NEVER_LINKED and syllable is not syllables[-1]:
            found += way(Syllable(syllable.final, "a", ""))
    return found


def _official(syllable: Syllable) -> str:
    return spelt(syllable, "on").replace("c", "ch").replace("chh", "ch").replace("sr", "s")


def _with_orn(syllable: Syllable) -> str:
    return spelt(syllable, "orn").replace("c", "ch").replace("chh", "ch")


def _with_p(syllable: Syllable) -> str:
    return _with_orn(syllable).replace("ph", "p")


def _with_p_and_j(syllable: Syllable) -> str:
    return re.sub("c(?!h)", "j", spelt(syllable, "orn").replace("ph", "p"))


def _popular(syllable: Syllable) -> str:
    return re.sub("(?<=[tk])h", "", _with_p_and_j(syllable))


def _popular_with_v(syllable: Syllable) -> str:
    return _with_p(syllable).replace("w", "v").replace("th", "t").replace("oe", "er")


def _as_in_english(syllable: Syllable) -> str:
    long = {_LONG_I: "ee", _LONG_U: "oo"}.get(syllable.vowel, syllable.vowel)
    return _popular(syllable._replace(vowel=long))


def spelt(syllable: Syllable, with_r: str) -> str:
    """Return a syllable; its last letter may be a sound of its vowel: chai, kaeo."""
    onset = syllable.onset
    if len(onset) > 1 and onset[0] in "หอ":
        onset = onset[1:]  # Silent: it only changes the tone.
    initial = "".join(_INITIALS[each] for each in onset).replace("-", "")
    vowel = syllable.vowel.lower()
    final = _FINALS.get(syllable.final, "").replace("-", "")
    if final == "R":
        return initial + (with_r if vowel == "o" else vowel + "n")
    if vowel in ("i", "ia") and final == "i":
        final = ""
    return initial + vowel + final
