"""The option by which a command confirms that many members of groups may move at once."""

from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper
from typing import Any

import click

from contactsgroups.domain.principal import OPERATOR

OPTION = "--confirm"


def confirm_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option; it gets the operator, who has confirmed or not, as ``actor``."""

    def call(*args: Any, confirm: bool, **kwargs: Any) -> None:
        command(*args, actor=replace(OPERATOR, confirmed=confirm), **kwargs)

    update_wrapper(call, command)
    decorate = click.option(
        OPTION,
        is_flag=True,
        help="Also if many members of groups move by it that follow departments or rules.",
    )
    decorate(call)
    return call
