"""Installing a complete lock file resolves nothing, with every pip we promise.

The packages here are made up. Of one that another asks for with an extra, a newer version than the
pinned one exists, as it does for every lock file sooner or later.
"""

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.neutral_environment import CALLERS_ENVIRONMENT
from tests.servers.program import find_program

ROOT = Path(__file__).parent.parent
INSTALL = ROOT / "requirements" / "install"

# What an environment of this Python begins with (23.0.1 on Debian 12), and the newest when
# `make lock` was last run.
PIPS = ["oldest", "newest"]

BACKEND = """\
import pathlib, shutil
def build_editable(directory, *_):
    [wheel] = pathlib.Path(__file__).parent.glob("*.whl")
    return shutil.copy(wheel, directory).rpartition("/")[2]
"""
PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "product"
version = "1"
"""
SETUP = "raise SystemExit('what has no wheel was built')\n"

pytestmark = pytest.mark.timeout(300)


def make_wheel(directory: Path, name: str, version: str, metadata: str = "") -> Path:
    """A wheel of nothing but its description."""
    path = directory / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        archive.writestr(f"{info}/METADATA", head + metadata)
        tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{info}/WHEEL", tags)
        archive.writestr(f"{info}/RECORD", "")
    return path


def make_source_archive(directory: Path, name: str, version: str) -> Path:
    """What would need a compiler."""
    folder = directory / f"{name}-{version}"
    folder.mkdir()
    (folder / "setup.py").write_text(SETUP)
    path = directory / f"{name}-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, folder.name)
    return path


def lock(file: Path, packages: Iterable[Path]) -> Path:
    """A lock file of these packages, as `make lock` writes them."""
    lines = []
    for package in packages:
        name, version = re.split("-|[.]tar", package.name)[:2]
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}\n")
    file.write_text("".join(lines))
    return file


def environment(packages: Path) -> dict[str, str]:
    """Nothing that this machine's pip is configured to do; packages come from one directory."""
    return {
        "PATH": os.environ["PATH"],
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(packages),
        "PIP_NO_CACHE_DIR": "1",
    }


@pytest.fixture(scope="module", params=PIPS)
def environment_with_pip(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The Python of an environment that has this pip and no other package."""
    home = tmp_path_factory.mktemp(request.param)
    venv.create(home, with_pip=False, symlinks=True)
    pinned = ROOT / "requirements" / f"pip-{request.param}.txt"
    python = home / "bin" / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "--system-certs", "pip", "install", "--quiet"),
            *("--python", python, "--no-deps", "--require-hashes", "-r", pinned),
        ],
        check=True,
        cwd=home,
        env=CALLERS_ENVIRONMENT,
    )
    return python


@pytest.fixture
def python(environment_with_pip: Path) -> Iterable[Path]:
    """As above; what the test has installed is removed."""
    yield environment_with_pip
    subprocess.run(
        [environment_with_pip, "-m", "pip", "uninstall", "--yes", "product", "suite", "engine"],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """``suite`` asks for ``engine`` with an extra; a newer engine than the pinned one exists."""
    directory = tmp_path / "packages"
    directory.mkdir()
    for version in ("1", "2"):
        make_wheel(directory, "engine", version, "Provides-Extra: fast\n")
    make_wheel(directory, "suite", "1", "Requires-Dist: engine[fast]>=1\n")
    return directory


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What stands for the checkout; it asks for ``suite``."""
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text(PROJECT)
    (directory / "backend.py").write_text(BACKEND)
    make_wheel(directory, "product", "1", "Requires-Dist: suite\n")
    return directory


def install(
    python: Path, project: Path, packages: Path, *locks: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [find_program("sh"), INSTALL, python, project, *locks],
        env=environment(packages),
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )


def installed(python: Path) -> set[str]:
    found = subprocess.check_output([python, "-m", "pip", "freeze", "--all"], text=True)
    return {line for line in found.splitlines() if line.startswith(("engine", "suite"))}


def test_newer_releases_than_the_pinned_ones_are_not_looked_at(
    python: Path, project: Path, packages: Path, tmp_path: Path
) -> None:
    first = lock(tmp_path / "run.txt", [packages / "suite-1-py3-none-any.whl"])
    second = lock(tmp_path / "build.txt", [packages / "engine-1-py3-none-any.whl"])

    result = install(python, project, packages, first, second)

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert installed(python) == {"engine==1", "suite==1"}


def test_an_incomplete_lock_is_noticed(
    python: Path, project: Path, packages: Path, tmp_path: Path
) -> None:
    incomplete = lock(tmp_path / "run.txt", [packages / "suite-1-py3-none-any.whl"])

    result = install(python, project, packages, incomplete)

    assert result.returncode == 1
    assert "a lock file is not complete" in result.stderr
    assert "suite 1 requires engine, which is not installed" in result.stderr


def test_what_has_no_wheel_is_refused_and_not_compiled(
    python: Path, project: Path, packages: Path, tmp_path: Path
) -> None:
    source = lock(tmp_path / "run.txt", [make_source_archive(packages, "engine", "3")])

    result = install(python, project, packages, source)

    assert result.returncode == 1
    assert "No matching distribution found for engine==3" in result.stderr
    assert "PIP_ONLY_BINARY=:none:" in result.stderr
    assert "was built" not in result.stderr


def test_the_makefile_installs_in_this_way_only() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "pip install" not in text
    assert {"run", "build", "dev"} <= set(
        re.findall(r"requirements/(\w+)\.txt", "".join(re.findall(r"\$\(INSTALL\).*", text)))
    )
