"""The whole product in one process: pages and API, CardDAV, map publisher, policy service."""

import errno
import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import quote, urlunsplit

from waitress.server import create_server
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.utils import redirect

from contactsgroups.bootstrap import Core
from contactsgroups.domain.errors import ContactsGroupsError, Unavailable, with_detail
from contactsgroups.web.app import create_app
from contactsgroups.web.proxies import BehindProxies
from radicale_plugin.application import create_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CARDDAV_PATH = "/dav/"
_WELL_KNOWN = {"/.well-known/carddav", "/.well-known/caldav"}  # RFC 6764 section 5
_THREADS = 8
# A little above Radicale's own limit, so that Radicale refuses, with its reason.
_BODY_LIMIT = 24 * 1024 * 1024  # octets
_STOP_SECONDS = 2.0
_RETRY_SECONDS = 1.0
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
        {CARDDAV_PATH.rstrip("/"): create_application(core)},
    )

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] in _WELL_KNOWN:
            # In octets as PEP 3333 hands them over, and quoted as a URL names them.
            above = quote(environ.get("SCRIPT_NAME", "").rstrip("/").encode("latin-1"))
            return redirect(above + CARDDAV_PATH, 301)(environ, start_response)
        return mounted(environ, start_response)

    return BehindProxies(application, core.settings.trusted_proxies)


def open_listener(host: str, port: int) -> socket.socket:
    """Bind the port before anything else is begun; port 0 takes a free one.

    Raises:
        Unavailable: the port is taken, or the host is none of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Clients may connect as soon as the addresses are printed; they queue until it runs.
        listener.listen(128)
    except OSError as error:
        raise Unavailable(_explain(error, host, port)) from error
    return listener


def url_of(listener: socket.socket, path: str = "/") -> str:
    """Return the address of a path of the server on this socket."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = socket.getfqdn()
    netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return urlunsplit(("http", netloc, path, "", ""))


def serve(core: Core, listener: socket.socket, services: Sequence[Service]) -> None:
    """Answer requests, and run the services beside, until SystemExit is raised in this thread."""
    server = create_server(
        build_application(core),
        sockets=[listener],
        threads=_THREADS,
        max_request_body_size=_BODY_LIMIT,
        clear_untrusted_proxy_headers=False,  # BehindProxies does, and reads those of our proxies.
        ident=None,
    )
    spare_the_collector()
    with _running(services):
        try:
            server.run()
        finally:
            server.close()


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


def spare_the_collector() -> None:
    """Exclude loaded objects from garbage collection.

    Otherwise each collection walks through all of them while requests wait, which takes a third of
    the time of completions (measured by tests/bench/http.py).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *gc.get_threshold()[1:])


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the block, and go on behind it as if it had come to its end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        # A second signal ends the process at once, should the first one not suffice.
        for each in previous:
            signal.signal(each, signal.SIG_DFL)
        raise SystemExit(0)

    previous = {each: signal.signal(each, end) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except SystemExit:
        _log.info("stopped by a signal")
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _running(services: Sequence[Service]) -> Iterator[None]:
    """Run services in threads of their own while the block lasts."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_keep_running, args=(each, stop), name=each.name, daemon=True)
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


def _keep_running(service: Service, stop: threading.Event) -> None:
    """Run a service, and begin again a second after it failed: it may have been the database."""
    while not stop.is_set():
        try:
            service.run(stop)
        except ContactsGroupsError as error:
            _log.error("%s: %s", service.name, with_detail(error))
        except Exception:  # noqa: BLE001 - the other services must go on
            _log.exception("%s failed", service.name)
        stop.wait(_RETRY_SECONDS)


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is in use by another program; choose one with PORT=..."
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return f"cannot listen on {host}, port {port}: {reason}"
