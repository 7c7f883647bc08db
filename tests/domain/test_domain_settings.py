"""Settings of a domain: checked, stored, and read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.domain_settings import DEFAULTS, DomainSettings, TeamCreators
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.group import PostingPolicy

values = st.fixed_dictionaries(
    {},
    optional={
        each.name: st.booleans() if each.is_switch else st.sampled_from(list(PostingPolicy))
        for each in DEFAULTS
    },
)


@given(st.sampled_from(list(TeamCreators)), values)
def test_what_is_stored_is_what_was_checked(creators: TeamCreators, chosen: dict) -> None:
    settings = DomainSettings(team_creators=creators, new_groups=chosen).checked()
    again = DomainSettings.stored(settings.team_creators, settings.defaults_as_text())
    assert again == settings
    new = again.for_new_group(display_name="x").values()
    assert {name: new[name] for name in chosen} == chosen


def test_what_is_the_default_anyway_is_not_kept() -> None:
    defaults = {each.name: each.default for each in DEFAULTS}
    assert DomainSettings(new_groups=defaults).checked() == DomainSettings()
    assert DomainSettings().defaults_as_text() == ""


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (DomainSettings(team_creators="everybody"), "team_creators"),
        (DomainSettings(new_groups={"disabled": True}), "disabled"),
        (DomainSettings(new_groups={"posting_policy": "nobody"}), "posting_policy"),
        (DomainSettings(new_groups={"show_members": "yes"}), "show_members"),
    ],
)
def test_a_fault_names_its_field(settings: DomainSettings, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        settings.checked()
    assert caught.value.field == field
