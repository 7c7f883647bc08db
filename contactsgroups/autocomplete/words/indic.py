"""Names in the scripts of India as their bearers write them in Latin letters.

Nine scripts, from Devanagari to Malayalam, have one layout in Unicode; Sinhala's letters are taken
for those of Malayalam. In all of them a consonant a sign
has an *a*, which letter by letter would be lost: Sharma would be srma.
"""

import re
from collections.abc import Iterator

_FIRST, _LAST, _BLOCK = 0x0900, 0x0D7F, 0x80
_INDIC = re.compile("[\u0900-\u0dff]")
_SINHALA = re.compile("[\u0d80-\u0dff]")
_BENGALI, _GURMUKHI, _TAMIL, _MALAYALAM = 0x0980, 0x0A00, 0x0B80, 0x0D00
_DENTAL = "T"
_NORTHERN = frozenset((0x0900, _BENGALI, _GURMUKHI, 0x0A80, 0x0B00))

# By the place in the block; what is written twice in Latin letters is long.
_VOWELS = {
    0x05: "a", 0x06: "a", 0x07: "i", 0x08: "I", 0x09: "u", 0x0A: "U", 0x0B: "ri", 0x0D: "e",
    0x0E: "e", 0x0F: "e", 0x10: "ai", 0x11: "o", 0x12: "o", 0x13: "o", 0x14: "au",
}  # fmt: skip
_SIGNS = {
    0x3E: "a", 0x3F: "i", 0x40: "I", 0x41: "u", 0x42: "U", 0x43: "ri", 0x45: "e", 0x46: "e",
    0x47: "e", 0x48: "ai", 0x49: "o", 0x4A: "o", 0x4B: "o", 0x4C: "au", 0x4D: "", 0x57: "au",
}  # fmt: skip
_CONSONANTS = dict(
    enumerate(
        "k kh g gh n ch chh j jh n t th d dh n T th d dh n n p ph b bh m y r r l l zh v sh sh s "
        "h".split(),
        0x15,
    )
)
_WITH_DOT = {"j": "z", "ph": "f", "d": "r", "dh": "rh", "y": "y"}
_DOT, _NASALS, _BREATH, _DOUBLING = 0x3C, (0x01, 0x02, 0x70), 0x03, 0x71
_CHILLU = dict(zip(range(0x7A, 0x80), "n n r l l k".split(), strict=True))
_INHERENT = "A"

# Letters of Sinhala, and those of Malayalam with the same sound.
_FROM_SINHALA = str.maketrans(
    {
        **dict(zip("අආඇඈඉඊඋඌඍඑඒඓඔඕඖ", "അആആആഇഈഉഊഋഎഏഐഒഓഔ", strict=True)),
        **dict(zip("කඛගඝඞචඡජඣටඨඩඪණතථදධන", "കഖഗഘങചഛജഝടഠഡഢണതഥദധന", strict=True)),
        **dict(zip("පඵබභමයරලවශෂසහළෆඤ", "പഫബഭമയരലവശഷസഹളഫഞ", strict=True)),
        **dict(zip("\u0dca\u0dcf\u0dd0\u0dd1\u0dd2\u0dd3\u0dd4\u0dd6\u0dd8", "്ാാാിീുൂൃ", strict=True)),
        **dict(zip("\u0dd9\u0dda\u0ddb\u0ddc\u0ddd\u0dde\u0d82\u0d83", "െേൈൊോൌംഃ", strict=True)),
        "ඟ": "ങ്ഗ", "ඬ": "ണ്ഡ", "ඳ": "ന്ദ", "ඹ": "മ്ബ", "ඥ": "ജ്ഞ", "ඦ": "ഞ്ജ",
    }
)  # fmt: skip
_JOINERS = str.maketrans("", "", "\u200c\u200d")

# Between two syllables, northern languages leave it out as well: Harpreet, not Harapreet.
_MEDIAL = re.compile("(?<=[aeiouIUA])([^aeiouIUA]h?)A(?=[^aeiouIUA]{1,3}(?:[aeiouIU]|A.))")
_MEDIAL_ALONE = re.compile(_MEDIAL.pattern.replace("(?<=[aeiouIUA])(", "([aeiouIUA]"))
_FINAL = re.compile(r"A\b")
_AFTER_CONSONANT = re.compile("(?<=[b-df-hj-np-tv-z])v")
_TAMIL_VOICED = re.compile("(?<=[aeiouIUAn])(k|t|T|p)(?=[aeiouIUA])")
_TAMIL_SIBILANT = re.compile("(?:^|(?<=[aeiouIUA]))ch(?=[aeiouIUA])")
_VOICED = {"k": "g", "t": "d", "T": "d", "p": "b"}


def is_indic(text: str) -> bool:
    """Whether ``text`` has letters of one of the nine scripts."""
    return _INDIC.search(text) is not None


def romanise_indic(text: str) -> Iterator[str]:
    """Yield the usual spellings of ``text``; characters of other scripts stay.

    The plain one first, then Sri for Shri, Laxmi Gowda for Lakshmi Gauda, and the last *a* kept.
    """
    is_sinhala = _SINHALA.search(text) is not None
    text = text.translate(_JOINERS).translate(_FROM_SINHALA)
    words = [_read(word) if is_indic(word) else word for word in re.split("( )", text)]
    spoken = _TAMIL_VOICED.sub(_voiced, "".join(words)) if _is_tamil(text) else "".join(words)
    plain = _FINAL.sub("", spoken).lower()
    yield plain
    southern = not _NORTHERN & set(map(_script, text))
    for each in (plain, spoken.lower()):
        yield each.replace("sh", "s").replace("jn", "gy").replace("jh", "z")
    yield spoken.lower().replace("v", "w")
    english = _english("".join(words), southern=southern)
    yield from (english, english.replace("ksh", "x"), english.replace("sh", "s"))
    if _is_tamil(text):
        yield re.sub(r"\bp", "b", plain.replace("zh", "l"))
        yield plain.replace("zh", "l").replace("chch", "s")
    yield spoken.lower()
    if not southern:
        yield from _northern(plain, " ".join("".join(_letters(word)) for word in text.split()))
    if is_sinhala:
        yield from _sinhalese(spoken.lower())


def _northern(plain: str, with_every_a: str) -> Iterator[str]:
    """Yield Chaudhary and Choudhari for Chaudhri, and names from Persian and Arabic.

    The latter are mostly written without the dots that tell their sounds: Faisal, Mizan, Rafiq.
    """
    every_a = _FINAL.sub("", with_every_a).lower()
    # Of two in a row only the first is left out: Kulkarni.
    yield _FINAL.sub("", _MEDIAL_ALONE.sub(r"\1", with_every_a)).lower()
    for each in (every_a, every_a.replace("au", "ou")):
        yield from (each, re.sub(r"(?<=[^aeiou])i\b", "y", each))
    yield plain.replace("ph", "f").replace("au", "ou")
    yield plain.replace("ph", "f").replace("j", "z")
    yield plain.replace("ph", "f").replace("k", "q")


def _sinhalese(spoken: str) -> Iterator[str]:
    """Yield what Sinhalese names have in English: Jayawardene, Wickremesinghe, Senanayake."""
    english = spoken.replace("nh", "ngh").replace("vikr", "wickr").replace("v", "w")
    for each in (english.replace("ksh", "ks"), re.sub("t(?=[aeiou])", "th", spoken)):
        yield each
        yield re.sub(r"a\b", "e", each.replace("ayak", "aik"))
        yield re.sub(r"a\b", "e", each)


def _read(word: str) -> str:
    """Return a word with capitals for long vowels and for an *a* that is not written."""
    read = "".join(_letters(word))
    if _is_tamil(word):
        return _TAMIL_SIBILANT.sub("s", read)
    if _NORTHERN & set(map(_script, word)):
        return _MEDIAL.sub(r"\1", read)
    return read


def _script(character: str) -> int:
    """Return where the block of a character begins."""
    return ord(character) & ~(_BLOCK - 1)


def _is_tamil(text: str) -> bool:
    return _TAMIL in map(_script, text)


def _voiced(consonant: re.Match[str]) -> str:
    return _VOICED[consonant[0]]


def _letters(word: str) -> list[str]:
    """Return the letters that the characters of a word stand for, one by one."""
    found: list[str] = []
    open_consonant = False
    for character in word:
        place = ord(character) % _BLOCK if _FIRST <= ord(character) <= _LAST else -1
        if place == _DOT and found:
            found[-1] = _WITH_DOT.get(found[-1], found[-1])
        elif place in _SIGNS:
            found.append(_SIGNS[place])
            open_consonant = False
        else:
            if open_consonant:
                found.append(_INHERENT)
            found.append(_letter(character, place))
            open_consonant = place in _CONSONANTS
    return [*found, _INHERENT] if open_consonant else found


def _letter(character: str, place: int) -> str:
    """Return what a character that is no vowel sign stands for."""
    if place in _NASALS:
        return "n"
    if place == _BREATH:
        return "h"
    if place == _DOUBLING and ord(character) < 0x0A80:
        return ""
    if ord(character) - _MALAYALAM in _CHILLU:
        return _CHILLU[ord(character) - _MALAYALAM]
    return _CONSONANTS.get(place) or _VOWELS.get(place) or ("" if place >= 0 else character)


def _english(read: str, *, southern: bool) -> str:
    """Return what is read as English spelling has it: Preet, Gowda, Laxmi, Reddy, Eshwar, Nair.

    Southern ones have Karthik for Kartik, and in Tamil Venkatesan for Vengadesan.
    """
    if southern:
        read = re.sub(f"{_DENTAL}+", "th", read).replace("pr", "br")
    spelt = _AFTER_CONSONANT.sub("w", read.replace("I", "ee").replace("U", "oo").lower())
    spelt = re.sub("ay[ai]", "ai", spelt).replace("iya", "ia")
    spelt = spelt.replace("jn", "gy")
    return re.sub(r"ee\b", "i", re.sub(r"(?<=[^aeiouy])i\b", "y", spelt)).replace("au", "ow")
