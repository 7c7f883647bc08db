"""Every catalogue is whole, agrees with the code, and leaves places and HTML as they are."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from string import Formatter

import pytest
from babel.messages.catalog import Message

from contactsgroups.catalogues import (
    CHINESE,
    ENGLISH,
    GERMAN,
    LANGUAGES,
    choose_language,
    find_language,
)
from contactsgroups.domain.errors import InvalidInput
from tests.web.catalogues import (
    TRANSLATED,
    as_source,
    compiled,
    error_names,
    functions,
    path_of,
    read,
    sources,
    updated,
)

_PERCENT = re.compile(r"%\((\w+)\)s")
_TAG = re.compile(r"<[^<>]+>")


def forms(message: Message) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each translation with the English forms that it may stand for."""
    english = message.id if isinstance(message.id, tuple) else (message.id,)
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    for text in texts:
        yield tuple(english), text


def places(text: str) -> set[str]:
    """What is put into a text, in the way of templates or in that of the code."""
    percent = set(_PERCENT.findall(text))
    return percent or {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def all_forms() -> Iterator[tuple[tuple[str, ...], str]]:
    for directory in TRANSLATED:
        for message in read(directory):
            if message.id:
                yield from forms(message)


@pytest.mark.parametrize("directory", TRANSLATED)
def test_a_catalogue_has_exactly_the_messages_of_the_code(directory: str) -> None:
    stored = path_of(directory, ".po").read_text(encoding="utf-8").split("\n\n")
    wanted = as_source(updated(directory)).decode().split("\n\n")

    assert [each for each in wanted if each not in set(stored)] == [], "make translations"
    assert [each for each in stored if each not in set(wanted)] == [], "make translations"
    assert stored == wanted


def test_what_is_collected_does_not_depend_on_what_tests_have_made() -> None:
    class Counted(InvalidInput):
        """Named like a class of the product that is no error."""

    assert Counted.__name__ not in error_names()


def texts_in_places(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of the code that stand within the braces of an f-string."""
    for part in ast.walk(tree):
        if isinstance(part, ast.FormattedValue):
            for each in ast.walk(part.value):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


def test_no_message_stands_in_an_f_string() -> None:
    """Babel finds it there from Python 3.12 on only, where f-strings are taken apart (PEP 701)."""
    names = functions()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
                assert [each for each in calls if name_of(each) in names] == [], path
            elif isinstance(node, ast.Call) and name_of(node) in names:
                assert list(texts_in_places(node)) == [], path


def name_of(call: ast.Call) -> str:
    """The name of what is called, without what it belongs to."""
    called = call.func
    return getattr(called, "id", "") or getattr(called, "attr", "")


@pytest.mark.parametrize("directory", TRANSLATED)
def test_every_message_is_translated(directory: str) -> None:
    found = [message for message in read(directory) if message.id]

    assert len(found) > 400
    assert [each.id for each in found if not all(text for _, text in forms(each))] == []
    assert [each.id for each in found if each.fuzzy] == []


@pytest.mark.parametrize("directory", TRANSLATED)
def test_what_the_product_reads_is_made_of_its_source(directory: str) -> None:
    assert path_of(directory, ".mo").read_bytes() == compiled(directory), "make translations"


def test_a_translation_has_the_places_of_its_message() -> None:
    # One thing may be called "a" or "the only": then the number has no place.
    strays = [
        (english, text)
        for english, text in all_forms()
        if not places(text) <= set().union(*map(places, english))
        or not set.intersection(*map(places, english)) <= places(text)
    ]

    assert strays == []


def test_a_translation_has_no_tags_but_those_of_its_message() -> None:
    strays = [
        (english, text)
        for english, text in all_forms()
        if sorted(_TAG.findall(text)) not in [sorted(_TAG.findall(each)) for each in english]
    ]

    assert strays == []


def test_nothing_that_is_put_in_is_in_another_tag_than_in_its_message() -> None:
    inside = re.compile(r"<[^<>]*%\((\w+)\)s[^<>]*>")
    strays = [
        (english, text)
        for english, text in all_forms()
        if sorted(inside.findall(text)) != sorted(inside.findall(english[0]))
    ]

    assert strays == []


def test_a_translation_ends_as_its_message_does() -> None:
    same = {".": ".。", "?": "?？", "…": "…", ":": ":：", " ": " "}
    strays = [
        (english, text)
        for english, text in all_forms()
        if (text[-1] in "".join(same.values())) != (english[-1][-1] in same)
        or text[-1] not in same.get(english[-1][-1], text[-1])
    ]

    assert strays == []


def test_plural_forms_are_those_of_the_language() -> None:
    german, chinese = GERMAN.texts, CHINESE.texts

    counted = ("%(num)s person", "%(num)s people")
    assert [german.ngettext(*counted, number) for number in (0, 1, 2)] == [
        "%(num)s Personen",
        "%(num)s Person",
        "%(num)s Personen",
    ]
    assert {chinese.ngettext(*counted, number) for number in (0, 1, 2)} == {"%(num)s 人"}
    assert [ENGLISH.texts.ngettext(*counted, number) for number in (0, 1)] == [*reversed(counted)]


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("de", GERMAN),
        ("de-AT", GERMAN),
        ("DE_ch", GERMAN),
        ("zh", CHINESE),
        ("zh-CN", CHINESE),
        ("zh-Hant-TW", CHINESE),
        ("en-GB", ENGLISH),
        ("fr", None),
        ("den", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_the_first_part_of_its_tag(tag: str, language: object) -> None:
    assert find_language(tag) is language


def test_the_first_language_that_there_is_counts() -> None:
    assert choose_language(["fr", "zh-CN", "de"]) is CHINESE
    assert choose_language(["fr", "it"]) is None


def test_numbers_and_days_are_written_as_in_the_language() -> None:
    moment = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)

    assert [each.write_number(1234567) for each in LANGUAGES] == [
        "1,234,567",
        "1.234.567",
        "1,234,567",
    ]
    assert [each.write_day(moment) for each in LANGUAGES] == [
        "1 March 2026",
        "01.03.2026",
        "2026年3月1日",
    ]
    assert [each.write_moment(moment) for each in LANGUAGES] == [
        "1 March 2026, 09:05 UTC",
        "01.03.2026, 09:05 UTC",
        "2026年3月1日 09:05 UTC",
    ]
