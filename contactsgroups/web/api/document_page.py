"""The page ``docs/openapi.json``: the document of an API that has nothing behind it."""

import json
import sys

from flask import Blueprint, Flask

from contactsgroups.web import api
from contactsgroups.web.api.document import describe_api
from contactsgroups.web.state import EXTENSION


def bare_app() -> Flask:
    """Return an application that has the routes of the API and nothing else."""
    app, whole = Flask(__name__), Blueprint(EXTENSION, __name__)
    whole.register_blueprint(api.blueprint)
    app.register_blueprint(whole)
    return app


def render_document() -> str:
    """Return the document as text."""
    return json.dumps(describe_api(bare_app()), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render_document())
