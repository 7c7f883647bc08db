"""While people change groups, every synchronising client ends with an exact copy of the book."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from radicale_plugin.application import create_application
from tests.carddav.conftest import make_core
from tests.carddav.dav import PASSWORD, Client
from tests.directories import add_group, changed_draft, group_draft
from tests.servers.web import served

WRITERS = 3
ROUNDS = 6
CLIENTS = 3
BOOK = "ada@example.org/groups/"


@pytest.fixture
def shared_core(tmp_path: Path, database_url: str) -> Iterator[Core]:
    """A core on each of the three databases."""
    core = make_core(tmp_path / "state", database_url)
    yield core
    core.close()


def change_groups(core: Core, writer: int) -> None:
    """Create, rename, hide, show and delete groups of one's own."""
    for number in range(ROUNDS):
        name = f"w{writer}-{number}"
        group = add_group(core.database, f"{name}@example.org", "bob@example.org")
        draft = group_draft(address=group.address, display_name=f"{name} renamed")
        groups.update_group(core.database, OPERATOR, group.uuid, 1, draft)
        if number % 3 == 0:
            groups.remove_group(core.database, OPERATOR, group.uuid)
        elif number % 3 == 1:
            hidden = changed_draft(draft, show_in_contacts=False)
            groups.update_group(core.database, OPERATOR, group.uuid, 2, hidden)


def follow(url: str, finished: Callable[[], bool]) -> dict[str, str]:
    """Synchronise until nothing more can come; what the client has then, as href and etag."""
    mirror: dict[str, str] = {}
    token = ""
    with Client(base_url=url, auth=("ada@example.org", PASSWORD), timeout=60) as client:
        last_round = False
        while not last_round:
            last_round = finished()
            token, changes = client.sync(BOOK, token)
            for href, resource in changes.items():
                if resource.status == 404:
                    mirror.pop(href, None)
                else:
                    mirror[href] = resource.text("D:getetag")
    return mirror


def test_every_mirror_is_exact(shared_core: Core) -> None:
    finished = threading.Event()
    with (
        served(create_application(shared_core)) as url,
        ThreadPoolExecutor(WRITERS + CLIENTS) as pool,
    ):
        mirrors = [pool.submit(follow, url, finished.is_set) for _ in range(CLIENTS)]
        writers = [pool.submit(change_groups, shared_core, number) for number in range(WRITERS)]
        try:
            for writer in writers:
                writer.result()
        finally:
            finished.set()
        with Client(base_url=url, auth=("ada@example.org", PASSWORD)) as client:
            listing = client.propfind(BOOK, "D:getetag", depth=1)
        del listing[f"/{BOOK}"]
        expected = {href: each.text("D:getetag") for href, each in listing.items()}

        assert len(expected) == WRITERS * ROUNDS // 3
        for mirror in mirrors:
            assert mirror.result() == expected
