"""The web face as a product of its own: one Flask application that has nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import Principal
from contactsgroups.web import ContactsGroups, errors, security

if TYPE_CHECKING:
    from itsdangerous import URLSafeTimedSerializer


class Cookies(SecureCookieSessionInterface):
    """Signed cookies, for what the request came by: HTTPS, and the path above us.

    The former key opens them, too; Flask itself can do so since 3.1.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open an empty one where there is no cookie, without making what checks signatures."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save it, unless the request had nothing to do with it, as those with tokens."""
        if session.accessed or session.modified or session:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)

    def get_cookie_path(self, app: Flask) -> str:
        return app.config["SESSION_COOKIE_PATH"] or request.root_path or "/"

    def get_signing_serializer(self, app: Flask) -> "URLSafeTimedSerializer | None":
        """Return what signs with the newest key and reads with all of them, the oldest first."""
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            former = [key.encode() for key in app.config["SECRET_KEY_FALLBACKS"]]
            serializer.secret_keys = [*former, serializer.secret_keys[-1]]
        return serializer


class Application(Flask):
    """Flask without what none of our pages needs, each time a completion is asked for."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none here is asynchronous."""
        return func


def create_app(
    core: Core,
    *,
    identify: Callable[[Request], Principal | None] | None = None,
    check_password: Callable[[Principal, str], bool] | None = None,
    language: Callable[[Request], str | None] | None = None,
    carddav_path: str = "",
) -> Flask:
    """Build the application.

    Args:
        core: what it works with; the caller closes it.
        identify: as for :class:`ContactsGroups`, where it is mounted beside an application whose
            accounts are signed in already.
        check_password: as for :class:`ContactsGroups`.
        language: as for :class:`ContactsGroups`.
        carddav_path: where CardDAV is mounted beside it (``/dav/``), for the start page to name.
    """
    app = Application("contactsgroups", static_folder=None)
    app.config.update(
        SECRET_KEY=core.settings.read_session_key(),
        SECRET_KEY_FALLBACKS=[each for each in (core.settings.former_session_key,) if each],
        SESSION_COOKIE_NAME="contactsgroups_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=core.settings.session_cookie_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=core.settings.session_lifetime),
    )
    app.session_interface = Cookies()
    extension = ContactsGroups(
        core,
        identify=identify,
        check_password=check_password,
        language=language,
        carddav_path=carddav_path,
    )
    extension.init_app(app)
    errors.register_for_all(app)
    app.after_request(security.set_headers)
    return app
