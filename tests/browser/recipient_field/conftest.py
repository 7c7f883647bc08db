"""The compose page that the tests of the recipient field open."""

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.recipient_field.sample_api import SampleSite, serve

HEAD = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Compose</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/recipient-field.css">
<link rel="stylesheet" href="/sample.css">
<script type="module" src="/static/recipient-field.js"></script></head>"""

STYLE = """body { margin: 0; background: Canvas; color: CanvasText; color-scheme: light dark;
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 1rem auto; padding: 0 1rem; }
recipient-field { margin-block: 0.5rem; }"""

COMPOSE = """<body><main><h1>New message</h1><form method="post" action="/send">
<recipient-field warn-above="20"><label for="to">To</label>
<input id="to" name="to"></recipient-field>
<recipient-field warn-above="20"><label for="cc">Cc</label>
<input id="cc" name="cc"></recipient-field>
<recipient-field warn-above="20"><label for="bcc">Bcc</label>
<input id="bcc" name="bcc"></recipient-field>
<p><label for="subject">Subject</label> <input id="subject" name="subject"></p>
<p><button>Send</button> <button type="reset">Clear</button></p></form></main></body></html>"""


@pytest.fixture
def language() -> str:
    """The language of the page."""
    return "en"


@pytest.fixture
def body() -> str:
    """What the page contains: three fields of a message, unless a test says otherwise."""
    return COMPOSE


@pytest.fixture
def site(language: str, body: str) -> Iterator[SampleSite]:
    """The sample server, with the compose page at /compose."""
    site = SampleSite(
        pages={"/compose": HEAD.format(language=language) + body, "/sample.css": STYLE}
    )
    server = serve(site)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def compose(site: SampleSite, page: Page) -> Page:
    """The compose page, ready for typing."""
    page.goto(f"{site.url}/compose")
    page.locator("#to[role=combobox]").wait_for()
    return page


@pytest.fixture
def chips(compose: Page) -> Callable[[str], list[str]]:
    """Names on the chips of the field with this id."""

    def names(field: str) -> list[str]:
        found = field_of(compose, field).locator(".recipient-edit .recipient-name")
        return found.all_inner_texts()

    return names


@pytest.fixture
def held(site: SampleSite) -> Iterator[threading.Event]:
    """The directory's answers wait until this is set, at most ten seconds."""
    release = threading.Event()

    def wait(query: str) -> None:
        release.wait(10)

    site.before_answer = wait
    yield release
    release.set()


def highlighted(page: Page) -> Locator:
    """The row that Enter would take: there is none before the answer to the present text."""
    return page.locator("[role=option][aria-selected=true]")


def type_at_once(page: Page, text: str, field: str = "to") -> None:
    """Type without a pause between the letters, however busy the machine is.

    The directory is asked once, for the whole text: rows that appear are of this text, and stay.
    Typed key by key on a busy machine, the rows of "s" and "sa" appear before those of "sal".
    """
    page.locator(f"#{field}").evaluate(
        """(input, text) => {
            input.focus();
            for (const letter of text) document.execCommand('insertText', false, letter);
        }""",
        text,
    )


def field_of(page: Page, field: str) -> Locator:
    """The recipient field around the input with this id."""
    return page.locator("recipient-field", has=page.locator(f"#{field}"))
