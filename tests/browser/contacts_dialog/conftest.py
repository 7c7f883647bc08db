"""The compose page of a foreign webmail, with the contacts dialog beside its fields."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.contacts_dialog.sample_book import BookSite
from tests.browser.recipient_field.conftest import HEAD, STYLE, field_of
from tests.browser.recipient_field.sample_api import serve

DIALOG = """<link rel="stylesheet" href="/static/contacts-dialog.css">
<script type="module" src="/static/contacts-dialog.js"></script>"""
FIELD = """<recipient-field><label for="{name}">{label}</label>
<input id="{name}" name="{name}"></recipient-field>"""
FIELDS = "".join(
    FIELD.format(name=name, label=label) for name, label in {"to": "To", "cc": "Cc"}.items()
)
BUTTON = '<button type="button">Contacts</button>'
COMPOSE = f"""<body><main><h1>New message</h1><form method="post" action="/send">
<contacts-dialog to="to" cc="cc">{BUTTON}</contacts-dialog>{FIELDS}
<p><button>Send</button></p></form></main></body></html>"""


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def body() -> str:
    """What the page contains: two fields of a message, unless a test says otherwise."""
    return COMPOSE


@pytest.fixture
def site(language: str, body: str) -> Iterator[BookSite]:
    """The sample server, with the compose page at /compose."""
    head = HEAD.format(language=language).replace("</head>", f"{DIALOG}</head>")
    site = BookSite(pages={"/compose": head + body, "/sample.css": STYLE})
    server = serve(site)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def compose(site: BookSite, page: Page) -> Page:
    """The compose page, with the dialog closed."""
    page.goto(f"{site.url}/compose")
    page.get_by_role("button", name="Contacts").wait_for()
    return page


@pytest.fixture
def dialog(compose: Page) -> Locator:
    """The dialog, with the first page of the list."""
    return opened(compose)


@pytest.fixture
def chips(compose: Page) -> Callable[[str], list[str]]:
    """Names on the chips of the field with this id."""

    def names(field: str) -> list[str]:
        return field_of(compose, field).locator(".recipient-chip .recipient-name").all_inner_texts()

    return names


def opened(page: Page) -> Locator:
    """Open the dialog, and wait for its rows."""
    page.get_by_role("button", name="Contacts").click()
    found = page.get_by_role("dialog")
    found.get_by_role("checkbox").first.wait_for()
    return found


def tick(dialog: Locator, name: str) -> Locator:
    """The tick of a row, by the beginning of what is said of it."""
    return dialog.get_by_role("checkbox", name=name)


def row_of(dialog: Locator, name: str) -> Locator:
    """The row around such a tick."""
    return dialog.locator(".recipient-row", has=dialog.page.get_by_role("checkbox", name=name))


def search(dialog: Locator, text: str) -> None:
    dialog.get_by_role("searchbox").fill(text)
