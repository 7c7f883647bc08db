"""Read the fragments that administrators copy from postfix/, so that tests run the real ones."""

import re
from pathlib import Path

FRAGMENTS = Path(__file__).parents[2] / "postfix"


def read_parameters(name: str) -> dict[str, str]:
    """Return the parameters of a fragment of main.cf."""
    return dict(_parameter(line) for line in _logical_lines(name))


def read_services(name: str) -> list[str]:
    """Return the services of a fragment of master.cf, each on one line."""
    return _logical_lines(name)


def expand(parameters: dict[str, str], value: str) -> str:
    """Replace ``${name}`` by the parameter's value."""
    return re.sub(r"\$\{(\w+)\}", lambda match: parameters[match[1]], value)


def _parameter(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name.strip(), value.strip()


def _logical_lines(name: str) -> list[str]:
    """Join continuation lines, which begin with a space, as postconf(5) says."""
    lines: list[str] = []
    for line in (FRAGMENTS / name).read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return lines
