"""A Flask application of somebody else's, with the extensions that such applications have.

It does all that a host may do to whatever is mounted in it: refuses forms without its token, limits
requests, answers errors by itself, writes JSON in its own way, changes template filters and
delimiters, and sets a Content-Security-Policy.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    flash,
    g,
    jsonify,
    render_template_string,
    request,
    session,
)
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel, format_date, gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_talisman import Talisman
from flask_wtf import CSRFProtect, FlaskForm
from werkzeug.exceptions import HTTPException
from wtforms import StringField
from wtforms.validators import DataRequired

from tests.documents import blocks_of

_DAY = date(2026, 3, 1)
HOME = """<title>[[ gettext('Yes') ]]</title><h1>[[ names | length ]]: [[ names | join ]]</h1>
[[ get_flashed_messages() ]] [[ today ]] [[ current_user.email ]] [[ brand ]]
<form method="post" action="/rename">[[ form.csrf_token ]][[ form.name ]]</form>"""


class Enveloped(DefaultJSONProvider):
    """JSON as only this host and its clients have it: in an envelope, and numbers as texts."""

    def response(self, *args: Any, **values: Any) -> Response:
        return super().response(data=self._prepare_response_obj(args, values))

    def loads(self, s: str | bytes, **options: Any) -> Any:
        return super().loads(s, parse_constant=str, parse_float=str, **options)


class Rename(FlaskForm):
    name = StringField(validators=[DataRequired()])


class Host(Flask):
    """Flask with delimiters that leave the usual ones to a front end's framework."""

    jinja_options = {  # noqa: RUF012 - as Flask declares it
        "variable_start_string": "[[",
        "variable_end_string": "]]",
        "trim_blocks": True,
    }


def make_host(first: Callable[[dict[str, Any]], None] = lambda _: None) -> dict[str, Any]:
    """Return the names that stand in the host's module, ``app`` among them.

    Args:
        first: done to those names before any extension is there.
    """
    app = Host("host")
    names: dict[str, Any] = {"app": app}
    app.config.update(
        SECRET_KEY="h" * 32,
        WTF_CSRF_SECRET_KEY="a key of forms alone",
        SESSION_COOKIE_NAME="host_session",
        SQLALCHEMY_DATABASE_URI="sqlite://",
        BABEL_DEFAULT_LOCALE="de",
    )
    first(names)
    db = SQLAlchemy(app)
    limiter = Limiter(
        get_remote_address,
        app=app,
        default_limits=["4 per day"],
        application_limits=["12 per day"],
        headers_enabled=True,
        storage_uri="memory://",
    )
    _sign_in(app, db)
    Babel(app)
    CSRFProtect(app)
    Talisman(app, force_https=False)
    app.json = Enveloped(app)
    _change_templates(app)
    _watch_requests(app)
    _add_pages(app)
    _answer_errors(app)
    return names | {"db": db, "limiter": limiter}


def _sign_in(app: Flask, db: SQLAlchemy) -> None:
    class User(UserMixin, db.Model):  # type: ignore[name-defined, misc]
        id = db.Column(db.Integer, primary_key=True)
        email = db.Column(db.String(200))

    login = LoginManager(app)
    login.session_protection = "strong"
    login.user_loader(lambda number: db.session.get(User, int(number)))
    with app.app_context():
        db.create_all()
        db.session.add_all([User(email="ada@example.org"), User(email="nobody@example.com")])
        db.session.commit()

    @app.get("/login/<int:number>")
    def log_in(number: int) -> str:
        login_user(db.session.get(User, number))
        flash("Willkommen")
        return "in"


def _change_templates(app: Flask) -> None:
    app.add_template_filter(lambda value: f"<{len(value)}>", "length")
    app.add_template_filter(" & ".join, "join")
    app.add_template_filter(lambda value: f"capital {value}", "capitalize")
    app.add_template_global(lambda *_args, **_values: "/host/elsewhere", "asset_url")
    app.context_processor(lambda: {"brand": "Host", "principal": "the host's", "error": "theirs"})


def _watch_requests(app: Flask) -> None:
    @app.before_request
    def note() -> None:
        g.principal = "the host's"
        session.setdefault("visits", 0)
        session["visits"] += 1

    @app.after_request
    def count(response: Any) -> Any:
        response.headers["X-Visits"] = session["visits"]
        return response


def _add_pages(app: Flask) -> None:
    def home() -> str:
        return render_template_string(
            HOME,
            names=["a", "b"],
            form=Rename(),
            gettext=gettext,
            today=format_date(_DAY),
        )

    app.add_url_rule("/", view_func=home)

    @app.post("/rename")
    def rename() -> str:
        form = Rename()
        return form.name.data if form.validate() else abort(422)

    @app.route("/json", methods=["GET", "POST"])
    def show_json() -> Any:
        return jsonify(answer=request.get_json(silent=True))

    @app.get("/mine")
    @login_required
    def mine() -> str:
        return str(current_user.email)

    @app.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError


def _answer_errors(app: Flask) -> None:
    for code in (400, 401, 403, 404, 405, 409, 413, 422, 429, 500):
        app.register_error_handler(code, _answer_error)


def _answer_error(error: HTTPException) -> tuple[str, int]:
    return f"the host's own page for {error.code}", error.code or 500


def mount(names: dict[str, Any]) -> None:
    """Do to a host what the page says first."""
    exec(blocks_of("embedding.md", "Flask", "python")[0], names)  # noqa: S102 - our own page


def finish(names: dict[str, Any]) -> dict[str, Any]:
    """Do the rest, and add the page's template in the host's own delimiters."""
    exec(blocks_of("embedding.md", "Flask", "python")[2], names)  # noqa: S102
    template = "".join(blocks_of("embedding.md", "Flask", "html"))
    usual = template.replace("{{", "[[").replace("}}", "]]")
    names["app"].add_url_rule("/compose", view_func=lambda: render_template_string(usual))
    return names


def mounted() -> dict[str, Any]:
    names = make_host()
    mount(names)
    return finish(names)


def close(names: dict[str, Any]) -> None:
    with names["app"].app_context():
        names["db"].engine.dispose()
    if "contactsgroups" in names["app"].extensions:
        names["app"].extensions["contactsgroups"].core.close()
