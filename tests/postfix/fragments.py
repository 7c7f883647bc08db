"""Read the fragments that administrators copy from postfix/, so that tests run the real ones."""

import re
from pathlib import Path

from tests.servers.postfix_files import parameters_of

FRAGMENTS = Path(__file__).parents[2] / "postfix"


def read_parameters(name: str) -> dict[str, str]:
    """Return the parameters of a fragment of main.cf."""
    return parameters_of((FRAGMENTS / name).read_text())


def expand(parameters: dict[str, str], value: str) -> str:
    """Replace ``${name}`` by the parameter's value."""
    return re.sub(r"\$\{(\w+)\}", lambda match: parameters[match[1]], value)
