"""The configuration of this machine's Postfix, as postconf(1) and postmap(1) tell it."""

import os
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contactsgroups.services.delivery.published_maps import MapName

_SECONDS = 30
_DENIED = "Permission denied"
_COLUMNS = 7  # of master(5), before the command


class Unreadable(Exception):
    """A table, or main.cf, that this user may not read: what is in it is not known."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service of master.cf; ``name`` as postconf(1) writes it, ``smtp/inet``."""

    name: str
    program: str
    is_in_chroot: bool
    overrides: Mapping[str, str]
    """The parameters that it has for itself (``-o name=value``)."""


@dataclass(frozen=True, slots=True)
class PostfixConfiguration:
    """All parameters of main.cf, names in values replaced, and the services of master.cf."""

    parameters: Mapping[str, str]
    services: tuple[Service, ...]

    def value(self, name: str, service: Service | None = None) -> str:
        """Return a parameter as a service has it; empty if it is not set."""
        own = {} if service is None else service.overrides
        return own.get(name, self.parameters.get(name, ""))

    def running(self, program: str) -> Iterator[Service]:
        """Yield the services that run a program, such as ``smtpd``."""
        return (each for each in self.services if each.program == program)


def read_configuration() -> PostfixConfiguration | None:
    """Read how this machine's Postfix is configured; None if it has none.

    As for Postfix's own commands, the environment variable ``MAIL_CONFIG`` names another directory.

    Raises:
        Unreadable: this user may not read it.
    """
    parameters = dict(_pairs(_run("postconf", "-x")))
    if not parameters:
        return None
    overrides: dict[str, dict[str, str]] = {}
    for path, value in _pairs(_run("postconf", "-x", "-P")):
        service, _, name = path.rpartition("/")
        overrides.setdefault(service, {})[name] = value
    lines = (line.split(maxsplit=_COLUMNS) for line in _run("postconf", "-M").splitlines())
    services = [_read_service(line, overrides) for line in lines if len(line) > _COLUMNS]
    return PostfixConfiguration(parameters, tuple(services))


def _read_service(columns: Sequence[str], overrides: Mapping[str, Mapping[str, str]]) -> Service:
    name, kind, _, _, chroot, _, _, command = columns
    key = f"{name}/{kind}"
    return Service(key, command.split()[0], chroot == "y", overrides.get(key, {}))


def split_list(text: str) -> list[str]:
    """Return the elements of a list in main.cf; one in braces stays whole (postconf(5))."""
    elements, depth, element = [], 0, ""
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0 and (character.isspace() or character == ","):
            elements.append(element)
            element = ""
        else:
            element += character
    return [each for each in [*elements, element] if each]


@dataclass(frozen=True, slots=True)
class PostfixFault:
    """Something that is wrong; ``is_grave`` says that mail goes wrong, not only that it may."""

    text: str
    is_grave: bool = True


def places_of(value: str, name: MapName) -> list[int]:
    """Return where in a list our map of this name stands, published or read from the database."""
    files = {name, f"{name}.cf"}
    elements = enumerate(split_list(value))
    return [number for number, each in elements if each.rpartition("/")[2] in files]


def map_in_main_cf(name: MapName) -> str:
    """Return how main.cf names a map of ours, wherever the maps are."""
    return f"${{contactsgroups_maps}}{name}${{contactsgroups_suffix}}"


def missing(text: str, parameter: str, value: str) -> PostfixFault:
    """Return the fault that a list in main.cf lacks something."""
    return PostfixFault(f"{text}: add {value} to {parameter} in main.cf")


def look_up(table: str, keys: Collection[str]) -> dict[str, str]:
    """Look keys up in a table such as ``lmdb:/etc/postfix/virtual``; nothing if it has none.

    Raises:
        Unreadable: this user may not read it.
    """
    asked = "".join(f"{key}\n" for key in keys)
    return dict(_rows(_run("postmap", "-q", "-", _itself(table), given=asked)))


def read_table(table: str) -> dict[str, str]:
    """Read all of a table, of those kinds that postmap(1) can read so (``-s``); else nothing.

    Raises:
        Unreadable: this user may not read it.
    """
    return dict(_rows(_run("postmap", "-s", _itself(table))))


def _itself(table: str) -> str:
    """Return a table without the service that Postfix's daemons read it through (proxymap(8))."""
    return table.removeprefix("proxy:")


def _rows(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        key, _, value = line.partition("\t")
        yield key, value.strip()


def _pairs(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        name, equals, value = line.partition(" =")
        if equals:
            yield name, value.strip()


def _run(program: str, *arguments: str, given: str = "") -> str:
    """Return what a command of Postfix prints, as far as it comes; nothing if there is none."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if path is None:
        return ""
    try:
        ended = subprocess.run(  # noqa: S603 - a program of the system, no shell
            [path, *arguments],
            input=given,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    if _DENIED in ended.stderr:
        raise Unreadable(ended.stderr.strip().splitlines()[-1])
    return ended.stdout
