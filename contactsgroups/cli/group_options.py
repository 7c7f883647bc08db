"""The options that commands have for the settings of a group, one for each setting."""

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Any

import click

from contactsgroups.domain.group import SETTINGS, GroupSettings, Setting

# The options whose names do not follow from the setting's.
_SPELLINGS: Mapping[str, str] = {
    "display_name": "--name",
    "posting_policy": "--policy",
    "show_in_contacts": "--show/--hide",
    "ignore_auto_replies": "--ignore-auto-replies/--accept-auto-replies",
}


def option_of(setting: Setting) -> str:
    """Return how a setting is spelled on the command line, as click declares it."""
    name = setting.name.replace("_", "-")
    usual = f"--{name}/--no-{name}" if setting.is_switch else f"--{name}"
    return _SPELLINGS.get(setting.name, usual)


def setting_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting, and hand them on as one value, ``settings``."""

    def call(*args: Any, **kwargs: Any) -> None:
        values = {each.name: kwargs.pop(each.name) for each in SETTINGS}
        command(*args, settings=GroupSettings(**values), **kwargs)

    update_wrapper(call, command)
    for each in reversed(SETTINGS):
        _add_option(call, each)
    return call


def _add_option(command: Callable[..., None], setting: Setting) -> None:
    decorate = click.option(
        option_of(setting),
        setting.name,
        type=_type_of(setting),
        default=_plain(setting.default),
        show_default=bool(setting.default),
        help=setting.hint or None,
    )
    decorate(command)


def _type_of(setting: Setting) -> "click.Choice[str] | None":
    return click.Choice([str(each) for each in setting.choices]) if setting.choices else None


def _plain(value: str | bool) -> str | bool:
    """Return a default as click prints it: an enumeration's text, not its name."""
    return value if isinstance(value, bool) else str(value)
