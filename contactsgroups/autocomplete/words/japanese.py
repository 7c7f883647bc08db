"""Romaji: Japanese kana in the Latin letters that people type (Hepburn)."""

_MONOGRAPHS = (
    "あa いi うu えe おo かka きki くku けke こko さsa しshi すsu せse そso "
    "たta ちchi つtsu てte とto なna にni ぬnu ねne のno はha ひhi ふfu へhe ほho "
    "まma みmi むmu めme もmo やya ゆyu よyo らra りri るru れre ろro わwa ゐi ゑe をo んn "
    "がga ぎgi ぐgu げge ごgo ざza じji ずzu ぜze ぞzo だda ぢji づzu でde どdo "
    "ばba びbi ぶbu べbe ぼbo ぱpa ぴpi ぷpu ぺpe ぽpo ゔvu "
    "ぁa ぃi ぅu ぇe ぉo ゎwa ゕka ゖke"
)
_SOUNDS = {pair[0]: pair[1:] for pair in _MONOGRAPHS.split()}
_SMALL_Y = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
SMALL_KANA = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
_LARGE = str.maketrans(SMALL_KANA, "あいうえおつやゆよわかけアイウエオツヤユヨワカケ")
_SMALL_VOWELS = {"ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_DOUBLING = "っ"
_LENGTHENING = "ー"
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def romanise_kana(kana: str, *, long_vowels: bool) -> str:
    """Return ``kana`` (hiragana or katakana) in romaji; characters that are no kana stay.

    With ``long_vowels`` they are written out (さとう: satou), otherwise shortened (sato), since
    people write their names either way.
    """
    syllables: list[str] = []
    doubled = False
    for character in kana.translate(_KATAKANA_TO_HIRAGANA):
        if character == _DOUBLING:
            doubled = True
            continue
        sound = _sound(character, syllables)
        syllables.append(_double(sound) if doubled else sound)
        doubled = False
    romaji = "".join(syllables)
    return romaji if long_vowels else _shorten(romaji)


def enlarge_kana(text: str) -> str:
    """Return ``text`` with full-sized kana for small ones, as forms and old spellings have them."""
    return text.translate(_LARGE)


def _sound(character: str, before: list[str]) -> str:
    """Return the sound of ``character``; small kana change the last syllable of ``before``."""
    if before and character in _SMALL_Y and before[-1].endswith("i"):
        stem = before.pop()[:-1]
        glide = "" if stem.endswith(("sh", "ch", "j")) else "y"
        return stem + glide + _SMALL_Y[character]
    if character in _SMALL_Y:
        return "y" + _SMALL_Y[character]
    if before and character in _SMALL_VOWELS and len(before[-1]) > 1:
        return before.pop()[:-1] + _SMALL_VOWELS[character]
    if before and before[-1] == "u" and character in "ぃぇぉ":
        return before.pop()[:-1] + "w" + _SMALL_VOWELS[character]
    if character == _LENGTHENING:
        return before[-1][-1] if before and before[-1] else ""
    return _SOUNDS.get(character, character)


def _double(sound: str) -> str:
    """Double the first consonant: きっと is kitto, まっちゃ is matcha."""
    return "t" + sound if sound.startswith("ch") else sound[:1] + sound


def _shorten(romaji: str) -> str:
    for long, short in (("ou", "o"), ("oo", "o"), ("uu", "u")):
        romaji = romaji.replace(long, short)
    return romaji
