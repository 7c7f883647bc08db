"""Render the pages' templates with the context that they share.

They have a Jinja environment of their own: a host application may change filters, delimiters or
escaping in its own one, and finds nothing of ours there.
"""

from pathlib import Path
from typing import Any

from flask import g, get_flashed_messages, request, url_for
from jinja2 import Environment, FileSystemLoader

from contactsgroups.catalogues import LANGUAGES
from contactsgroups.domain.address import ADDRESS_LIMIT, DOMAIN_LIMIT, display_address
from contactsgroups.domain.attributes import ATTRIBUTE_NAME_LIMIT
from contactsgroups.domain.authority import Right, is_administrator
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.rule_text import RULE_LIMIT
from contactsgroups.domain.text import (
    DEPARTMENT_PATH_LIMIT,
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
)
from contactsgroups.services.groups import requests
from contactsgroups.services.moderation import held_messages
from contactsgroups.web import assets, languages
from contactsgroups.web.language_switch import page_to_return_to
from contactsgroups.web.security import form_token
from contactsgroups.web.state import current_database, current_state
from contactsgroups.web.undo_offer import back_here, pending_undo

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
    extensions=["jinja2.ext.i18n"],
)
# A message takes its values as arguments, and line breaks in it are spaces.
_TEMPLATES.newstyle_gettext = True  # type: ignore[attr-defined] # of the extension
_TEMPLATES.policies["ext.i18n.trimmed"] = True
_TEMPLATES.globals.update(
    _=languages.gettext_html,
    gettext=languages.gettext_html,
    ngettext=languages.ngettext_html,
    pgettext=languages.pgettext_html,
    npgettext=languages.npgettext_html,
)
_TEMPLATES.filters.update(
    day=lambda time: languages.current_language().write_day(time),
    short_day=lambda time: languages.current_language().write_short_day(time),
    moment=lambda time: languages.current_language().write_moment(time),
    number=lambda number: languages.current_language().write_number(number),
    # For what comes out of a variable: a constant of the code, a sentence of the core.
    translated=languages.say,
    as_sentence=languages.as_sentence,
    end_sentence=languages.end_sentence,
    # As a sentence begins; "capitalize" would make the rest small.
    capital=lambda text: text[:1].upper() + text[1:],
)
# What was counted up to a limit.
_TEMPLATES.filters["tally_of_held"] = lambda number: _write_tally(number, held_messages.COUNT_LIMIT)
# For what people read, never for what a field holds: forms must send back what is stored.
_TEMPLATES.filters["readable"] = lambda value: display_address(str(value))
_TEMPLATES.globals["text_limits"] = {
    "address": ADDRESS_LIMIT,
    "attribute": ATTRIBUTE_NAME_LIMIT,
    "department": DEPARTMENT_PATH_LIMIT,
    "description": DESCRIPTION_LIMIT,
    "domain": DOMAIN_LIMIT,
    "name": NAME_LIMIT,
    "note": NOTE_LIMIT,
    "rule": RULE_LIMIT,
}
_TEMPLATES.globals.update(url_for=url_for, get_flashed_messages=get_flashed_messages, Right=Right)


def render(template: str, **context: Any) -> str:
    """Render one of our templates.

    The signed-in account is shown only if the view has loaded it: the page for an unreachable
    database must not need the database.
    """
    principal: Principal | None = g.get("contactsgroups_principal")
    return _TEMPLATES.get_template(f"contactsgroups/{template}").render(
        request=request,
        principal=principal,
        is_administrator=principal is not None and is_administrator(principal),
        form_token=form_token,
        pending_undo=pending_undo,
        back_here=back_here,
        asset_url=asset_url,
        language=languages.current_language(),
        languages=LANGUAGES,
        return_to=page_to_return_to(),
        own_sign_in=current_state().identify is None,
        # Not known is not signed out: while the database is away, nobody is told to sign in again.
        is_signed_out="contactsgroups_principal" in g and principal is None,
        # A page of an error must not need the database.
        waiting_requests=_waiting_requests if template != "error.html" else None,
        waiting_messages=_waiting_messages if template != "error.html" else None,
        **context,
    )


def _waiting_requests() -> int:
    """Count the requests that wait for this administrator; asked for where the number is shown."""
    return requests.count_requests_to_answer(current_database(), g.contactsgroups_principal)


def _waiting_messages() -> int | None:
    """Count the held messages that wait for this account; None for one who judges nothing."""
    return held_messages.count_waiting(current_database(), g.contactsgroups_principal)


def _write_tally(number: int, limit: int) -> str:
    written = languages.current_language().write_number(min(number, limit))
    return f"{written}+" if number > limit else written


def asset_url(path: str) -> str:
    """Return the URL of a file in ``static/``, which browsers keep until the files change."""
    urls: dict[str, str] = g.setdefault("contactsgroups_asset_urls", {})
    if path not in urls:  # A list has the icon of a person in each row.
        version = _assets_version()
        urls[path] = url_for("contactsgroups.assets.send_version", version=version, path=path)
    return urls[path]


def _assets_version() -> str:
    """Return the version of the files, looked up once a page: that takes 1.5 ms."""
    if "contactsgroups_assets" not in g:
        g.contactsgroups_assets = assets.current_version()
    version: str = g.contactsgroups_assets
    return version
