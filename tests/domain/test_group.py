"""A group's settings: one value with one check."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidInput, InvalidRule, InvalidText, SeveralFaults
from contactsgroups.domain.group import (
    SETTINGS,
    SWITCHES,
    TEXTS,
    GroupKind,
    GroupSettings,
    PostingPolicy,
)

NAMED = GroupSettings(display_name="Sales")
RULE = 'title = "Boss"'


def test_the_defaults_are_those_of_a_quiet_group_of_the_own_domain() -> None:
    assert {name for name, value in NAMED.checked().values().items() if value is True} == {
        "show_in_contacts",
        "show_members",
        "ignore_auto_replies",
    }
    assert (NAMED.kind, NAMED.posting_policy) == ("static", "same_domain")


def test_the_check_gives_each_value_its_canonical_form() -> None:
    settings = GroupSettings(
        display_name="  Cafe\u0301  Club ", description="a\r\nb ", kind="dynamic", rule=f" {RULE} "
    )
    checked = settings.checked()
    assert (checked.display_name, checked.description) == ("Café Club", "a\nb")
    assert checked.kind is GroupKind.DYNAMIC
    assert checked.posting_policy is PostingPolicy.SAME_DOMAIN
    assert checked.rule == RULE
    department = GroupSettings(display_name="S", kind="department", department=" Sales / Europe")
    assert department.checked().department == "Sales/Europe"


@pytest.mark.parametrize(
    ("values", "error", "field", "reason"),
    [
        ({"display_name": "a\nb"}, InvalidText, "display_name", "U+000A"),
        ({"display_name": None}, InvalidInput, "display_name", "must be text"),
        ({"description": "x" * 4001}, InvalidText, "description", "longer than 4000"),
        ({"kind": "band"}, InvalidInput, "kind", "one of static, team, department, dynamic"),
        ({"posting_policy": ""}, InvalidInput, "posting_policy", "one of same_domain, members"),
        ({"kind": "department"}, InvalidInput, "department", "needs a department"),
        (
            {"kind": "department", "department": "a//b"},
            InvalidText,
            "department",
            "a name is missing",
        ),
        ({"kind": "dynamic"}, InvalidRule, "rule", "needs a rule"),
        ({"kind": "dynamic", "rule": "salary > 3"}, InvalidRule, "rule", "expected one of"),
        ({"moderated": "no"}, InvalidInput, "moderated", "must be true or false"),
        ({"disabled": 1}, InvalidInput, "disabled", "must be true or false"),
    ],
)
def test_a_fault_names_its_field(
    values: dict[str, object], error: type[InvalidInput], field: str, reason: str
) -> None:
    with pytest.raises(error) as caught:
        NAMED.changed(values).checked()  # type: ignore[arg-type]
    assert reason in str(caught.value)
    assert caught.value.field == field


@pytest.mark.parametrize("kind", GroupKind)
@pytest.mark.parametrize(
    ("field", "value", "owner"),
    [("rule", RULE, GroupKind.DYNAMIC), ("department", "Sales", GroupKind.DEPARTMENT)],
)
def test_a_rule_and_a_department_belong_to_one_kind_each(
    kind: GroupKind, field: str, value: str, owner: GroupKind
) -> None:
    needed = {"rule": RULE if kind is GroupKind.DYNAMIC else ""}
    needed["department"] = "Sales" if kind is GroupKind.DEPARTMENT else ""
    settings = NAMED.changed({"kind": kind, **needed, field: value})
    if kind is owner:
        assert settings.checked() == settings
        return
    with pytest.raises(InvalidInput, match=f"a {kind} group has no {field}") as caught:
        settings.checked()
    assert caught.value.field == field


def test_a_value_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        NAMED.disabled = True  # type: ignore[misc]


def test_every_setting_is_a_switch_or_a_text_and_has_a_label_of_its_own() -> None:
    assert {*SWITCHES, *TEXTS} == set(SETTINGS)
    assert not {*SWITCHES} & {*TEXTS}
    labels = [each.label for each in SETTINGS]
    assert all(labels)
    assert len(set(labels)) == len(labels)
    assert all(each.hint for each in SWITCHES)


@pytest.mark.parametrize("choice", [*GroupKind, *PostingPolicy])
def test_a_choice_has_words_and_is_found_by_its_value(choice: GroupKind | PostingPolicy) -> None:
    assert choice.label
    assert choice.hint.endswith(".")
    assert type(choice)(str(choice)) is choice


_texts = st.text(max_size=20) | st.sampled_from([RULE, "Sales/Europe", "", *GroupKind])
_values = {each.name: st.booleans() if each.is_switch else _texts for each in SETTINGS}


@given(st.fixed_dictionaries({**_values, "kind": st.sampled_from(list(GroupKind))}))
def test_what_was_checked_is_valid_and_stays_as_it_is(values: dict[str, str | bool]) -> None:
    """Whatever is accepted is accepted again, unchanged, after it was stored and read."""
    fitting = {
        "posting_policy": "anyone",
        "rule": RULE if values["kind"] == GroupKind.DYNAMIC else "",
        "department": "Sales/Europe" if values["kind"] == GroupKind.DEPARTMENT else "",
        "display_name": f"The {values['display_name']}",
    }
    checked = check(values | fitting)
    assume(checked is not None)
    assert checked is not None
    assert checked.checked() == checked
    assert GroupSettings().changed(checked.values()) == checked


@given(st.fixed_dictionaries({each.name: st.booleans() | _texts | st.none() for each in SETTINGS}))
def test_all_faults_are_found_at_once_and_each_as_if_it_were_alone(
    values: dict[str, object],
) -> None:
    """What is wrong in one field does not depend on the others, but for the kind."""
    alone = set()
    for name, value in values.items():
        kind = values["kind"] if name in {"department", "rule"} else "static"
        changes = {"kind": kind, name: value}
        alone |= {each for each in faults_of(changes) if each[0] == name}
    assert set(faults_of(values)) == alone
    for _, text in alone:
        assert "_" not in text.partition(" must be one of ")[0].partition(": ")[0]


def test_what_is_stored_already_is_not_refused_again() -> None:
    before = NAMED.changed({"description": "\x07", "kind": "dynamic", "rule": "salary > 3"})
    assert before.changed({"disabled": True}).checked(before).disabled
    with pytest.raises(InvalidInput, match="control character"):
        before.changed({"description": "\x07\x07"}).checked(before)
    with pytest.raises(InvalidInput) as caught:
        before.changed({"kind": "static"}).checked(before)
    assert caught.value.field == "rule"


def faults_of(values: dict[str, object]) -> list[tuple[str, str]]:
    try:
        NAMED.changed(values).checked()  # type: ignore[arg-type]
    except SeveralFaults as error:
        return list(error.faults)
    except InvalidInput as error:
        return [(error.field or "", str(error))]
    return []


def check(values: dict[str, str | bool]) -> GroupSettings | None:
    try:
        return GroupSettings().changed(values).checked()
    except InvalidInput:
        return None
