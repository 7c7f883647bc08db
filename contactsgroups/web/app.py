"""The web face as a product of its own: one Flask application that has nothing else."""

from datetime import timedelta

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface

from contactsgroups.bootstrap import Core
from contactsgroups.web import ContactsGroups, errors, security
from contactsgroups.web.identity import SESSION_LIFETIME


class CookieOfTheSite(SecureCookieSessionInterface):
    """Sets the session cookie for what the request came by: HTTPS, and the path above us."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)

    def get_cookie_path(self, app: Flask) -> str:
        return app.config["SESSION_COOKIE_PATH"] or request.root_path or "/"


def create_app(core: Core, *, carddav_path: str = "") -> Flask:
    """Build the application.

    Args:
        core: what it works with; the caller closes it.
        carddav_path: where CardDAV is mounted beside it (``/dav/``), for the start page to name.
    """
    app = Flask("contactsgroups", static_folder=None)
    app.session_interface = CookieOfTheSite()
    app.config.update(
        SECRET_KEY=core.settings.read_session_key(),
        SESSION_COOKIE_NAME="contactsgroups_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=core.settings.session_cookie_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=SESSION_LIFETIME),
    )
    ContactsGroups(core, carddav_path=carddav_path).init_app(app)
    errors.register_for_all(app)
    app.after_request(security.set_headers)
    return app
