"""Calling the application as a server does, with what no client would send."""

import gc
import io
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from werkzeug.test import EnvironBuilder, run_wsgi_app

from contactsgroups.bootstrap import Core
from radicale_plugin.application import create_application
from tests.carddav.dav import PASSWORD

SECONDS = 3.0
"""Of processor time; a quiet machine needs less than one for whatever is refused."""


@dataclass(frozen=True)
class Answer:
    """What was answered, and the processor time that it took."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float

    @property
    def precondition(self) -> str:
        """The name of the condition that was not met, without its namespace."""
        root = ET.fromstring(self.text)  # noqa: S314 - from our own server
        assert root.tag == "{DAV:}error", self.text
        return root[0].tag.partition("}")[2]

    @property
    def is_refused_quickly(self) -> bool:
        """Whether it is a clear refusal that kept no thread."""
        is_clear = 400 <= self.status < 500 or self.status == 507
        return is_clear and bool(self.text.strip()) and self.seconds < SECONDS


class Caller:
    """Calls the CardDAV application of a core as one account."""

    def __init__(self, core: Core, address: str = "ada@example.org") -> None:
        self.application = create_application(core)
        self._auth = (address, PASSWORD)
        self.ask("PROPFIND", f"/{address}/")  # It makes the principal.

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes = b"",
        environ: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> Answer:
        """Send a request; ``environ`` has what it shall have besides, whatever that is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        builder = EnvironBuilder(method=method, auth=self._auth, headers=named)
        called = builder.get_environ()
        octets = body.encode() if isinstance(body, str) else body
        called["PATH_INFO"] = unquote_to_bytes(quote(path)).decode("latin-1")
        called["wsgi.input"] = io.BytesIO(octets)
        called["CONTENT_LENGTH"] = str(len(octets))
        # What other tests have left in this process is not looked through for garbage meanwhile: it
        # took longer than the request, and the server does the same (``spare_the_collector``).
        gc.freeze()
        started = time.process_time()
        parts, status, answered = run_wsgi_app(self.application, called | dict(environ or {}))
        text = b"".join(parts).decode()
        seconds = time.process_time() - started
        gc.unfreeze()
        return Answer(int(status.split()[0]), dict(answered), text, seconds)
