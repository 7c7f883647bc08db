"""The web face: admin pages, compose page and JSON API, as an extension for any Flask application.

In an application of one's own::

    mail_groups = ContactsGroups(identify=lambda request: ...)
    mail_groups.init_app(app)

As a product of its own: :func:`contactsgroups.web.app.create_app`.
"""

from collections.abc import Callable

from flask import Blueprint, Flask, Request

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core, require_state
from contactsgroups.domain.principal import Principal
from contactsgroups.web import (
    api,
    assets,
    compose,
    errors,
    in_force,
    language_switch,
    security,
    sign_in,
    start,
    undo_offer,
    usage,
)
from contactsgroups.web.account import held_mail, my_groups, requests, sessions, teams
from contactsgroups.web.admin import (
    accounts,
    addresses,
    administrators,
    aliases,
    attributes,
    audit,
    deleted_groups,
    delivery,
    departments,
    domain_removal,
    domain_sharing,
    domains,
    group_list,
    group_requests,
    groups,
    history,
    joining,
    member_ends,
    members,
    reports,
    source_preview,
    undo,
)
from contactsgroups.web.api.fast_path import FastCompletions
from contactsgroups.web.principals import Principals
from contactsgroups.web.rate import Rate
from contactsgroups.web.recent_reports import RecentReports
from contactsgroups.web.security import form_token
from contactsgroups.web.state import EXTENSION, State

__all__ = ["ContactsGroups", "form_token"]


class ContactsGroups:
    """Adds the pages and the API to a Flask application.

    Args:
        core: what the pages work with. None: it is built from the application's
            ``CONTACTSGROUPS_*`` configuration, over a TOML file and the environment.
        identify: returns the principal of a request, from the host application's own sign-in. None:
            users sign in on the pages' own form, with the password of their account.
        check_password: whether this is the principal's password, asked again before a group is
            deleted. None: the password of the account.
        language: returns the language of a request as a tag (``de``, ``zh-CN``), as the host
            application knows it; None or another language: the browser's is asked. What somebody
            chose at the foot of our pages goes before it.
        url_prefix: where the pages live in the application, such as ``/mail-groups``.
        carddav_path: where CardDAV is mounted beside the application, for the start page to name.

    An object of this class may serve several applications: what belongs to one of them is in its
    ``app.extensions["contactsgroups"]``.
    """

    def __init__(
        self,
        core: Core | None = None,
        *,
        identify: Callable[[Request], Principal | None] | None = None,
        check_password: Callable[[Principal, str], bool] | None = None,
        language: Callable[[Request], str | None] | None = None,
        url_prefix: str = "",
        carddav_path: str = "",
    ) -> None:
        self._core = core
        self._identify = identify
        self._check_password = check_password
        self._language = language
        self._url_prefix = url_prefix
        self._carddav_path = carddav_path

    def init_app(self, app: Flask) -> None:
        """Register everything with an application, which must have a ``secret_key``."""
        core = self._core or _core_of(app)
        app.extensions[EXTENSION] = State(
            core=core,
            principals=Principals(core),
            identify=self._identify,
            check_password=self._check_password,
            language=self._language,
            carddav_path=self._carddav_path,
            reports=RecentReports(core),
            rate=Rate(core.settings.completion_rate, 4 * core.settings.completion_rate),
            usage_rate=Rate(core.settings.usage_rate, 100 * core.settings.usage_rate),
            # Each looks at all accounts of a domain; pages ask once a second.
            preview_rate=Rate(1, 20),
        )
        core.recorder.start()
        app.register_blueprint(_blueprint(), url_prefix=self._url_prefix or None)
        path = f"{self._url_prefix}{api.blueprint.url_prefix}/completions"
        app.wsgi_app = FastCompletions(app.wsgi_app, app.extensions[EXTENSION], path)  # type: ignore[method-assign]


def _core_of(app: Flask) -> Core:
    """Build the core from the application's configuration, on a state that is there."""
    chosen = settings.load(_overrides(app))
    require_state(chosen)
    return open_core(chosen)


def _overrides(app: Flask) -> dict[str, object]:
    prefix = settings.PREFIX
    return {
        name.removeprefix(prefix).lower(): value
        for name, value in app.config.items()
        if name.startswith(prefix)
    }


def _blueprint() -> Blueprint:
    """Put all pages under one blueprint, so that headers and checks cover them and nothing else."""
    whole = Blueprint(EXTENSION, __name__)
    security.protect(whole)
    undo_offer.offer_on(whole)
    in_force.wait_on(whole)
    errors.register(whole)
    own_pages = (compose, usage, my_groups, held_mail, requests, sessions, teams)
    of_groups = (
        groups,
        group_list,
        members,
        joining,
        member_ends,
        delivery,
        history,
        group_requests,
        source_preview,
        undo,
        deleted_groups,
    )
    of_directory = (
        accounts,
        aliases,
        attributes,
        addresses,
        domains,
        domain_removal,
        domain_sharing,
        departments,
        administrators,
        audit,
        reports,
    )
    for part in (
        assets,
        start,
        sign_in,
        language_switch,
        api,
        *own_pages,
        *of_groups,
        *of_directory,
    ):
        whole.register_blueprint(part.blueprint)
    return whole
