"""The options that commands have for the settings of a group, one each, and for its roles."""

from collections.abc import Callable, Mapping, Sequence
from functools import update_wrapper
from typing import Any

import click
from click.core import ParameterSource

from contactsgroups.domain.group import SETTINGS, Setting, SettingValue
from contactsgroups.domain.mailboxes import addresses_in

# The options whose names do not follow from the setting's.
_SPELLINGS: Mapping[str, str] = {
    "display_name": "--name",
    "posting_policy": "--policy",
    "show_in_contacts": "--show/--hide",
    "ignore_auto_replies": "--ignore-auto-replies/--accept-auto-replies",
}


_ROLE_OPTIONS = (
    ("--member", "members"),
    ("--owner", "owners"),
    ("--moderator", "moderators"),
    ("--allowed-sender", "allowed_senders"),
    ("--always-member", "always_members"),
    ("--never-member", "never_members"),
)

NamedSettings = Mapping[str, SettingValue]
"""The settings that the caller has named, by name."""
NamedRoles = Mapping[str, Sequence[str]]
"""The addresses that the caller has named, by the field of ``GroupDraft`` that they are for."""


def option_of(setting: Setting) -> str:
    """Return how a setting is spelled on the command line, as click declares it."""
    name = setting.name.replace("_", "-")
    usual = f"--{name}/--no-{name}" if setting.is_switch else f"--{name}"
    return _SPELLINGS.get(setting.name, usual)


def setting_options(*, is_new: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each setting.

    The command gets those that were named as one mapping from names to values, ``named``.

    Args:
        is_new: show what a new group has where an option is not named.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any, **kwargs: Any) -> None:
            values = {each.name: kwargs.pop(each.name) for each in SETTINGS}
            named = {name: value for name, value in values.items() if _is_named(name)}
            command(*args, named=named, **kwargs)

        update_wrapper(call, command)
        for each in reversed(SETTINGS):
            _add_option(call, each, is_new=is_new)
        return call

    return decorate


def role_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command options for members and roles; it gets those that were named as ``roles``."""

    def call(*args: Any, **kwargs: Any) -> None:
        typed = {name: kwargs.pop(name) for _, name in _ROLE_OPTIONS}
        roles = {name: addresses_in_all(texts) for name, texts in typed.items() if texts}
        command(*args, roles=roles, **kwargs)

    update_wrapper(call, command)
    for option, name in reversed(_ROLE_OPTIONS):
        decorate = click.option(
            option, name, multiple=True, metavar="ADDRESS", help="Several are possible."
        )
        decorate(call)
    return call


def addresses_in_all(texts: Sequence[str]) -> list[str]:
    """Return the addresses in several texts, each of which may be a list as mail programs write."""
    return [address for text in texts for address in addresses_in(text)]


def _is_named(name: str) -> bool:
    """Whether the caller has typed the option; click fills in the others."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not ParameterSource.DEFAULT


def _add_option(command: Callable[..., None], setting: Setting, *, is_new: bool) -> None:
    decorate = click.option(
        option_of(setting),
        setting.name,
        type=_type_of(setting),
        default=_plain(setting.default) if is_new else None,
        show_default=is_new and bool(setting.default),
        help=setting.hint or None,
    )
    decorate(command)


def _type_of(setting: Setting) -> "click.Choice[str] | None":
    return click.Choice([str(each) for each in setting.choices]) if setting.choices else None


def _plain(value: str | bool) -> str | bool:
    """Return a default as click prints it: an enumeration's text, not its name."""
    return value if isinstance(value, bool) else str(value)
