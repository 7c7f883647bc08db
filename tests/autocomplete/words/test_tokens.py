"""Names and what people type for them, written down kind by kind before any rule was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete.entry import Entry, EntryKind
from contactsgroups.autocomplete.words.folding import fold
from contactsgroups.autocomplete.words.query import parse_query
from contactsgroups.autocomplete.words.tokens import tokens_of, words_of
from tests.autocomplete.words.test_folding import finds

APOSTROPHES = {
    "O'Brien": "obrien|o brien|o'brien|o’brien|o‘brien|o´brien|o`brien|oʼbrien|brien|o'b|OBRIEN",
    "D’Angelo": "dangelo|d angelo|d'angelo|d´angelo|angelo",
    "N´Diaye": "ndiaye|n'diaye|n diaye|diaye",
    "M`Baye": "mbaye|m'baye|m baye",
    "Oʼneill": "oneill|o'neill|o neill|neill",
    "L‘Estrange": "lestrange|l'estrange|estrange",
    "ONeill": "oneill|o'neill|o’neill|o neill",
    "Obrien": "o'brien|o´brien|o brien",
    "O Brien": "obrien|o'brien|o brien",
    "O' Brien": "obrien|o'brien",
    "Kaʻiulani": "kaiulani|ka'iulani",
    "Dell＇Acqua": "dellacqua|dell'acqua|acqua",
    "מוטי צ׳רניאק": "צרניאק|צ'רניאק|צ׳רני",
}
ARABIC_AND_HEBREW = {
    "محمد": "محمد|مُحَمَّد|محـمد|مح|م",
    "مُحَمَّد": "محمد|مُحَمَّد|مُحَ|muhammad",
    "أحمد إبراهيم": "احمد|أحمد|ابراهيم|إبراهيم|ا|أ",
    "احمد ابراهيم": "أحمد|إبراهيم|أَحْمَد",
    "آمنة": "امنة|آمنه|امنه|أمنة",
    "فاطمة": "فاطمه|فاطمة|فاطم|فَاطِمَة",
    "مصطفى": "مصطفي|مصطفى",
    "علي": "على|علي|ع|عليّ",
    "عبد الرحمن": "عبدالرحمن|عبد الرحمن|الرحمن|عبد",
    "عبدالله": "عبد الله|عبدالله",
    "علی‌رضا": "علیرضا|علی رضا|رضا|علي|علی‌رضا",
    "حسن السيد": "سيد|السيد|حسن السي|سَيِّد",
    "يوسف كريم": "یوسف|کریم|يوسف",
    "مؤمن رائد": "مومن|مؤمن|رايد|رائد",
    "שלום": "שלום|שָׁלוֹם|של|ש",
    "שָׁלוֹם כֹּהֵן": "שלום|כהן|שָׁלוֹם|כֹּהֵן",
    "מנחם": "מנחם|מנח|מנחמ|מְנַחֵם",
    "אברהם": "אברהם|אברהמ|א",
    "עמית": "ע|עמית",
}
LETTERS = {
    "Đorđe Đoković": "dorde|djordje|djokovic|dokovic|đorđe|djokovich",
    "Guðrún Þórðardóttir": "gudrun|gudhrun|guthrun|thordardottir|guðrún|thor",
    "Søren Kjær": "soren|soeren|kjaer|kjær|kjar|søren",
    "Łukasz": "lukasz|łukasz|luk",
    "Işık Yıldız": "isik|yildiz|ışık|YILDIZ|YILDIZ|IŞIK",
    "İbrahim": "ibrahim|İBRAHIM|IBRAHIM|İbr",
    "Isik Yildiz": "ışık|yıldız",
    "Groß Weißer": "gross|gros|weisser|weiser|groß|GROẞ|GROSS",
    "Ægir Œhler": "aegir|ægir|oehler|œhler|agir",
    "Möller": "moller|moeller|möller",
    "Moeller": "möller|moller|moeller",
    "Moller": "möller|moller",
    "Juergen Kaestner": "jurgen|jürgen|kastner|kästner",
    "Duerr": "dürr|durr",
    "Åse Håkansson": "ase|aase|hakansson|haakansson|åse",
    "Čapek Šimić Žižka": "capek|chapek|simic|shimich|zizka|zhizhka|čapek",
    "Østergård": "ostergaard|oestergaard|ostergard|østergård",
    "Erdős": "erdos|erdoes|erdős",
    "Dvořák Muñoz Gonçalves": "dvorak|munoz|goncalves|muñoz",
}
TOGETHER_OR_APART = {
    "Maria de la Cruz": "delacruz|de la cruz|lacruz|cruz|dela cruz|de lacruz|delac|maria delacruz",
    "Maria Delacruz": "de la cruz|delacruz|dela cruz",
    "Jan van den Berg": "vandenberg|van den berg|vanden berg|van denberg|berg|vandenb",
    "Jan Vandenberg": "van den berg|vandenberg|vanden berg",
    "Ian MacLeod": "mac leod|macleod|mcleod|leod|mac l",
    "Ian Macleod": "mac leod|macleod|mcleod|mc leod",
    "Ian Mac Leod": "macleod|mac leod|mcleod",
    "Ian McLeod": "macleod|mc leod|mcleod|mac leod",
    "Ursula von der Leyen": "vonderleyen|derleyen|leyen|von der leyen",
    "Jean-Luc Dupont": "jeanluc|jean luc|jean-luc|jeanluc dupont",
    "Jeanluc Dupont": "jeanluc",
    "Anna Maria Weber": "annamaria|anna maria",
    "Kim Min Su": "minsu|min su|kim minsu",
    "Kim Min-su": "minsu|min su",
    "Kim Minsu": "min su|minsu",
    "Robert DeNiro": "deniro|de niro|niro",
    "Simone De Beauvoir": "debeauvoir|beauvoir",
    "Ann St. John": "stjohn|st john|saint john|st. john",
    "Omar El Sayed": "elsayed|el sayed|sayed",
    "Omar Al-Sayed": "alsayed|al sayed|al-sayed|sayed",
    "Abd el-Rahman": "abdelrahman|abd elrahman|abd el rahman",
    "王 小明": "王小明|王 小明|wangxiaoming|wxm",
    "김 민수": "김민수|kimminsu|민수",
    "さとう ゆうこ": "さとうゆうこ|satouyuuko|satoyuko|ゆうこ",
}
INITIAL_AND_SURNAME = {
    "John Smith": "jsmith|j smith|jsmi|j. smith|smith j",
    "Smith, John": "jsmith|j smith",
    "John Quincy Adams": "jadams|j adams|j q adams",
    "Ludwig van Beethoven": "lbeethoven|lvanbeethoven|l beethoven|l van beethoven",
    "Jörg Müller": "jmueller|jmuller|jmüller|j müller",
    "Юрий Щербаков": "yshcherbakov|ющербаков|ю щербаков",
    "Mary O'Brien": "mobrien|m o'brien|mo'brien",
    "Anne-Marie Duval": "aduval",
    "J. R. Smith": "jr smith|jrsmith|j.r. smith|j r smith",
    "Dr. Martin Luther Bell Jr.": "mlbell|m l bell",
    "Hans-Jürgen von der Lühe": "hjvonderlühe|hvonderluehe",
    "Olusegun Adebayo": "segun|bayo|olusegun",
    "Ian McAdam": "macadam|mc adam|mcadam|adam",
}
HANGUL = {
    "김민수": "ㄱㅁㅅ|ㄱㅁ|ㄱ|ㅁㅅ|김|민수|기|김ㅁ",
    "김 민수": "ㄱㅁㅅ|ㅁㅅ|ㄱ ㅁㅅ",
    "박쌍훈": "ㅂㅆㅎ|ㅂㅆ",
}
KANA = {
    "キャサリン": "きゃさりん|キャサリン|きやさりん|キヤサリン|ｷﾔｻﾘﾝ|ｷｬｻﾘﾝ|き|きゃ|kyasarin",
    "シヨウコ": "しょうこ|ショウコ|ｼｮｳｺ",
    "はっとり": "はっとり|はつとり|ハットリ|は|はっ|hattori",
    "ウィリアム": "ういりあむ|うぃりあむ|wiriamu|uiriamu|ウイ",
    "まつもと ぁい": "あい|ぁい",
}
HAN = {
    "蔣中國": "蔣|蒋|中国|中國|蒋中国|jiang|jzg",
    "滝沢": "滝沢|滝澤|瀧澤|瀧沢|泷泽|沢|澤|泽",
    "渡邊": "渡辺|渡邉|渡邊|渡边",
    "渡辺": "渡邉|渡邊",
    "斎藤": "斎藤|齋藤|斋藤|斉藤|齊藤",
    "山崎": "山﨑|山嵜|山崎",
    "高橋": "髙橋|高桥|高𣘺|高橋",
    "吉田": "𠮷田|吉田",
    "島田 浜崎": "嶋田|嶌田|濱﨑|濵崎|岛田",
    "陳龍": "陈龙|陳竜|chenlong|cl",
    "單雄信": "单雄信|shan|sxx|dan",
    "佐々木": "佐々木|佐佐木|佐々|木",
    "芸": "yun|芸|藝",
}
TRANSLITERATED = {
    "Sergey": "sergei|serguei|sergej|sergey",
    "Serguei": "sergey|sergei|serge",
    "Сергей": "sergey|sergei|sergej|serguei|сергей",
    "Sergei": "сергей|sergey",
    "Mohammed": "muhammad|mohamed|mohammad|muhammed|mohamad|mohammed",
    "Muhamad": "mohammed|mohamed|muhammad",
    "محمد علي": "mohammed|muhammad|mohamed|ali",
    "Aleksandr": "alexander|alexandr|aleksander|aleksandr|alexandre",
    "Alexander": "aleksandr|aleksander|александр",
    "Александр": "alexander|aleksandr|alexandr",
    "Yulia": "julia|iuliia|yuliya|yulia|julija|iulia",
    "Julia": "yulia|iuliia|yuliya",
    "Юлия": "yulia|julia|iuliia|yuliya|julija|юлия",
    "Дмитрий": "dmitry|dmitri|dmitrii|dmitriy|dmitrij",
    "Dmitri": "dmitry|dmitriy|дмитрий",
    "Евгений": "evgeny|evgeniy|yevgeny|evgenii|eugene",
    "Тимошенко Григорій": "tymoshenko|hryhorii|timoshenko|тимошенко",
    "Чайковский": "tschaikowski|chaykovskiy|chaikovsky|чайковский",
    "Хрущёв": "khrushchev|khrushchyov|chruschtschow|хрущев|хрущёв",
    "Kowalsky": "kowalski|kowalsky|kowalskiy",
    "Достоевский": "dostoevsky|dostoyevsky|dostoevskiy|dostoevskii|dostojevskij|достоевский",
    "Romanov": "romanoff|romanov|romanow|романов",
    "Romanoff": "romanov|romanoff",
    "Yusuf Ibrahim": "youssef|yousef|yusuf|ebrahim|ibrahim",
    "Catherine": "katherine|catherine|katharine|kathryn",
    "Ekaterina": "yekaterina|екатерина|ekaterina",
}
KINDS = {
    "apostrophes": APOSTROPHES,
    "Arabic and Hebrew": ARABIC_AND_HEBREW,
    "letters": LETTERS,
    "together or apart": TOGETHER_OR_APART,
    "initial and surname": INITIAL_AND_SURNAME,
    "hangul": HANGUL,
    "kana": KANA,
    "Han": HAN,
    "transliterated": TRANSLITERATED,
}
TABLE = [(kind, name) for kind, names in KINDS.items() for name in names]


@pytest.mark.parametrize(("kind", "name"), TABLE)
def test_a_name_is_found_by_every_usual_way_to_type_it(kind: str, name: str) -> None:
    missed = [typed for typed in KINDS[kind][name].split("|") if not finds(typed, name)]
    assert not missed


@pytest.mark.parametrize(("_", "name"), TABLE)
def test_a_name_is_found_from_its_first_letter_to_its_last(_: str, name: str) -> None:
    prefixes = [name[:length] for length in range(1, len(name) + 1)]
    missed = [typed for typed in prefixes if parse_query(typed).words and not finds(typed, name)]
    assert not missed


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("annamaria", "Anna Weber"),
        ("jsmi", "Mary Smith"),
        ("chenderson", "Carol Hendricks"),
        ("che", "Carol Henderson"),
        ("joel", "Jolene"),
        ("noel", "Nolan"),
        ("mac leod", "Mac Donald"),
        ("an na", "Ann Berg"),
        ("jaxon", "Jackson"),
        ("ㄱㅁ", "이민수"),
        ("sergio", "Sergey"),
        ("alexandra", "Alexander"),
        ("محمود", "محمد"),
        ("中国", "中山"),
    ],
)
def test_what_only_looks_alike_is_not_found(typed: str, name: str) -> None:
    assert not finds(typed, name)


LETTERS_OF_MANY_SCRIPTS = st.characters(categories=("L", "M", "N")) | st.sampled_from(
    " -'’,.´`de van mac ㄱ김민수王小明单解キャっサمُحَמْא ю щ й đ ð ß æ"
)


@settings(deadline=None)
@given(st.text(LETTERS_OF_MANY_SCRIPTS, max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    for folded in fold(text):
        assert fold(folded)[0] == folded


@settings(deadline=None)
@given(st.text(LETTERS_OF_MANY_SCRIPTS, max_size=30))
def test_any_name_is_found_by_itself(name: str) -> None:
    if parse_query(name).words:
        assert finds(name, name)


@settings(deadline=None, max_examples=50)
@given(st.text(LETTERS_OF_MANY_SCRIPTS, max_size=255))
def test_the_number_of_tokens_is_bounded(name: str) -> None:
    assert len(words_of(name)) <= 32 + 160 * len(name)


@pytest.mark.parametrize("piece", ["解单曾", "김", "de ", "mac", "ж", "ا", "キャ", "O'", "æ", "a-"])
def test_tokens_and_queries_grow_no_faster_than_the_text(piece: str) -> None:
    """Twice the name has at most about twice the tokens, however it is made."""

    def size(times: int) -> int:
        entry = Entry("id", EntryKind.CONTACT, piece * times, "x@example.org", 0, "{}")
        return sum(map(len, tokens_of(entry)))

    def spellings(times: int) -> int:
        return sum(map(len, parse_query(piece * times).words))

    assert size(2_000) <= 2.5 * size(1_000) + 1_000
    assert spellings(2_000) <= 2.5 * spellings(1_000) + 100
