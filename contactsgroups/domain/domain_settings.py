"""The settings of a mail domain: who may create teams there, and what new groups begin with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.faults import Faults
from contactsgroups.domain.group import SETTINGS, Choice, GroupSettings, SettingValue
from contactsgroups.domain.sentence import Sentence


class TeamCreators(Choice):
    """Who may create teams in a domain."""

    ADMINISTRATORS = "administrators", "Administrators", "As every other group."
    ACCOUNTS = "accounts", "Every account", "Whoever has an account here may create teams."


DEFAULTS = tuple(
    each
    for each in SETTINGS
    if each.name == "posting_policy"
    or (each.is_switch and each.name not in {"disabled", "moderated"})
)
"""The settings of groups that a domain may have defaults for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSettings:
    """What an administrator of a domain decides for all of it.

    ``new_groups`` has values of :data:`DEFAULTS` by name; what is not in it has the product's own
    default.
    """

    team_creators: str = TeamCreators.ADMINISTRATORS
    new_groups: Mapping[str, SettingValue] = field(default_factory=dict)

    def checked(self) -> "DomainSettings":
        """Return the settings in their canonical form, without what is the default anyway.

        Raises:
            InvalidInput, SeveralFaults: naming the faulty fields.
        """
        faults = Faults()
        with faults.at("team_creators"):
            _check_creators(self.team_creators)
        if unknown := self.new_groups.keys() - {each.name for each in DEFAULTS}:
            text = Sentence("{setting} has no default of a domain", setting=min(unknown))
            faults.note(InvalidInput(text, field=min(unknown)))
        else:
            with faults.at("new_groups"):
                self.for_new_group().checked()
        faults.refuse()
        values = self.for_new_group().checked().values()
        differing = {each.name: values[each.name] for each in DEFAULTS}
        kept = {
            each.name: differing[each.name]
            for each in DEFAULTS
            if differing[each.name] != each.default
        }
        return replace(self, team_creators=TeamCreators(self.team_creators), new_groups=kept)

    def for_new_group(self, **values: SettingValue) -> GroupSettings:
        """Return the settings that a new group begins with, with some of them replaced."""
        return GroupSettings().changed({**self.new_groups, **values})

    def defaults_as_text(self) -> str:
        """Return the defaults of new groups as they are stored: JSON, or nothing."""
        values = dict(self.new_groups)
        return json.dumps(values, sort_keys=True) if values else ""

    @classmethod
    def stored(cls, team_creators: str, defaults: str) -> "DomainSettings":
        """Return settings as they were stored."""
        values = json.loads(defaults) if defaults else {}
        return cls(team_creators=team_creators, new_groups=values)


def _check_creators(value: str) -> None:
    if value not in list(TeamCreators):
        text = Sentence(
            "who may create teams must be one of {choices}",
            choices=", ".join(TeamCreators),
        )
        raise InvalidInput(text, field="team_creators")
