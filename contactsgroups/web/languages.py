"""The language of the present request, and texts in it.

A page is in the language that was chosen at its foot; else in the one that the host application
names; else in the first of the browser's (``Accept-Language``) that there is. The JSON API is
English throughout.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import g, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.wrappers import Response as BaseResponse

from contactsgroups.catalogues import ENGLISH, Language, choose_language, find_language
from contactsgroups.domain.errors import ContactsGroupsError, SeveralFaults
from contactsgroups.domain.sentence import Day, Moment, Row, Sentence, join
from contactsgroups.web.state import current_state

COOKIE = "contactsgroups_language"
_LIFETIME = 365 * 24 * 60 * 60  # seconds

R = TypeVar("R", bound=BaseResponse)


class _Number(int):
    """A number that is written as the language does, whatever a message says of its layout."""

    def __str__(self) -> str:
        return current_language().write_number(int(self))

    def __format__(self, layout: str) -> str:
        return str(self)


def current_language() -> Language:
    """Return the language of the present request, found once."""
    language: Language | None = g.get("contactsgroups_language")
    if language is None:
        language = g.contactsgroups_language = _find()
    return language


def _find() -> Language:
    chosen = find_language(request.cookies.get(COOKIE, ""))
    if chosen is not None:
        return chosen
    ask = current_state().language
    of_host = find_language((ask(request) or "") if ask is not None else "")
    return of_host or choose_language(_accepted(request.accept_languages)) or ENGLISH


def _accepted(accept: LanguageAccept) -> list[str]:
    """Return the tags that the browser accepts, the best first; "*" is any language: English."""
    return [ENGLISH.tag if tag == "*" else tag for tag, quality in accept if quality > 0]


def keep_language(response: BaseResponse, language: Language) -> None:
    """Keep the choice of a language in a cookie below our own path."""
    response.set_cookie(
        COOKIE,
        language.tag,
        max_age=_LIFETIME,
        path=url_for("contactsgroups.start.show"),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def set_language_headers(response: R) -> R:
    """Name the language of a page, and what it depends on (RFC 9110 sections 8.5 and 12.5.5)."""
    # "Not modified" has no content and so no type; Werkzeug says that it is HTML.
    is_page = response.mimetype == "text/html" and response.status_code != 304
    if is_page and "Content-Language" not in response.headers:
        response.headers["Content-Language"] = current_language().tag
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def gettext(message: str, /, **values: Any) -> str:
    """Return a text of ours in the language of the page, with values in its ``{places}``."""
    return _filled(current_language().texts.gettext(message), values)


def ngettext(one: str, many: str, /, number: int, **values: Any) -> str:
    """Return the text for a number of things; ``{number}`` is the number."""
    text = current_language().texts.ngettext(one, many, number)
    return _filled(text, {"number": number, **values})


def mark(message: str) -> str:
    """Return a text as it is: a constant that is translated where it is shown."""
    return message


def say(text: str | Sentence | ContactsGroupsError) -> str:
    """Return a sentence of the core, or of an error, in the language of the page.

    What is no sentence with a message of its own is looked up as it stands, or stays as it is.
    """
    if isinstance(text, SeveralFaults):
        return "; ".join(dict.fromkeys(map(say, text.errors)))
    if isinstance(text, ContactsGroupsError):
        text = text.sentence
    if not isinstance(text, Sentence):
        return current_language().texts.gettext(text) if text else text
    if isinstance(text, Row):
        return join(map(_in_language, text.items), gettext(text.message))
    if text.many:
        return ngettext(text.message, text.many, **text.values)
    return gettext(text.message, **text.values)


def gettext_html(message: str, /, **values: Any) -> Markup:
    """Return a text for a template, with values in its ``%(places)s``; they are escaped.

    The message is HTML: it is always a constant.
    """
    text = current_language().texts.gettext(message)
    if not values and "%" not in text:  # Most have no place, and a list says them in each row.
        return Markup(text)  # noqa: S704
    return Markup(text) % _shown(values)  # noqa: S704


def ngettext_html(one: str, many: str, /, num: int, **values: Any) -> Markup:
    """Return the text for a number of things, for a template; ``%(num)s`` is the number."""
    text = current_language().texts.ngettext(one, many, num)
    return Markup(text) % _shown({"num": num, **values})  # noqa: S704


def pgettext_html(context: str, message: str, /, **values: Any) -> Markup:
    """Return a text that means different things, in the sense of ``context``."""
    return Markup(current_language().texts.pgettext(context, message)) % _shown(values)  # noqa: S704


def npgettext_html(context: str, one: str, many: str, /, num: int, **values: Any) -> Markup:
    """Return the text for a number of things, in the sense of ``context``."""
    text = current_language().texts.npgettext(context, one, many, num)
    return Markup(text) % _shown({"num": num, **values})  # noqa: S704


def as_sentence(text: str) -> str:
    """Return a text with a capital and a full stop.

    An address, or what was typed instead of one, keeps its spelling.
    """
    begins_with_value = "@" in text.partition(" ")[0] or ": " in text
    return end_sentence(text if begins_with_value else text[:1].upper() + text[1:])


def end_sentence(text: str) -> str:
    """Return a text with a full stop, unless it has one."""
    return text if text.endswith(tuple(".!?。！？")) else text + current_language().full_stop


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return text.format_map(_shown(values)) if values else text


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _in_language(value) for name, value in values.items()}


def _in_language(value: Any) -> Any:
    if isinstance(value, Sentence | ContactsGroupsError):
        return say(value)
    if isinstance(value, Day):
        return current_language().write_day(value.time)
    if isinstance(value, Moment):
        return current_language().write_moment(value.time)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return _Number(value) if is_number else value
