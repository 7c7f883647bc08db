"""The page ``docs/group-settings.md``, made from the settings of groups themselves."""

import click

from contactsgroups.cli.group_options import option_of
from contactsgroups.directory.csv_rows import SETTING_COLUMNS
from contactsgroups.directory.ldif_entries import GROUP_FLAGS, GROUP_TEXTS
from contactsgroups.domain.group import SETTINGS, Setting

_INTRODUCTION = """\
# Settings of a group

<!-- Made by `python -m contactsgroups.cli.group_settings_page`; a test compares. -->

What a group has besides its address, picture, members, owners, moderators and allowed senders, and
what it is called in each place. A new group has the defaults.

A department belongs to department groups, which need one, and a rule to dynamic groups. A group of
another kind that has one is refused, wherever it comes from.

| setting | default | command line | CSV | LDIF | means |
|---|---|---|---|---|---|
"""
# These two have attributes of other schemas.
_ATTRIBUTES = {"display_name": "cn", "disabled": "mailEnabled"} | GROUP_TEXTS | GROUP_FLAGS


def render_group_settings() -> str:
    """Return the page as Markdown."""
    return _INTRODUCTION + "".join(map(_row, SETTINGS)) + "".join(map(_choices, SETTINGS))


def _row(setting: Setting) -> str:
    cells = (
        setting.label,
        _default(setting),
        f"`{option_of(setting).replace('/', '`, `')}`",
        f"`{SETTING_COLUMNS[setting.name]}`",
        f"`{_ATTRIBUTES[setting.name]}`" + (", the opposite" if setting.name == "disabled" else ""),
        setting.hint,
    )
    return f"| {' | '.join(cells)} |\n"


def _default(setting: Setting) -> str:
    if setting.is_switch:
        return "yes" if setting.default else "no"
    return f"`{setting.default}`" if setting.default else ""


def _choices(setting: Setting) -> str:
    rows = "".join(f"| `{each}` | {each.label}: {each.hint} |\n" for each in setting.choices or ())
    return f"\n| {setting.label.lower()} | means |\n|---|---|\n{rows}" if rows else ""


if __name__ == "__main__":
    click.echo(render_group_settings(), nl=False)
