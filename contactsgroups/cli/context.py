"""What every command has at hand: settings and core, opened when first asked for."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from contactsgroups import settings, state_owner
from contactsgroups.bootstrap import Core, open_core, require_state
from contactsgroups.domain.errors import Unavailable
from contactsgroups.services import migrations
from contactsgroups.services.delivery.in_force import wait_until_in_force
from contactsgroups.services.unit_of_work import receipts
from contactsgroups.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Context:
    """Settings of this call; the core is closed when the command ends."""

    overrides: dict[str, Any] = field(default_factory=dict)

    def settings(self, **overrides: Any) -> Settings:
        """Read the settings; values of None do not override anything.

        From here on, root is the owner of the state until the command ends.

        Raises:
            InvalidSettings: naming every fault.
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        chosen = settings.load(self.overrides | given)
        state_owner.act_as_owner(chosen.state)
        click.get_current_context().call_on_close(state_owner.act_as_caller)
        return chosen

    def open_core(self, *, creating: bool = False) -> Core:
        """Open the core on a database of the newest schema.

        Args:
            creating: make what is missing, and give a new database its schema.

        Raises:
            Unavailable: there is no database, or one of an older schema.
        """
        chosen = self.settings()
        core = open_until_end(chosen, creating=creating, write_wait=chosen.command_write_wait)
        if creating:
            migrations.require_newest(core.database)
        else:
            migrations.require_present(core.database)
        return core


def open_until_end(
    chosen: Settings,
    *,
    creating: bool = False,
    upgrade: bool = False,
    write_wait: float | None = None,
) -> Core:
    """Open the core until the command ends; other arguments are those of the core's ``open_core``.

    Args:
        creating: make the state directory and the database's file where they are missing.

    Raises:
        NotPermitted: the state belongs to another user.
        Unavailable: there is no state, it cannot be written to, or the database does not answer.
    """
    state_owner.require_owner(chosen.state)
    if creating or chosen.state.exists():
        _require_writable(chosen.state)
    if not creating:
        require_state(chosen)
    core = open_core(chosen, upgrade=upgrade, write_wait=write_wait)
    click.get_current_context().call_on_close(core.close)
    return core


def _require_writable(state: Path) -> None:
    """Make the state directory and see that files can be made in it.

    Raises:
        Unavailable: they cannot.
    """
    try:
        state_owner.make_directory(state, state_owner.STATE_MODE)
        with tempfile.TemporaryFile(dir=state):
            pass
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Unavailable(f"the state directory {state} cannot be written to: {reason}") from error


def with_core(command: Callable[Concatenate[Core, P], T]) -> Callable[P, T]:
    """Hand the core to a command as its first argument; without a database, refuse.

    So a state directory that is misspelt does not look like one in which everything is gone.
    """
    return _with(command, creating=False)


def with_new_core(command: Callable[Concatenate[Core, P], T]) -> Callable[P, T]:
    """Hand the core to a command as its first argument; make the database if there is none."""
    return _with(command, creating=True)


def _with(command: Callable[Concatenate[Core, P], T], *, creating: bool) -> Callable[P, T]:
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        context = click.get_current_context().find_object(Context)
        assert context is not None  # noqa: S101 - the group above every command makes it
        core = context.open_core(creating=creating)
        with receipts.collecting() as changed:
            result = command(core, *args, **kwargs)
        if changed and not wait_until_in_force(core.database):
            click.echo("It is saved, and will be in force for mail shortly.", err=True)
        return result

    return update_wrapper(call, command)


pass_context = click.make_pass_decorator(Context)
"""Hand the :class:`Context` to a command as its first argument."""
