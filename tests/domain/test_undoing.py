"""A change is taken back, and what came after it stays."""

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.undoing import GroupChange, Moves, take_back

_values = st.sampled_from(["", "a", "b", "c"])
_states = st.fixed_dictionaries(dict.fromkeys(("display_name", "rule", "kind"), _values))
_lists = st.frozensets(st.sampled_from("abcdef"))


def change_between(before: dict[str, str], after: dict[str, str]) -> GroupChange:
    fields = {n: (before[n], after[n]) for n in before if before[n] != after[n]}
    return GroupChange(fields)


@given(_states, _states)
def test_the_last_change_taken_back_gives_the_state_before(
    before: dict[str, str], after: dict[str, str]
) -> None:
    back = take_back(change_between(before, after), after)
    assert {**after, **back.values} == before
    assert back.kept == ()


@given(_states, _states, _states)
def test_what_was_changed_again_since_stays_and_is_named(
    before: dict[str, str], after: dict[str, str], now: dict[str, str]
) -> None:
    back = take_back(change_between(before, after), now)
    for name in back.kept:
        assert name not in back.values
    for name, value in before.items():
        if value != after[name] and now[name] not in (value, after[name]):
            assert name in back.kept
        if value == after[name]:
            assert name not in back.values


@given(_lists, _lists)
def test_lists_go_back_as_well(before: frozenset[str], after: frozenset[str]) -> None:
    moves = Moves(added=after - before, removed=before - after)
    assert moves.taken_back(after) == before


@given(_lists, _lists, _lists)
def test_those_who_moved_since_are_where_they_went(
    before: frozenset[str], after: frozenset[str], now: frozenset[str]
) -> None:
    moves = Moves(added=after - before, removed=before - after)
    back = moves.taken_back(now)
    assert back == (now - moves.added) | moves.removed


def test_where_members_come_from_is_one_value() -> None:
    change = GroupChange({"kind": ("static", "dynamic"), "rule": ("", "one")})
    back = take_back(change, {"kind": "dynamic", "rule": "two"})
    assert (dict(back.values), back.kept) == ({}, ("kind", "rule"))


def test_entries_in_parts_are_one_change() -> None:
    change = GroupChange.read(
        [
            {"fields": {"department": [None, "Sales"]}, "members": {"added": ["a"]}},
            {"members": {"added": ["b"], "removed": ["c"]}, "part": [2, 2]},
            {"roles": {"owner": {"removed": ["d"]}}},
        ]
    )
    assert change.fields == {"department": ("", "Sales")}
    assert change.lists["members"] == Moves(frozenset("ab"), frozenset("c"))
    assert change.lists["owner"] == Moves(removed=frozenset("d"))
    assert change.without("b").lists["members"] == Moves(frozenset("a"), frozenset("c"))
