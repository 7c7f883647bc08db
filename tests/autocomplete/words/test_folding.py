"""Names found the way people type them, in many scripts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete.entry import Entry, EntryKind
from contactsgroups.autocomplete.words.folding import fold, fold_words
from contactsgroups.autocomplete.words.query import Query, parse_query
from contactsgroups.autocomplete.words.tokens import MARKS, WHOLE_MARK, tokens_of
from tests.autocomplete.reference import candidate, match_of


def finds(text: str, name: str, address: str = "q9@host.invalid") -> bool:
    entry = Entry("id", EntryKind.ACCOUNT, name, address, 0, "{}")
    query = parse_query(text)
    assert query.words
    return match_of(candidate(entry), query, personal=False) is not None


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Jürgen Groß", "JÜRGEN groß|jurgen gross|juergen|jür"),
        ("Müller", "müller|muller|mueller|mull|muel"),
        ("Mueller", "müller|mueller"),
        ("Muller", "müller|muller"),
        ("Weiß Straßer", "weiss|strasser|weiß"),
        ("Søren Ærø", "soren|soeren|aero|søren"),
        ("Łukasz Żółć", "lukasz|zolc|łuk"),
        ("Đặng Nguyễn", "dang|nguyen|đặng"),
        ("Renée O’Brien-d'Angelo", "renee|obrien|o'brien|brien|dangelo|angelo|o’br"),
        ("Юрий Щербаков", "yuriy|iurii|shcherbakov|юрий|щерб"),
        ("Γιώργος Παπαδόπουλος", "giorgos|papadopoulos|γιωργος|παπαδόπουλος|ΠΑΠΑ"),
        ("Ευάγγελος Αυγέρης", "evangelos|avgeris|ευαγγ"),
        ("王小明", "王|王小|小明|明|wang|wangxiaoming|xiaoming|wang xiao ming|wxm|xm|王 明"),
        ("单雄信", "shan|shanxiongxin|sxx|dan|chan|单"),
        ("曾国藩", "zeng|zengguofan|zgf|ceng|cgf"),
        ("仇英", "qiu|qiuying|qy|chou"),
        ("解缙", "xie|xiejin|xj|jie"),
        ("欧阳修", "ouyang|oyx|欧阳"),
        ("吕布", "lv|lvbu|lu|lubu|lyubu"),
        ("市场部销售团队", "市场|销售|shichang|xiaoshou|scb|scbxstd"),
        ("さとう ゆうこ", "satou|sato|yuuko|yuko|さと|サト"),
        ("キャサリン", "kyasarin|キャサ"),
        ("まっちゃ", "matcha"),
        ("김민수", "김|김민|민수|gim|kim|kimminsu|minsu|기"),
        ("ＡＢＣ　株式会社", "abc|株式"),
    ],
)
def test_a_name_is_found_by_what_people_type(name: str, typed: str) -> None:
    for text in typed.split("|"):
        assert finds(text, name), text


@pytest.mark.parametrize(
    "text", ["anna.mue", "mueller", "sales", "x", "ANNA", "muel anna", "anna.mueller+sales_x-y"]
)
def test_parts_of_a_local_part_begin_after_every_separator(text: str) -> None:
    assert finds(text, "", "anna.mueller+sales_x-y@host.invalid")


@pytest.mark.parametrize(
    ("domain", "typed"),
    [
        ("mail.example.org", "exam|example.org|mail.exa|org"),
        ("xn--mnchen-3ya.de", "münchen|munchen|muenchen|de"),
        ("xn--\u0131.invalid", "inv"),
        ("two-parts.example", "two|parts|two-pa"),
    ],
)
def test_labels_of_the_domain_are_found_also_internationalised(domain: str, typed: str) -> None:
    for text in typed.split("|"):
        assert finds(text, "", f"q9@{domain}"), text


def test_a_word_inside_another_is_not_found() -> None:
    assert not finds("nna", "Anna")
    assert not finds("ueller", "Müller")


def test_words_may_come_in_any_order_and_all_must_match() -> None:
    assert finds("weber an", "Anna Weber")
    assert not finds("weber bob", "Anna Weber")


def test_no_word_or_name_is_too_long() -> None:
    word = "ab" * 5_000
    assert finds(word, f"x {word}")
    assert not finds(word + "c", f"x {word}")
    many = " ".join(f"w{n}" for n in range(500))
    assert finds("w499 w0", many)


def test_a_word_of_a_query_is_marked_with_how_many_others_it_begins() -> None:
    assert parse_query("ed eddy EDD rob ed").words == (("&&ed",), ("&edd",), ("eddy",), ("rob",))
    assert parse_query("muell mülle9").words == (
        ("muell", "%ml"),
        ("mulle9", "muelle9"),
    )
    assert parse_query("mu mülle9").words == (("&mu",), ("mulle9", "muelle9"))
    assert parse_query("mari marina").words == (
        ("&mari",),
        ("marina", "~marina", "%mrn"),
    )


def test_the_local_part_of_a_query_is_what_stands_before_the_at_sign() -> None:
    assert parse_query("  Anna.Müller@exam ").local_part == "anna.muller"
    assert parse_query("anna weber").local_part is None
    assert parse_query("@example").local_part is None


@pytest.mark.parametrize("text", ["", "  ", "...", "@", "\x00\x01", "\ud800", "'"])
def test_a_query_without_letters_or_digits_has_no_words(text: str) -> None:
    assert parse_query(text) == Query((), (), parse_query(text).local_part)


@settings(deadline=None)  # Chinese readings are loaded when first needed.
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_folding_takes_any_text_and_leaves_only_what_can_be_stored(text: str) -> None:
    """Lone surrogates, control characters, unassigned code points: nothing breaks the index."""
    for word in fold_words(text):
        assert word
        assert word.encode()
        assert not {"\n", *MARKS, WHOLE_MARK} & set(word)
    parse_query(text)
    entry = Entry("id", EntryKind.CONTACT, text, "x@example.org", 0, "{}")
    assert "x$" in tokens_of(entry)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    for folded in fold(text):
        assert fold(folded)[0] == folded


@settings(deadline=None)
@given(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12))
def test_every_word_finds_itself(name: str) -> None:
    for typed in (name, name.upper() if len(name.upper()) == len(name) else name):
        if parse_query(typed).words:
            assert finds(typed, name)
