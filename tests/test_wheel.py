"""The wheel is complete: installed alone, away from the checkout, it runs the product."""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from signal import SIGINT

import httpx
import pytest

from tests.neutral_environment import CALLERS_ENVIRONMENT
from tests.servers.program import Program, free_port, listens

ROOT = Path(__file__).parent.parent

# What the wheel carries, and where inside it.
CARRIED = {
    "contactsgroups": "contactsgroups",
    "radicale_plugin": "radicale_plugin",
    "static": "contactsgroups/static",
    "postfix": "contactsgroups/postfix",
}

# Building and installing take a while on a busy machine.
pytestmark = pytest.mark.timeout(600)


def run(*command: str | Path, cwd: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a command; return what it prints."""
    result = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    directory = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
        *("--outdir", directory, ROOT),
        cwd=directory,
    )
    (built,) = directory.glob("contactsgroups-*.whl")
    return built


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an environment of nothing but the pinned requirements and the wheel."""
    directory = tmp_path_factory.mktemp("installed")
    venv.create(directory / "venv", with_pip=False, symlinks=True)
    # As pip would, but in seconds.
    install = (
        *(sys.executable, "-m", "uv", "--system-certs", "pip", "install"),
        *("--python", directory / "venv/bin/python"),
    )
    pinned = ("--require-hashes", "-r", ROOT / "requirements/run.txt")
    run(*install, "--no-deps", *pinned, cwd=directory, environment=CALLERS_ENVIRONMENT)
    run(*install, "--no-deps", "--no-index", wheel, cwd=directory)
    return directory


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The URL of the installed product, running on a free port."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "CONTACTSGROUPS_STATE": str(home / "state"),
    }
    program = Program(
        [str(home / "venv/bin/contactsgroups"), "run"], home / "log", environment=environment
    )
    try:
        program.wait_until(lambda: listens(("127.0.0.1", port)), timeout=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        code = program.stop(SIGINT)
    assert code == 0, program.log.read_text()


def files_in_checkout() -> set[str]:
    return {
        f"{place}/{file.relative_to(ROOT / source)}"
        for source, place in CARRIED.items()
        for file in (ROOT / source).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def files_in(wheel: Path) -> set[str]:
    """What the wheel installs, without the description of the distribution."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_carries_every_file_and_nothing_else(wheel: Path) -> None:
    assert files_in(wheel) == files_in_checkout()
    assert any(name.startswith("contactsgroups/static/") for name in files_in(wheel))
    assert any(name.startswith("contactsgroups/postfix/") for name in files_in(wheel))


def test_both_packages_come_from_the_installation(home: Path) -> None:
    script = (
        "from importlib.util import find_spec\n"
        "print(find_spec('contactsgroups').origin, find_spec('radicale_plugin').origin)"
    )

    places = run(home / "venv/bin/python", "-c", script, cwd=home).split()

    assert len(places) == 2
    assert all(Path(place).is_relative_to(home / "venv") for place in places), places


def test_the_installed_product_serves_every_asset(wheel: Path, address: str) -> None:
    prefix = "contactsgroups/static/"
    assets = {name for name in files_in(wheel) if name.startswith(prefix)}
    assert assets

    with zipfile.ZipFile(wheel) as archive, httpx.Client(base_url=address, timeout=60) as client:
        for asset in sorted(assets):
            answer = client.get(f"/static/contactsgroups/{asset.removeprefix(prefix)}")
            assert answer.status_code == 200, asset
            assert answer.content == archive.read(asset), asset


def test_the_installed_product_shows_its_first_page(address: str) -> None:
    answer = httpx.get(address, follow_redirects=True, timeout=60)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
