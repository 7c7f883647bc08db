"""Radicale itself, started as its own program, loads the plugin from its configuration file."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from radicale import config

from contactsgroups.bootstrap import Core
from contactsgroups.settings import InvalidSettings
from radicale_plugin import Auth, Rights, Storage
from tests.carddav.dav import MAKING_A_BOOK, PASSWORD, Client
from tests.directories import add_account, add_group
from tests.documents import blocks
from tests.servers.program import Program, free_port, listens

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "carddav.md"
PROGRAMS = Path(sys.executable).parent
CONFIGURATION = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = radicale_plugin
delay = 0
cache_logins = True
[rights]
type = radicale_plugin
[storage]
type = radicale_plugin
state = {state}
groups_name = Verteiler
groups_path = lists
[web]
type = none
"""


@pytest.fixture
def configuration(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, int]:
    """A configuration file of Radicale's and the port it names."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    port = free_port()
    path = tmp_path / "radicale.conf"
    path.write_text(CONFIGURATION.format(port=port, state=state))
    return path, port


@pytest.fixture
def ada(configuration: tuple[Path, int], tmp_path: Path) -> Iterator[Client]:
    """Ada's client of a running Radicale."""
    path, port = configuration
    command = [sys.executable, "-m", "radicale", "--config", str(path)]
    with (
        running(command, port, tmp_path / "radicale.log") as url,
        client_of(url, "ADA@example.org") as client,
    ):
        yield client


def client_of(url: str, address: str = "ada@example.org") -> Client:
    return Client(base_url=url, auth=(address, PASSWORD), timeout=30)


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[str]:
    """Run Radicale's own program while the block lasts; its root's URL."""
    program = Program(command, log)
    try:
        program.wait_until(lambda: listens(("127.0.0.1", port)))
        yield f"http://127.0.0.1:{port}/"
    finally:
        program.stop()


def test_the_book_stands_under_the_configured_name(core: Core, ada: Client) -> None:
    group = add_group(core.database, "sales@example.org", "bob@example.org")
    assert ada.send_xml("MKCOL", "ada@example.org/own/", MAKING_A_BOOK).status_code == 201

    books = ada.propfind("ada@example.org/", "D:displayname", depth=1)

    assert next(iter(books)) == "/ada@example.org/"
    assert list(books)[-1] == "/ada@example.org/lists/"
    assert books["/ada@example.org/lists/"].text("D:displayname") == "Verteiler"
    _, cards = ada.sync("ada@example.org/lists/", "", "D:getetag", "CR:address-data")
    assert list(cards) == [f"/ada@example.org/lists/{group.uuid}.vcf"]
    assert ada.put("ada@example.org/lists/x.vcf", content="x").status_code == 403


def test_a_change_by_another_process_is_seen_at_the_next_sync(core: Core, ada: Client) -> None:
    token, cards = ada.sync("ada@example.org/lists/")
    assert cards == {}

    group = add_group(core.database, "sales@example.org", "bob@example.org")

    _, cards = ada.sync("ada@example.org/lists/", token)
    assert list(cards) == [f"/ada@example.org/lists/{group.uuid}.vcf"]


def test_no_cache_of_logins_keeps_a_closed_account_signed_in(core: Core, ada: Client) -> None:
    """Radicale has one of its own, which the configuration switches on."""
    assert ada.request("PROPFIND", "ada@example.org/").status_code == 207
    add_account(core.database, "ada@example.org", active=False)
    assert ada.request("PROPFIND", "ada@example.org/").status_code == 401


def test_own_books_are_kept_in_the_state_directory(state: Path, ada: Client) -> None:
    assert ada.send_xml("MKCOL", "ada@example.org/own/", MAKING_A_BOOK).status_code == 201

    assert (state / "collections" / "collection-root" / "ada@example.org" / "own").is_dir()


def test_radicale_can_verify_the_storage(core: Core, configuration: tuple[Path, int]) -> None:
    add_group(core.database, "sales@example.org", "bob@example.org")
    storage = Storage(config.load(), core=core)
    storage.create_collection("/ada@example.org/")
    command = [sys.executable, "-m", "radicale", "--verify-storage", "--config", configuration[0]]

    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert result.returncode == 0, result.stderr
    assert "ada@example.org/lists" in result.stderr


def test_all_parts_of_a_process_share_one_core(configuration: tuple[Path, int]) -> None:
    """Radicale builds every storage twice; connections to the database are few and dear."""
    loaded = config.load([(str(configuration[0]), False)])

    cores = {id(Storage(loaded)._core), id(Storage(loaded)._core)}
    databases = {id(Auth(loaded)._core.database), id(Storage(loaded)._core.database)}

    assert len(cores) == len(databases) == 1
    Storage(loaded)._core.close()


@pytest.mark.parametrize("segment", ["", "a/b", ".hidden", ".."])
def test_a_path_that_is_no_single_component_is_refused(
    configuration: tuple[Path, int], segment: str
) -> None:
    loaded = config.load([(str(configuration[0]), False)])
    loaded.update({"storage": {"groups_path": segment}})

    with pytest.raises(RuntimeError, match="groups_path"):
        Rights(loaded)


def test_faulty_settings_are_named(
    configuration: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTSGROUPS_PORT", "99999")
    loaded = config.load([(str(configuration[0]), False)])

    with pytest.raises(InvalidSettings, match="port"):
        Storage(loaded)


def start(configuration: Path) -> subprocess.CompletedProcess[str]:
    """Start Radicale where it should not run, and return what it said."""
    command = [sys.executable, "-m", "radicale", "--config", str(configuration)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=configuration.parent
    )


@pytest.mark.parametrize("there", ["nothing", "an empty directory", "an empty database"])
def test_without_a_database_it_does_not_start_and_names_the_command(
    configuration: tuple[Path, int], tmp_path: Path, there: str
) -> None:
    """And the command, as it is written there, is what was needed."""
    path, port = configuration
    missing = tmp_path / "a misspelt state"
    path.write_text(CONFIGURATION.format(port=port, state=missing))
    if there != "nothing":
        missing.mkdir()
    if there == "an empty database":
        (missing / "contactsgroups.sqlite").touch()

    refused = start(path)

    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert missing.exists() == (there != "nothing")
    assert not (missing / "collections").exists()
    (named,) = re.findall(r"run: (contactsgroups .+)$", refused.stderr, re.MULTILINE)
    program, *arguments = shlex.split(named)
    subprocess.run([PROGRAMS / program, *arguments], check=True, timeout=60, capture_output=True)
    command = [sys.executable, "-m", "radicale", "--config", str(path)]
    with running(command, port, tmp_path / "radicale.log") as url, Client(base_url=url) as client:
        assert client.request("PROPFIND", "").status_code == 401


def test_without_the_option_it_makes_nothing_where_it_was_started(
    configuration: tuple[Path, int],
) -> None:
    path, port = configuration
    path.write_text(CONFIGURATION.format(port=port, state=""))
    before = sorted(path.parent.iterdir())

    refused = start(path)

    assert refused.returncode == 1
    assert "contactsgroups --state" in refused.stderr
    assert sorted(path.parent.iterdir()) == before


def test_a_password_of_the_database_is_not_logged(
    configuration: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTSGROUPS_DATABASE_URL", "postgresql+psycopg://x:geheim@127.0.0.1/x")
    path, port = configuration
    path.write_text(CONFIGURATION.format(port=port, state=tmp_path / "missing"))

    refused = start(path)

    assert refused.returncode == 1
    assert "CONTACTSGROUPS_DATABASE_URL" in refused.stderr
    assert "geheim" not in refused.stderr


def test_a_database_server_that_does_not_answer_yet_is_waited_for(
    configuration: tuple[Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or after a power failure it would depend on who starts first."""
    url = f"postgresql+psycopg://x@127.0.0.1:{free_port()}/x"
    monkeypatch.setenv("CONTACTSGROUPS_DATABASE_URL", url)
    path, port = configuration
    command = [sys.executable, "-m", "radicale", "--config", str(path)]

    with running(command, port, tmp_path / "radicale.log") as root, client_of(root) as ada:
        assert ada.request("PROPFIND", "ada@example.org/").status_code >= 500


class Recipe:
    """The page's recipe, carried out in a directory, as the user that runs the tests."""

    def __init__(self, directory: Path) -> None:
        self.state = directory / "state"
        self.etc = directory / "etc"
        self.port = free_port()
        self._directory = directory
        self._environment = os.environ | {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        }
        self._replacements = {
            "adduser --system --group": "true",
            "runuser -u contactsgroups -- ": "",
            "-o contactsgroups ": "",
            "-g contactsgroups ": "",
            "/var/lib/contactsgroups": str(self.state),
            "/etc/contactsgroups": str(self.etc),
            "localhost:5232": f"127.0.0.1:{self.port}",
        }

    def carry_out(self) -> list[str]:
        """Do everything but the last command, which starts Radicale, and return that."""
        making, installing = blocks(PAGE, "sh")
        (options,) = [text for text in blocks(PAGE, "ini") if "radicale_plugin" in text]
        self._run(making, f"{PASSWORD}\n")
        (self._directory / "radicale.conf").write_text(self._here(options))
        *steps, start = installing.splitlines()
        self._run("\n".join(steps))
        program, *arguments = shlex.split(self._here(start))
        return [str(PROGRAMS / program), *arguments]

    def vdirsyncer(self, home: Path, url: str) -> None:
        """Synchronise as the page's other example says, from nothing."""
        (example,) = [text for text in blocks(PAGE, "ini") if "[storage remote]" in text]
        example = example.replace("https://mail.example.org/dav/", url).replace("~", str(home))
        example = example.replace('"pass", "mail"', f'"echo", "{PASSWORD}"')
        (home / "vdirsyncer").write_text(example)
        self._run(f"vdirsyncer -c {home}/vdirsyncer discover", "y\n" * 4)
        self._run(f"vdirsyncer -c {home}/vdirsyncer sync")

    def _here(self, text: str) -> str:
        for documented, actual in self._replacements.items():
            text = text.replace(documented, actual)
        return text

    def _run(self, commands: str, answers: str = "") -> None:
        result = subprocess.run(
            ["bash", "-euc", self._here(commands)],
            input=answers,
            cwd=self._directory,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == 0, result.stdout


def test_the_recipe_of_the_page_works_as_it_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that takes the first book only can write to it; strangers cannot read the files."""
    recipe = Recipe(tmp_path)
    command = recipe.carry_out()
    assert (recipe.etc / "radicale.conf").stat().st_mode & 0o777 == 0o640
    assert recipe.state.stat().st_mode & 0o777 == 0o750
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with running(command, recipe.port, tmp_path / "radicale.log") as url, client_of(url) as ada:
        home = ada.propfind("ada@example.org/", "D:displayname", depth=1)
        first, last = list(home)[1], list(home)[-1]
        assert (first, last) == ("/ada@example.org/contacts/", "/ada@example.org/groups/")
        text = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:X\r\nN:X;;;;\r\nEND:VCARD\r\n"
        assert ada.put(f"{first[1:]}1.vcf", content=text).status_code == 201
        assert ada.put(f"{last[1:]}1.vcf", content=text).status_code == 403
        recipe.vdirsyncer(tmp_path, url)
    assert "FN:X" in (tmp_path / ".contacts" / "contacts" / "1.vcf").read_text()


def test_every_user_of_the_recipe_is_the_one_that_it_makes() -> None:
    making, installing = blocks(PAGE, "sh")
    users = re.findall(r"(?:runuser -u|-[og]) (\S+)", making + installing)

    assert making.splitlines()[0].endswith(" contactsgroups")
    assert set(users) == {"contactsgroups"}


def test_wrong_passwords_are_limited_and_logged_there_too(
    core: Core, configuration: tuple[Path, int], tmp_path: Path
) -> None:
    """It cannot say "too many", so the right password is refused like a wrong one."""
    path, port = configuration
    path.write_text(
        path.read_text().replace("[storage]", "[storage]\ntrusted_proxies = 127.0.0.1", 1)
    )
    command = [sys.executable, "-m", "radicale", "--config", str(path)]
    log = tmp_path / "radicale.log"
    with running(command, port, log) as url:

        def status(password: str, client: str) -> int:
            forwarded = {"X-Forwarded-For": client}
            auth = ("ada@example.org", password)
            return httpx.request(
                "PROPFIND", url, auth=auth, headers=forwarded, timeout=60
            ).status_code

        guesses = [status(f"guess {number}", "192.0.2.1") for number in range(5)]
        assert guesses == [401] * 5
        assert status(PASSWORD, "192.0.2.1") == 401
        assert status(PASSWORD, "192.0.2.2") == 207
    lines = [line for line in log.read_text().splitlines() if "ailed" in line]
    assert len(lines) == 5
    for line in lines:
        assert re.fullmatch(
            r"\[[\d: +-]+\] \[\d+/[^]]+\] \[WARNING\] "
            'sign-in failed: client=192.0.2.1 account="ada@example.org" face=carddav',
            line,
        )
