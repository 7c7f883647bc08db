"""Who would close a circle of groups is found upwards, as a walk downwards finds it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from contactsgroups.domain.expansion import find_cycle
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member
from contactsgroups.services.groups.cycles import find_cycles
from tests.directories import add_group

NAMES = [f"g{number}@example.org" for number in range(6)]
EDGES = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12)


def test_a_circle_of_any_length_is_found_with_its_way(small: Database) -> None:
    add_group(small, NAMES[0], "ada@example.org")
    add_group(small, NAMES[1], NAMES[0])
    add_group(small, NAMES[2], NAMES[1])
    with small.read() as session:
        found = find_cycles(session, NAMES[0], [NAMES[2], "bob@example.org"])
        assert list(found) == [NAMES[2]]
        assert all(name in str(found[NAMES[2]]) for name in NAMES[:3])
        assert find_cycles(session, NAMES[2], [NAMES[0]]) == {}
        assert find_cycles(session, NAMES[0], []) == {}
        assert list(find_cycles(session, NAMES[0], [NAMES[0]])) == [NAMES[0]]


def test_it_is_what_a_walk_through_all_members_finds(small: Database) -> None:
    for name in NAMES:
        add_group(small, name, "ada@example.org")
    with small.read() as session:
        ids = {each.address: each.id for each in session.scalars(select(Group))}

    @settings(max_examples=40, deadline=None)
    @given(EDGES, st.integers(0, 5))
    def agree(edges: set[tuple[int, int]], target: int) -> None:
        downhill = {(outer, inner) for outer, inner in edges if outer > inner}
        members = {name: [NAMES[i] for o, i in downhill if NAMES[o] == name] for name in NAMES}
        rows = [
            {"group_id": ids[outer], "address": inner, "original": inner}
            for outer, inside in members.items()
            for inner in inside
        ]
        with small.write() as session:
            session.execute(delete(Member))
            if rows:
                session.execute(insert(Member), rows)
            found = find_cycles(session, NAMES[target], NAMES)
        expected = {each for each in NAMES if find_cycle(NAMES[target], each, members.get)}
        assert found.keys() == expected

    agree()
