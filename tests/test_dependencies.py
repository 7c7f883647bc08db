"""The page of dependencies names exactly what the project depends on."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
LOCK_FILES = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))


def project_name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return match[0].lower()


def runtime_requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *chain(*project["optional-dependencies"].values())]


def direct_dependencies() -> set[str]:
    requirements = runtime_requirements()
    for name in ("build.in", "dev.in"):
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        requirements += [line for line in lines if line and not line.startswith(("#", "-"))]
    return {project_name(requirement) for requirement in requirements}


def test_every_dependency_has_its_line_and_every_line_its_dependency() -> None:
    lines = set(re.findall(r"^\| ([a-z0-9-]+) \|", PAGE, re.MULTILINE))

    assert lines - {"package"} == direct_dependencies()


@pytest.mark.parametrize("name", LOCK_FILES)
def test_a_lock_file_pins_every_requirement_by_hash_and_names_no_place(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    requirements = [line for line in text.splitlines() if re.match(r"[a-z]", line)]

    assert requirements
    assert [line for line in requirements if "==" not in line] == []
    assert len(re.findall(r"\\\n    --hash=sha256:[0-9a-f]{64}", text)) >= len(requirements)
    assert re.findall(r"https?://|file://|^ *--(?:extra-)?index|--find-links", text) == []


@pytest.mark.parametrize("text", runtime_requirements())
def test_the_lowest_versions_are_those_that_the_product_allows(text: str) -> None:
    match = re.fullmatch(r"([a-z-]+)(?:\[\w+\])?[>~]=([0-9.]+)(?:,<[0-9.]+)?", text)
    assert match, text
    name, floor = match.groups()
    lowest = (ROOT / "requirements" / "lowest.txt").read_text(encoding="utf-8")

    (pinned,) = re.findall(rf"^{name}==(\S+)", lowest, re.MULTILINE)

    assert re.fullmatch(rf"{re.escape(floor)}(\.0)*", pinned)
