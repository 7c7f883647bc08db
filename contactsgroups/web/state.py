"""The extension's state within an application."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Request, current_app, request

from contactsgroups.bootstrap import Core
from contactsgroups.domain.attempts import Client, Face
from contactsgroups.domain.principal import Principal
from contactsgroups.services import Database
from contactsgroups.web.principals import Principals
from contactsgroups.web.rate import Rate
from contactsgroups.web.recent_reports import RecentReports

EXTENSION = "contactsgroups"
_API = f"{EXTENSION}.api"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One application's share of the extension, kept in ``app.extensions``."""

    core: Core
    principals: Principals
    identify: Callable[[Request], Principal | None] | None
    check_password: Callable[[Principal, str], bool] | None
    language: Callable[[Request], str | None] | None
    carddav_path: str
    reports: RecentReports
    rate: Rate
    usage_rate: Rate
    preview_rate: Rate


def current_state() -> State:
    """Return the state of the application that answers the present request."""
    state: State = current_app.extensions[EXTENSION]
    return state


def current_core() -> Core:
    """Return what the present request works with."""
    return current_state().core


def current_database() -> Database:
    """Return the database of the present request."""
    return current_core().database


def may_change() -> bool:
    """Whether the present request may change anything: its method is not safe (RFC 9110 9.2.1)."""
    return request.method not in _SAFE_METHODS


def is_of_api() -> bool:
    """Whether the present request is one to the API."""
    return _API in request.blueprints


def current_client(face: Face = Face.PAGES) -> Client:
    """Return who sent the present request, for the limits on wrong passwords."""
    return current_core().sign_in.client_of(request.environ, face)
