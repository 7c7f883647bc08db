"""The whole product: pages and API, CardDAV, and the services beside them."""

import gc
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.utils import redirect

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import ContactsGroupsError, with_detail
from contactsgroups.serving import limits, workers
from contactsgroups.serving.gate import Gate
from contactsgroups.serving.server import WebServer
from contactsgroups.serving.signals import calling_on_signals, ending_on_signals
from contactsgroups.serving.targets import Targets
from contactsgroups.web.app import create_app
from contactsgroups.web.proxies import BehindProxies
from radicale_plugin.application import create_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CARDDAV_PATH = "/dav/"
_WELL_KNOWN = "/.well-known/carddav"  # RFC 6764 section 5
_WELL_KNOWN_CALENDARS = "/.well-known/caldav"
_CARDDAV_THREADS = limits.THREADS * 3 // 4  # The rest is for everything else, however slow it is.
_STOP_SECONDS = 2.0
_RETRY_SECONDS = 1.0
_SETTLED_SECONDS = 60.0
_POLL_SECONDS = 0.2
_ALLOCATIONS = 50_000  # Objects made until the garbage collector looks for cycles among them.

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """Something that runs beside the web server until its event is set."""

    name: str
    run: Callable[[threading.Event], None]


def build_application(core: Core) -> "WSGIApplication":
    """Return pages, API and CardDAV as one WSGI application."""
    mounted: WSGIApplication = DispatcherMiddleware(
        create_app(core, carddav_path=CARDDAV_PATH),
        {CARDDAV_PATH.rstrip("/"): Gate(create_application(core), _CARDDAV_THREADS)},
    )

    well_known = {_WELL_KNOWN}
    if core.settings.carddav_calendars:
        well_known.add(_WELL_KNOWN_CALENDARS)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] in well_known:
            # In octets as PEP 3333 hands them over, and quoted as a URL names them.
            above = quote(environ.get("SCRIPT_NAME", "").rstrip("/").encode("latin-1"))
            return redirect(above + CARDDAV_PATH, 301)(environ, start_response)
        return mounted(environ, start_response)

    return Targets(BehindProxies(application, core.settings.trusted_proxies))


def web_server(core: Core, listener: socket.socket) -> WebServer:
    """Return the server of everything that clients ask over HTTP."""
    server = WebServer(
        build_application(core), listener, is_limited=_is_carddav, places=_CARDDAV_THREADS
    )
    spare_the_collector()
    return server


def _is_carddav(path: str) -> bool:
    # Behind a proxy, the path below which all is mounted may stand before it.
    return CARDDAV_PATH in f"{path}/"


def serve(core: Core, listener: socket.socket, services: Sequence[Service]) -> None:
    """Answer requests, and run the services beside, until SIGINT or SIGTERM."""
    server = web_server(core, listener)
    with _running(services), calling_on_signals(server.stop):
        server.run()


def supervise(
    listener: socket.socket, services: Sequence[Service], greeting: bytes, count: int
) -> None:
    """Run the services here, once, and let workers answer requests, until SIGINT or SIGTERM.

    Args:
        greeting: what :mod:`contactsgroups.worker` reads first.
        count: how many workers.
    """
    limits.raise_file_limit()
    spare_the_collector()
    with _running(services):
        workers.supervise(listener, "contactsgroups.worker", greeting, count)


def run_alone(service: Service) -> None:
    """Run one service, without a web server, until SIGINT or SIGTERM.

    It runs in a thread of its own, because a signal may interrupt this one anywhere.

    Raises:
        Exception: whatever the service failed with.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix=service.name) as executor:
        running: Future[None] | None = None
        try:
            # Before anything else: a signal may come as soon as the service is seen to run.
            with ending_on_signals():
                running = executor.submit(service.run, stop)
                while not running.done():
                    wait([running], timeout=_POLL_SECONDS)
        finally:
            stop.set()
    if running is not None:
        running.result()


def run_together(services: Sequence[Service]) -> None:
    """Run services, without a web server, until SIGINT or SIGTERM; one that fails begins again."""
    with ending_on_signals(), _running(services):
        while True:
            time.sleep(_SETTLED_SECONDS)


def spare_the_collector() -> None:
    """Exclude loaded objects from garbage collection.

    Otherwise each collection walks through all of them while requests wait, which takes a third of
    the time of completions (measured by tests/bench/http.py).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *gc.get_threshold()[1:])


@contextmanager
def _running(services: Sequence[Service]) -> Iterator[None]:
    """Run services in threads of their own while the block lasts."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=keep_running, args=(each, stop), name=each.name, daemon=True)
        for each in services
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_STOP_SECONDS)


def keep_running(service: Service, stop: threading.Event) -> None:
    """Run a service, and begin again a second after it failed: it may have been the database.

    What fails again at once for the same reason is reported once.
    """
    known: str | None = None
    while not stop.is_set():
        started = time.monotonic()
        try:
            service.run(stop)
        except Exception as error:  # noqa: BLE001 - the other services must go on
            reason = with_detail(error)
            if reason != known or time.monotonic() - started > _SETTLED_SECONDS:
                _report(service, error)
            known = reason
        stop.wait(_RETRY_SECONDS)


def _report(service: Service, error: Exception) -> None:
    text = "%s: %s; it is tried again every second"
    is_fault = not isinstance(error, ContactsGroupsError)
    _log.error(text, service.name, with_detail(error), exc_info=error if is_fault else None)
