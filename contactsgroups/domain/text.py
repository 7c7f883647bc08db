"""Names and descriptions that are safe in a header, a card and a page."""

import unicodedata
from collections.abc import Callable

from contactsgroups.domain.errors import InvalidText
from contactsgroups.domain.sentence import Sentence

NAME_LIMIT = 255
DESCRIPTION_LIMIT = 4000
NOTE_LIMIT = 1000
_TABLE_LIMIT = 20_000

# Bidirectional overrides and isolates could make "moc.live" read as "evil.com" in a list.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners are needed to spell names in Persian and in several Indian scripts.
_JOINERS = frozenset("\u200c\u200d")
# The letter й is not an и with an accent, although Unicode takes it apart so.
_SHORT_I = "и\u0306"
# Letters that keyboards of other languages spell out; Unicode does not take these apart.
_SPELT_OUT = str.maketrans(
    {"œ": "oe", "æ": "ae", "þ": "th", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t"}
    | {"ı": "i", "ĸ": "k", "ŋ": "n"}
)


def words_of(field: str) -> str:
    """Return what a field is called in a sentence: people see these words, not its name.

    >>> words_of("display_name"), words_of("description")
    ('name', 'description')
    """
    return "name" if field == "display_name" else field.replace("_", " ")


def clean_name(text: str, *, field: str, required: bool = True) -> str:
    """Return ``text`` as one line: NFC, runs of spaces folded, at most 255 characters.

    Raises:
        InvalidText: it is empty though required, too long, or has control characters
            (CR and LF above all: they would forge header lines).
    """
    normalised = unicodedata.normalize("NFC", _checked_type(text, field))
    _refuse_controls(normalised, field)
    name = " ".join(normalised.split())
    if required and not name:
        raise InvalidText(
            "the {field_name} must not be empty", field=field, field_name=Sentence(words_of(field))
        )
    _refuse_long(name, NAME_LIMIT, field)
    return name


def tidy_name(text: str) -> str:
    """Return what :func:`clean_name` accepts, whatever ``text`` is.

    For names within something else (a card, a message), where an invalid name must not make the
    rest fail.
    """
    allowed = (" " if is_control(character) else character for character in text)
    return " ".join(unicodedata.normalize("NFC", "".join(allowed)).split())[:NAME_LIMIT]


def fold(text: str) -> str:
    """Return ``text`` as rules and our own searches compare it: without case and accents.

    >>> fold("Große Mühle"), fold("Chœur"), fold("ｶﾞｽ"), fold("Кий́в")
    ('grosse muhle', 'choeur', 'ガス', 'кийв')

    Compatibility forms are one (Unicode Standard Annex 15) and case is folded (Unicode Standard
    section 3.13).  Accents and vowel points are left out; marks that make another letter stay.
    Latin ligatures and letters with a stroke become the plain letters that stand for them.
    """
    if text.isascii():
        return text.lower()  # The same in a hundredth of the time.
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = letters.replace(_SHORT_I, "й")
    plain = letters.translate(_WITHOUT_ACCENTS)
    return unicodedata.normalize("NFC", plain.casefold().translate(_SPELT_OUT))


def words_in(folded: str) -> frozenset[str]:
    """Return the words of a folded text: runs of letters, digits and their marks.

    >>> sorted(words_in("anne-marie o'neil"))
    ['anne', 'marie', 'neil', 'o']
    """
    return frozenset(folded.translate(_APART).split())


def casemap(text: str) -> str:
    """Return ``text`` as address-book clients compare it: without case, but with accents.

    In the manner of i;unicode-casemap (RFC 5051), the collation that every CardDAV server has (RFC
    6352 section 8.3), except that compatibility forms stay apart.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _is_accent(character: str) -> bool:
    """Whether a mark is an accent or a vowel point, by its canonical combining class.

    Overlays (1), Hebrew and Arabic points (10 to 36) and marks above and below (200 and more) are.
    Nuktas, kana voicing marks, viramas and Thai tones have the classes between.
    """
    mark_class = unicodedata.combining(character)
    return mark_class == 1 or 10 <= mark_class <= 36 or mark_class >= 200


def _is_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


class _Table(dict[int, str | None]):
    """A table for ``str.translate`` that asks for each of the usual characters once."""

    def __init__(self, becomes: Callable[[str], str | None]) -> None:
        super().__init__()
        self._becomes = becomes

    def __missing__(self, code: int) -> str | None:
        found = self._becomes(chr(code))
        if len(self) < _TABLE_LIMIT:  # There are a million characters that a text may have.
            self[code] = found
        return found


_APART = _Table(lambda each: each if _is_of_word(each) else " ")
_WITHOUT_ACCENTS = _Table(lambda each: None if _is_accent(each) else each)


def clean_description(text: str, *, field: str = "description") -> str:
    """Return ``text`` of several lines: NFC, line feeds only, at most 4,000 characters."""
    return _clean_lines(text, DESCRIPTION_LIMIT, field)


def clean_note(text: str, *, field: str = "note") -> str:
    """Return what somebody writes to somebody else: as a description, at most 1,000 characters."""
    return _clean_lines(text, NOTE_LIMIT, field)


def _clean_lines(text: str, limit: int, field: str) -> str:
    unified = _checked_type(text, field).replace("\r\n", "\n").replace("\r", "\n")
    lines = unicodedata.normalize("NFC", unified).strip()
    _refuse_controls(lines.replace("\n", " ").replace("\t", " "), field)
    _refuse_long(lines, limit, field)
    return lines


def _checked_type(text: object, field: str) -> str:
    if not isinstance(text, str):
        raise InvalidText(
            "the {field_name} must be text", field=field, field_name=Sentence(words_of(field))
        )
    return text


def _refuse_controls(text: str, field: str) -> None:
    if text.isprintable():
        return  # There is no control character then, in a tenth of the time.
    for character in text:
        if is_control(character):
            code = f"U+{ord(character):04X}"
            text = Sentence(
                "the {field_name} must not contain the control character {code}",
                field_name=Sentence(words_of(field)),
                code=code,
            )
            raise InvalidText(text, field=field)


def is_control(character: str) -> bool:
    """Whether no text of ours may have it: a control, a surrogate or a change of direction."""
    if character in _JOINERS:
        return False
    is_control = unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    return is_control or character in _BIDI_CONTROLS


def is_unicode(text: str) -> bool:
    """Whether a text can be sent and stored: none of its characters is half of a surrogate pair.

    JSON can say such halves (RFC 8259 section 8.2); UTF-8 cannot.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_long(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise InvalidText(
            "the {field_name} is longer than {limit} characters",
            field=field,
            field_name=Sentence(words_of(field)),
            limit=limit,
        )


DEPARTMENT_PATH_LIMIT = 600
SHOWN_OF_PATH = 80
"""Characters of a faulty path that its fault repeats."""


def clean_department(path: str) -> list[str]:
    """Return the names in a department's path, from the top.

    Raises:
        InvalidText: one of them is empty, dots alone or unfit, or all together are too long.
    """
    if path.strip() and not all(each.strip() for each in path.split("/")):
        raise InvalidText(
            "a slash stands between two departments, such as Sales/Europe; "
            "a name is missing in {path}",
            field="department",
            path=repr(path.strip()[:SHOWN_OF_PATH]),
        )
    names = [clean_name(name, field="department") for name in path.split("/")]
    for name in names:
        if not name.strip(". "):  # In an address, "." and ".." would be another department.
            raise InvalidText(
                "{name} is no name of a department: it has dots only",
                field="department",
                name=repr(name),
            )
    if len("/".join(names)) > DEPARTMENT_PATH_LIMIT:
        raise InvalidText(
            "a department's path is longer than {limit} characters",
            field="department",
            limit=DEPARTMENT_PATH_LIMIT,
        )
    return names
