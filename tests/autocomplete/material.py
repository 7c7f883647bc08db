"""Generated directories and queries for the tests: few words, so that everything collides."""

import random
import string

from hypothesis import strategies as st

from contactsgroups.autocomplete import Entry, EntryKind, Thresholds

WORDS = (
    "anna ann andrea anders bob bobby carla müller mueller muller Möller johnson jonson "
    "johnston jönsson o'brien obrien wang 王小明 王明 单雄信 김민수 さとう Юрий Γιώργος "
    "straße strasse łukasz x y2 team sales support de la MacLeod Sergei Yulia anna-maria "
    "Ольга Olga Олегова Όλγα Ян-Olga Xольга علي ٱلعلي Ali サトウ "
    "abdul rahman abdurrahman van der vd &"
).split()
LOCAL_PARTS = (
    "anna anna.mueller a.mueller bob bob-x team sales+eu info j_johnson wang.xm annaann "
    "olga ольга.x"
).split()
DOMAINS = ("example.org", "mail.example.com", "annaberg.example")

TINY = Thresholds(hot=4, top=3, bitmap_share=4, overlay=5, small_generation=8)
"""Low enough that a few dozen entries take every path of the engine."""

kinds = st.sampled_from(list(EntryKind))
kind_filters = st.none() | st.frozensets(kinds.filter(lambda kind: kind is not EntryKind.ALIAS))
names = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
addresses = st.builds(
    "{}@{}".format, st.sampled_from(LOCAL_PARTS) | st.sampled_from(WORDS), st.sampled_from(DOMAINS)
)


def entries(identities: st.SearchStrategy[str]) -> st.SearchStrategy[Entry]:
    return st.builds(
        lambda identity, kind, name, address, score: Entry(
            identity, kind, name, address, score, payload_of(name, address)
        ),
        identities,
        kinds,
        names,
        addresses,
        st.integers(0, 3),
    )


def payload_of(name: str, address: str) -> str:
    return f'{{"name":"{name}","address":"{address}"}}'


def _begun(word: str, length: int) -> str:
    return word[: max(1, length)]


begun_words = st.builds(
    _begun,
    st.sampled_from((*WORDS, *LOCAL_PARTS, *DOMAINS, "xm", "minsu", "sato", "aj", "vd", "and")),
    st.integers(1, 9),
)


@st.composite
def mistyped(draw: st.DrawFn) -> str:
    """A word with one slip that is not at the first letter."""
    word = draw(st.sampled_from([word for word in WORDS if word.isascii() and len(word) > 3]))
    return slip(word, random.Random(draw(st.integers(0, 10_000))))


def slip(word: str, chance: random.Random) -> str:
    """Return ``word`` with one typing error that is not at the first letter."""
    at = chance.randrange(1, len(word))
    letter = chance.choice(string.ascii_lowercase)
    kind = chance.randrange(4)
    if kind == 0 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + letter + word[at:]
    return word[:at] + letter + word[at + 1 :]


queries = (
    st.lists(begun_words | mistyped(), min_size=1, max_size=3).map(" ".join)
    | addresses
    | st.sampled_from(LOCAL_PARTS)
    | st.text(max_size=12)
)

SCRIPTS = (
    "Ольга Olga Олегова Όλγα Ян-Olga Xольга علي ٱلعلي Ali サトウ さとう Юрий 王小明 김민수 "
    "Сергей Sergei Їван Иван Ivan"
).split()
queries_of_scripts = st.lists(
    st.builds(_begun, st.sampled_from((*SCRIPTS, "olga", "yu", "йван")), st.integers(1, 7)),
    min_size=1,
    max_size=3,
).map(" ".join)


def entries_of_scripts(number: int, seed: int) -> list[Entry]:
    """Entries whose names and addresses are in any script, and in several."""
    chance = random.Random(seed)
    found = []
    for n in range(number):
        name = " ".join(chance.choices(SCRIPTS, k=chance.randrange(4)))
        local_part = chance.choice(["olga", "ольга", "x", "ivan.o", "юрий.olga", "ali"])
        address = f"{local_part}{chance.choice(['', n])}@{chance.choice(['olga', 'x'])}.invalid"
        score = chance.choice([0, 1, chance.randrange(100)])
        kind = chance.choice(list(EntryKind))
        found.append(Entry(f"id:{n}", kind, name, address, score, payload_of(name, address)))
    return found
