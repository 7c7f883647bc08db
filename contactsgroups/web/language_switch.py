"""The choice of a language, at the foot of every page."""

from flask import Blueprint, redirect, request, url_for
from flask.globals import request_ctx
from werkzeug.wrappers import Response as BaseResponse

from contactsgroups.catalogues import find_language
from contactsgroups.web.languages import keep_language
from contactsgroups.web.local_paths import local_path, whole_path

blueprint = Blueprint("language", __name__)


@blueprint.get("/language")
def choose() -> BaseResponse:
    """Keep the chosen language in this browser, and go back to the page.

    Nothing of an account is changed, so that a form without a token will do.
    """
    response = redirect(local_path(request.args.get("next", "")), 303)
    language = find_language(request.args.get("to", ""))
    if language is not None:
        keep_language(response, language)
    return response


def page_to_return_to() -> str:
    """Return the path of the present page; that of the start page where it can only be sent to."""
    adapter = request_ctx.url_adapter
    if adapter is None or not adapter.test(method="GET"):
        return url_for("contactsgroups.start.show")
    return whole_path()
