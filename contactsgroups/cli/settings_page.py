"""The page ``docs/settings.md``, made from the settings themselves."""

import dataclasses
from pathlib import Path

from contactsgroups.settings import PREFIX, Settings

_INTRODUCTION = f"""\
# Settings

<!-- Made by `contactsgroups settings --markdown`; a test compares. -->

Each setting has a default and can be given in three places. The later one wins:

1. a TOML file, which the environment variable `{PREFIX}CONFIG` names, under the setting's name;
2. the environment, as `{PREFIX}` and the name in capitals;
3. what the host passes in: `app.config["{PREFIX}…"]` of a Flask application, Radicale's options, or
   an option of the command line.

All faults are reported at once, and nothing starts with a wrong setting.
"""


def render_settings() -> str:
    """Return the page as Markdown."""
    sections = [_section(each) for each in dataclasses.fields(Settings)]
    return "\n".join([_INTRODUCTION, *sections])


def _section(setting: "dataclasses.Field[object]") -> str:
    kind = setting.type.__name__ if isinstance(setting.type, type) else str(setting.type)
    return (
        f"## `{setting.name}`\n\n"
        f"{setting.metadata['doc']}\n\n"
        f"- Environment: `{PREFIX}{setting.name.upper()}`\n"
        f"- TOML: `{setting.name} = {_as_toml(setting.default)}` (the default; {_KINDS[kind]})\n"
    )


_KINDS = {
    "Path": "a path",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
}


def _as_toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Path():
            return '""' if value == Path() else f'"{value}"'
        case str():
            return f'"{value}"'
        case _:
            return str(value)
