"""What every command has at hand: settings and core, opened when first asked for."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from contactsgroups import settings
from contactsgroups.bootstrap import Core, bootstrap
from contactsgroups.domain.errors import Unavailable
from contactsgroups.services import migrations
from contactsgroups.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Context:
    """Settings of this call; the core is closed when the command ends."""

    overrides: dict[str, Any] = field(default_factory=dict)

    def settings(self, **overrides: Any) -> Settings:
        """Read the settings; values of None do not override anything.

        Raises:
            InvalidSettings: naming every fault.
        """
        chosen = {name: value for name, value in overrides.items() if value is not None}
        return settings.load(self.overrides | chosen)

    def open_core(self) -> Core:
        """Open the core on a database of the newest schema, which a new database is given.

        Raises:
            Unavailable: the database is of an older schema.
        """
        chosen = self.settings()
        core = open_core(chosen, write_wait=chosen.command_write_wait)
        migrations.require_newest(core.database)
        return core


def open_core(chosen: Settings, *, upgrade: bool = False, write_wait: float | None = None) -> Core:
    """Open the core until the command ends; arguments are those of ``bootstrap``.

    Raises:
        Unavailable: the state directory cannot be written to, or the database does not answer.
    """
    _require_writable(chosen.state)
    core = bootstrap(chosen, upgrade=upgrade, write_wait=write_wait)
    click.get_current_context().call_on_close(core.close)
    return core


def _require_writable(state: Path) -> None:
    """Make the state directory and see that files can be made in it.

    Raises:
        Unavailable: they cannot.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=state):
            pass
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Unavailable(f"the state directory {state} cannot be written to: {reason}") from error


def with_core(command: Callable[Concatenate[Core, P], T]) -> Callable[P, T]:
    """Hand the core to a command as its first argument."""

    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        context = click.get_current_context().find_object(Context)
        assert context is not None  # noqa: S101 - the group above every command makes it
        return command(context.open_core(), *args, **kwargs)

    return update_wrapper(call, command)


pass_context = click.make_pass_decorator(Context)
"""Hand the :class:`Context` to a command as its first argument."""
