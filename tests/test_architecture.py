"""docs/architecture.md shows the rooms that there are, in the order that import-linter holds."""

import pkgutil
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import contactsgroups
from tests.documents import PAGES, ROOT, blocks

PAGE = ROOT / "docs" / "architecture.md"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]

Stack = list[list[str]]


def stacks_of(text: str) -> dict[str, Stack]:
    """The drawn stacks: the name above each, and its floors from top to bottom."""
    found: dict[str, Stack] = {}
    for name, drawing in re.findall(r"^([a-z_.]+)\n\+-+\+\n((?:\|.*\|\n)+)\+-+\+$", text, re.M):
        rows = [line.strip("|").split("|") for line in drawing.splitlines()]
        found[name] = [sorted(cell.strip() for cell in row) for row in rows]
    return found


def stacks_of_contracts() -> dict[str, Stack]:
    """The same, as import-linter holds it."""
    return {
        container: [sorted(re.findall(r"\w+", layer)) for layer in contract["layers"]]
        for contract in CONTRACTS
        for container in contract.get("containers", ())
    }


DRAWN = stacks_of("".join(blocks(PAGE)))
HELD = stacks_of_contracts()


def rooms_of_the_table() -> list[str]:
    """Every path in the first column of the table of rooms."""
    (table,) = re.findall(r"^\| room \|.*\n((?:\|.*\n)+)", PAGE.read_text(), re.MULTILINE)
    return [path for row in table.splitlines() for path in re.findall("`(.*?)`", row.split("|")[1])]


def packages() -> list[str]:
    """Every package of the product, as a path with a slash behind it."""
    found = pkgutil.walk_packages(contactsgroups.__path__, "contactsgroups.")
    names = ["radicale_plugin", *(each.name for each in found if each.ispkg)]
    return [name.replace(".", "/") + "/" for name in names]


def test_the_page_draws_what_import_linter_holds() -> None:
    assert HELD
    assert DRAWN == HELD


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_stack_has_exactly_the_modules_that_there_are(name: str) -> None:
    there = {each.name for each in pkgutil.iter_modules(import_module(name).__path__)}
    beside = {"settings"} if name == "contactsgroups" else set()
    assert {room for floor in DRAWN[name] for room in floor} | beside == there


def test_every_package_has_its_row() -> None:
    missing = set(packages()) - set(rooms_of_the_table())
    assert missing <= {"contactsgroups/persistence/migrations/versions/"}


def test_every_row_is_a_room_that_there_is() -> None:
    rooms = rooms_of_the_table()
    assert len(rooms) == len(set(rooms)) > 20
    for room in rooms:
        assert (ROOT / room).is_dir() if room.endswith("/") else (ROOT / room).is_file(), room


FACES = [
    *(ROOT / "radicale_plugin").glob("**/*.py"),
    *(ROOT / "contactsgroups" / "serve.py", ROOT / "contactsgroups" / "worker.py"),
    *(
        path
        for room in ("cli", "delivery", "directory", "web")
        for path in (ROOT / "contactsgroups" / room).glob("**/*.py")
    ),
]
_OPENED = re.compile(r"database\.(?:read|read_snapshot|write|write_private|connect|engine)\b")


def test_no_face_opens_a_transaction() -> None:
    """Faces have the database only to hand it on; the import rules cannot see what they do."""
    assert len(FACES) > 50
    for path in FACES:
        assert not _OPENED.search(path.read_text()), path


def test_an_opened_transaction_is_recognised() -> None:
    assert _OPENED.search("with core.database.read() as session:")
    assert not _OPENED.search("find_group(core.database, actor)")


def test_a_drawing_is_read_floor_by_floor() -> None:
    drawing = "a.b\n+----+\n| c  |\n| e|d |\n+----+\n"
    assert stacks_of(drawing) == {"a.b": [["c"], ["d", "e"]]}


# Decisions tell what was, changes too: a path in them may have moved since.
PRESENT = [page for page in PAGES if page.parent.name != "decisions" and page.stem != "CHANGELOG"]
_TOP = "contactsgroups|radicale_plugin|static|postfix|tests|docs|requirements"
_INSIDE = "|".join(each.name for each in (ROOT / "contactsgroups").iterdir() if each.is_dir())
_PATH = re.compile(rf"(?<![\w/.@:-])((?:{_TOP})/[\w*./-]*|(?:{_INSIDE})/[\w/]+\.py)")
_LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")


def paths_of(text: str) -> set[str]:
    """The paths that a page names in code, without the tree's drawing of folders in folders."""
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))
    return {path for code in inline for path in _PATH.findall(code)}


@pytest.mark.parametrize("page", PRESENT, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    for path in paths_of(page.read_text()):
        places = [place for root in (ROOT, ROOT / "contactsgroups") for place in root.glob(path)]
        assert places, f"{page.name} names {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_in_it(page: Path) -> None:
    for link, anchor in _LINK.findall(page.read_text()):
        target = page.parent / link if link else page
        assert target.exists(), f"{page.name} links to {link}"
        assert not anchor or anchor in anchors_of(target.read_text()), f"{link}#{anchor}"


def anchors_of(text: str) -> set[str]:
    """What headings are called in links: lower case, spaces as hyphens, other signs left out."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_paths_are_found_in_code() -> None:
    text = (
        "see `contactsgroups/domain/rule.py` and `GET /static/contactsgroups/x.js`, `domain/no.py`"
    )
    assert paths_of(text) == {"contactsgroups/domain/rule.py", "domain/no.py"}


def test_every_decision_is_listed_by_its_title() -> None:
    listed = (ROOT / "docs/decisions/README.md").read_text()
    records = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert len(records) >= 10
    for record in records:
        title = record.read_text().splitlines()[0].removeprefix("# ")
        assert f"[{title}]({record.name})" in listed
