"""A real browser for tests: Debian's Chromium, driven by Playwright.

``page`` fails its test when the page wrote an error to the console, threw, or broke its own
Content-Security-Policy. A test that provokes one says so: ``expected_errors.append("503")``.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

# Nothing but what the tests ask for: no sandbox (which root lacks), no traffic of its own.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"

# A page answers within this many milliseconds, also while the machine does other work.
PATIENCE = 10_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process; each test gets a context of its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def context_options() -> dict[str, Any]:
    """Options for the browser context: override it for a phone, a language, dark mode."""
    return {"locale": "en-GB", "viewport": {"width": 1100, "height": 800}}


@pytest.fixture
def context(browser: Browser, context_options: dict[str, Any]) -> Iterator[BrowserContext]:
    """A fresh profile without cookies, closed after the test."""
    context = browser.new_context(**context_options)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def expected_errors() -> list[str]:
    """Parts of the messages that this test provokes; any other error fails it."""
    return []


def _console_error(message: ConsoleMessage) -> str | None:
    # Chromium reports violations of the Content-Security-Policy as errors on the console too.
    return f"{message.text} ({message.location['url']})" if message.type == "error" else None


@pytest.fixture
def page(context: BrowserContext, expected_errors: list[str]) -> Iterator[Page]:
    """A page that may not write errors to the console, throw, or violate its own CSP."""
    errors: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
        page.on("console", lambda message: errors.extend(filter(None, [_console_error(message)])))

    context.on("page", watch)
    page = context.new_page()
    yield page
    page.close()
    unexpected = [e for e in errors if not any(part in e for part in expected_errors)]
    assert not unexpected, "the page reported errors:\n" + "\n".join(unexpected)


@pytest.fixture
def accessibility_violations() -> Callable[[Page], list[str]]:
    """axe-core's findings for a page as it stands, one line each; none is the aim."""

    def run(page: Page) -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(({violations}) => violations)")
        return [f"{v['id']}: {node['html']}" for v in found for node in v["nodes"]]

    return run
