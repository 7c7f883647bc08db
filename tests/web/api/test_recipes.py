"""The recipes of docs/api.md do what the page shows, and its tables say what is true."""

import doctest
import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from contactsgroups.web.api.document import describe_api
from contactsgroups.web.api.document_page import bare_app
from tests.documents import ROOT, blocks
from tests.web.api.conftest import Caller

PAGE = ROOT / "docs" / "api.md"


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    """Where a server of the application is."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_recipes_do_what_the_page_shows(url: str, manager: Caller) -> None:
    (functions,) = blocks(PAGE, "python")
    names: dict[str, object] = {}
    exec(functions, names)  # noqa: S102 - our own documentation
    names |= {"ROOT": url, "TOKEN": manager.token}
    examples = "".join(blocks(PAGE, "pycon"))
    test = doctest.DocTestParser().get_doctest(examples, names, PAGE.name, str(PAGE), 0)
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert results.attempted > 20
    assert results.failed == 0


def test_every_path_is_in_the_table_and_every_line_has_its_path() -> None:
    text = PAGE.read_text()
    table = text[: text.index("## Tokens")]
    named = set(re.findall(r"`(/[a-z][^`]*)`", table)) - {"/api/v1/", "/groups/api/v1/"}
    paths = set(describe_api(bare_app())["paths"]) - {"/openapi.json"}
    shown = {re.sub(r"\{role\}.*", "owners", path) for path in paths}
    shown = {path for path in shown if not path.startswith("/completions/")}
    assert shown == named - {"/{address}"}


@pytest.mark.parametrize("page", ["README.md", "docs/embedding.md", "docs/access.md"])
def test_who_is_new_finds_the_page(page: str) -> None:
    assert re.search(r"\]\((docs/)?api\.md", (ROOT / page).read_text())
