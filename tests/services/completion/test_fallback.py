"""While an index is being built, the database answers: slower, but the same."""

import random
from pathlib import Path

import pytest

from contactsgroups.autocomplete import EntryKind, PersonalTable, Shard, build_generation
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import sharing
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.completion import CompletionIndex, following
from contactsgroups.services.completion.entries import read_entries
from contactsgroups.services.completion.fallback import complete_from_database
from tests.directories import add_account, add_accounts, add_group
from tests.services.conftest import ADA, Complete
from tests.statements import statements_of


def test_while_a_large_index_is_built_the_database_answers_the_same(
    database: Database, index: CompletionIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(database, "juergen@example.org", display_name="Jürgen Groß")
    add_account(database, "li.shan@example.org", display_name="单丽")
    add_group(database, "sales.team@example.org", "ada@example.org", display_name="Sales % Team")
    queries = ["zo", "juergen gross", "jür", "shan", "sales te", "example", "sales.team", "%", "a"]
    later = [[each.address for each in index.complete(ADA, query)] for query in queries]
    monkeypatch.setattr(following, "_FEW", -1)
    monkeypatch.setattr(following.FollowingShard, "_build_in_background", lambda self: None)
    fresh = CompletionIndex(database, index.directory_of(0).parent / "new", interval=0)
    now = [[each.address for each in fresh.complete(ADA, query)] for query in queries]
    fresh.close()
    assert now == later
    assert any(now)


@pytest.mark.parametrize(
    "query",
    "obrien|o'brien|pat o'b|bücher|buecher|uli bü|uli@bücher.example|mull|pobrien|mmueller|"
    "delacruz|de la cruz|adelacruz|schafer|julia|mcleod|mac leod|ernst|romanoff|"
    "y romanova|jkaestner|ma|ju|eva e maria ernst schaefer exam".split("|"),
)
def test_the_database_finds_what_the_index_finds(
    database: Database,
    index: CompletionIndex,
    complete: Complete,
    query: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the names as they are written do not contain what is typed."""
    add_account(database, "pat@example.org", display_name="Pat O'Brien")
    add_account(database, "max@example.org", display_name="Max Müller")
    add_account(database, "a.cruz@example.org", display_name="Ana de-la Cruz")
    add_account(database, "eva@example.org", display_name="Maria Ernst Schaefer")
    add_account(database, "yr@example.org", display_name="Yuliya Romanova, Dr.")
    add_account(database, "ian@example.org", display_name="Ian MacLeod")
    add_account(database, "j.kaestner@example.org", display_name="")
    add_account(database, "romanov@example.org", display_name="")
    add_accounts(database, ["uli"], domain="bücher.example")
    sharing.share_domain(database, OPERATOR, "bücher.example", "example.org")
    found = complete(query)
    assert found
    monkeypatch.setattr(following.FollowingShard, "current", lambda *_: None)
    assert complete(query) == found


WORDS = (
    "anna ann anderson müller mueller o'brien straße Юрий 王小明 김민수 x team a_b 100% "
    "Ольга Olga Όλγα ольга "
    "de la van Cruz MacLeod McLeod Macleod mac leod Yulia Julia Sergei Sergey Schaefer Ernst Eva "
    "Romanov romanoff Kowalsky Smith, jsmith delacruz Anne-Marie (Oe) lue:ck".split()
)


@pytest.mark.parametrize("seed", range(5))
def test_database_and_index_answer_random_questions_alike(
    small: Database, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    for number in range(60):
        name = " ".join(chance.choices(WORDS, k=chance.randrange(1, 4)))
        add_account(small, f"p{number}@example.org", display_name=name)
    add_group(small, "team@example.org", "ada@example.org", display_name="Anna's Team")
    with small.read() as session:
        domain_id = require_domain(session, "example.org").id
        entries = list(read_entries(session, domain_id))
    build_generation(tmp_path, entries, position=1, epoch="x")
    shard = Shard.open(tmp_path)
    nobody = PersonalTable({})
    for _ in range(80):
        words = chance.choices(WORDS, k=chance.randrange(1, 3))
        between = chance.choice(["", " "])
        query = between.join(word[: chance.randrange(1, 9)] for word in words)
        indexed = shard.complete(query, limit=5, corrections=False)
        answered = complete_from_database(
            small, [domain_id], query, limit=5, kinds=None, personal=nobody, tagged={}
        )
        assert answered == indexed, query
    shard.close()


def test_only_the_domains_and_kinds_that_are_asked_for_are_answered(small: Database) -> None:
    add_accounts(small, ["zora"], domain="example.net")
    add_group(small, "zoo@example.org", "ada@example.org")
    with small.read() as session:
        here, there = (require_domain(session, f"example.{end}").id for end in ("org", "net"))

    def ask(domain_ids: list[int], kinds: frozenset[EntryKind] | None = None) -> list[str]:
        found = complete_from_database(
            small, domain_ids, "zo", limit=10, kinds=kinds, personal=PersonalTable({}), tagged={}
        )
        return [each.address for each in found]

    assert ask([here]) == ["zoo@example.org", "zoe@example.org"]
    assert ask([there]) == ["zora@example.net"]
    assert ask([]) == []
    assert ask([here, there], frozenset({EntryKind.GROUP})) == ["zoo@example.org"]


def test_a_long_query_asks_the_database_for_little_more_than_a_short_one(
    database: Database,
) -> None:
    """Each of its words might be written in dozens of ways."""
    longest = []
    words = [f"юй{chr(0x430 + number)}ё" for number in range(30)]
    for count in (4, 30):
        query, personal = " ".join(words[:count]), PersonalTable({})
        with statements_of(database) as statements:
            complete_from_database(
                database, [1], query, limit=10, kinds=None, personal=personal, tagged={}
            )
        longest.append(max(map(len, statements)))
    short, long = longest
    assert 0 < short <= long <= 1.5 * short
