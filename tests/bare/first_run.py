"""Does what the README promises of ``make run``: all faces answer, and Ctrl-C ends it.

Run it with ``python3 tests/bare/first_run.py``. It needs nothing but the standard library, because
it stands for a person on a machine that has nothing yet.
"""

import base64
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent

# Installing downloads some 60 MB, on a slow line too.
START_SECONDS = 900
STOP_SECONDS = 30
ANSWER_SECONDS = 30


class Product:
    """``make run`` with a new state directory on a free port, and what it printed."""

    def __init__(self, home: Path) -> None:
        self._output = home / "output"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                ["make", "--no-print-directory", "run"],
                cwd=CHECKOUT,
                env=os.environ | {"PORT": "0", "CONTACTSGROUPS_STATE": str(home / "state")},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self._output.read_text()

    def find(self, pattern: str) -> list[str]:
        """The groups of a pattern in what was printed."""
        if (found := re.search(pattern, self.text)) is None:
            raise SystemExit(f"make run did not print {pattern!r}:\n{self.text}")
        return list(found.groups())

    def wait_until_it_runs(self) -> None:
        end = time.monotonic() + START_SECONDS
        while "Ctrl-C stops it" not in self.text:
            if self.process.poll() is not None:
                raise SystemExit(f"make run ended with {self.process.returncode}:\n{self.text}")
            if time.monotonic() > end:
                raise SystemExit(f"make run took over {START_SECONDS} s:\n{self.text}")
            time.sleep(0.2)
        # The product prints all at once, but a file shows it piece by piece.
        while "ordinary account" not in self.text and time.monotonic() < end:
            time.sleep(0.2)

    def press_ctrl_c(self) -> None:
        """A terminal sends SIGINT to make and to what it runs."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise SystemExit(f"Ctrl-C did not end it in {STOP_SECONDS} s:\n{self.text}") from None
        ended_well = self.process.returncode in {0, -signal.SIGINT}
        if not ended_well or "Traceback" in self.text or "Error" in self.text:
            raise SystemExit(f"Ctrl-C did not end it cleanly:\n{self.text}")


@contextmanager
def running() -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="contactsgroups-") as home:
        product = Product(Path(home))
        try:
            product.wait_until_it_runs()
            yield product
        finally:
            if product.process.poll() is None:
                os.killpg(product.process.pid, signal.SIGKILL)
                product.process.wait()


class Browser:
    """A visitor who keeps cookies."""

    def __init__(self) -> None:
        # A proxy of the environment has nothing to do with this machine's own addresses.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def open(self, request: str | urllib.request.Request) -> str:
        """The answer's text; urllib raises an error unless it is a success."""
        with self._opener.open(request, timeout=ANSWER_SECONDS) as answer:
            return str(answer.read().decode())

    def sign_in(self, root: str, address: str, password: str) -> None:
        page = self.open(f"{root}sign-in")
        hidden = re.findall(r'<input[^>]*name="(csrf_token)"[^>]*value="([^"]+)"', page)
        form = {**dict(hidden), "address": address, "password": password}
        self.open(urllib.request.Request(f"{root}sign-in", urllib.parse.urlencode(form).encode()))


def look_at_the_pages(product: Product) -> None:
    (root,) = product.find(r"Start page +(\S+)")
    (admin,) = product.find(r"Admin pages +(\S+)")
    (compose,) = product.find(r"Compose page +(\S+)")
    browser = Browser()
    browser.sign_in(root, *product.find(r"administrator +(\S+@\S+) +(\S+)"))
    expect("the admin page", "New group", browser.open(admin))
    expect("the compose page", "<recipient-field", browser.open(compose))
    found = json.loads(browser.open(f"{root}api/v1/completions?q=a"))["completions"]
    expect("completions", "@", json.dumps(found))


def look_at_the_address_books(product: Product) -> None:
    (root,) = product.find(r"CardDAV root +(\S+)")
    address, password = product.find(r"ordinary account +(\S+@\S+) +(\S+)")
    credentials = base64.b64encode(f"{address}:{password}".encode()).decode()
    request = urllib.request.Request(
        f"{root}{address}/",
        method="PROPFIND",
        headers={"Depth": "1", "Authorization": f"Basic {credentials}"},
    )
    expect("the CardDAV root", "/groups/</href>", Browser().open(request))


def expect(what: str, part: str, answer: str) -> None:
    if part not in answer:
        raise SystemExit(f"{what} answers without {part!r}:\n{answer[:2000]}")
    print(f"make run: {what} answers", flush=True)


def main() -> None:
    began = time.monotonic()
    # Started in the background, this ignores Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with running() as product:
        print(f"make run: runs after {time.monotonic() - began:.0f} s", flush=True)
        look_at_the_pages(product)
        look_at_the_address_books(product)
        product.press_ctrl_c()
    print("make run: Ctrl-C ended it", flush=True)


if __name__ == "__main__":
    sys.exit(main())
