"""A wing hands on its front doors; who joins a transaction of others says so in the import line."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from contactsgroups import services
from contactsgroups.persistence import Database
from contactsgroups.services.unit_of_work import Work

MODULES = [
    import_module(each.name)
    for each in pkgutil.walk_packages(services.__path__, services.__name__ + ".")
]
WINGS = [module for module in MODULES if hasattr(module, "__path__")]


def functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """The public functions that a module hands on or defines."""
    for name in getattr(module, "__all__", None) or dir(module):
        value = getattr(module, name)
        is_own = module in WINGS or getattr(value, "__module__", "") == module.__name__
        if inspect.isfunction(value) and is_own and not name.startswith("_"):
            yield value


def first_type(function: Callable[..., Any]) -> object:
    """What the first argument of a function is; None if it takes nothing."""
    names = list(inspect.signature(function).parameters)
    return get_type_hints(inspect.unwrap(function))[names[0]] if names else None


@pytest.mark.parametrize("wing", WINGS, ids=lambda wing: wing.__name__.rpartition(".")[2])
def test_a_wing_hands_on_front_doors_only(wing: ModuleType) -> None:
    for function in functions(wing):
        assert first_type(function) is Database, f"{function.__name__} is a back room"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_name_ends_with_in_if_it_joins_a_unit_of_work_and_only_then(module: ModuleType) -> None:
    for function in functions(module):
        joins = first_type(function) is Work
        assert function.__name__.endswith("_in") == joins, function.__name__


def test_both_kinds_are_recognised() -> None:
    found = {first_type(function) for module in MODULES for function in functions(module)}
    assert {Database, Session, Session | Connection, Work} <= found
