"""A search finds in SQL what the same question finds in Python (RFC 6352 section 10.5)."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Card
from contactsgroups.services.card_search import (
    CardField,
    CardQuery,
    FieldQuery,
    MatchType,
    TextMatch,
    condition_of,
)

NAMES = ["sales", "grösse & co", "100% _it_", "ελλάδα", "strasse", "a\\b", "'quoted'", ""]
CARDS = {name: f"{'x' * number}sales{number}@example.org" for number, name in enumerate(NAMES)}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A table of cards and nothing else; they are stored case-folded."""
    engine = create_engine("sqlite://")
    Card.metadata.create_all(engine)
    with Session(engine) as session:
        for name, address in CARDS.items():
            card = Card(uid=address, domain_id=1, name_folded=name, address=address)
            card.changed_at_sequence = 1
            session.add(card)
        session.flush()
        yield session
    engine.dispose()


def found(session: Session, query: CardQuery) -> set[str]:
    return set(session.scalars(select(Card.name_folded).where(condition_of(query))))


def matches(match: TextMatch, value: str) -> bool:
    text = unicodedata.normalize("NFC", match.text).casefold()
    result = {
        MatchType.EQUALS: value == text,
        MatchType.CONTAINS: text in value,
        MatchType.STARTS_WITH: value.startswith(text),
        MatchType.ENDS_WITH: value.endswith(text),
    }[match.match_type]
    return result != match.negated


def is_wanted(query: CardQuery, name: str) -> bool:
    def meets(part: FieldQuery) -> bool:
        if part.field is None:
            return False
        value = name if part.field is CardField.NAME else CARDS[name]
        combine = all if part.match_all else any
        return combine(matches(match, value) for match in part.matches)

    return (all if query.match_all else any)(meets(part) for part in query.parts)


texts = st.sampled_from(["", "s", "SALES", "%", "_", "100%", "Größe", "\\", "'", "Ελλάδα", "@"])
text_matches = st.builds(TextMatch, texts, st.sampled_from(MatchType), st.booleans())
field_queries = st.builds(
    FieldQuery,
    st.sampled_from(CardField) | st.none(),
    st.lists(text_matches, max_size=3).map(tuple),
    st.booleans(),
)
queries = st.builds(CardQuery, st.lists(field_queries, max_size=3).map(tuple), st.booleans())


@given(query=queries)
def test_sql_finds_what_the_definition_finds(session: Session, query: CardQuery) -> None:
    assert found(session, query) == {name for name in NAMES if is_wanted(query, name)}


@pytest.mark.parametrize("spelling", ["GRÖSSE", "größe", "gro\u0308sse"])
def test_letters_are_compared_without_regard_to_case_and_composition(
    session: Session, spelling: str
) -> None:
    part = FieldQuery(CardField.NAME, (TextMatch(spelling, MatchType.STARTS_WITH),))
    assert found(session, CardQuery((part,))) == {"grösse & co"}


@pytest.mark.parametrize("negated", [False, True])
def test_a_text_longer_than_any_value_is_in_none(session: Session, negated: bool) -> None:
    part = FieldQuery(CardField.NAME, (TextMatch("x" * 100_000, negated=negated),))
    assert found(session, CardQuery((part,))) == (set(NAMES) if negated else set())
