"""Nothing that people see in a template, or in a script of its pages, goes past the catalogues."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.web.catalogues import TEMPLATES
from tests.web.template_texts import script_texts, texts_in_languages, unmarked_texts

STATIC = Path(__file__).parents[2] / "static"
FOR_OTHER_SITES = ("contacts-dialog", "recipient-field")
"""Modules that pages of others use: they have their texts along, in every language."""

NAMES = sorted(path.name for path in TEMPLATES.glob("*.html"))


def source_of(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_a_template_is_marked(name: str) -> None:
    assert unmarked_texts(source_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_message_is_a_constant(name: str) -> None:
    """What comes out of a variable is no HTML, so that it goes through a filter that says so."""
    parsed = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source_of(name))
    calls = [
        call
        for call in parsed.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext", "ngettext"}
    ]

    assert [call.lineno for call in calls if not isinstance(call.args[0], nodes.Const)] == []


@pytest.mark.parametrize(
    "text",
    [
        "<p>Hello</p>",
        "<p>{{ name }} is here</p>",
        '<img alt="A picture">',
        "<b>{{ 'on' if it else 'off' }}</b>",
        "<a title=\"{{ 'Open ' ~ name }}\">{{ name }}</a>",
        "{{ field('name', 'Your name') }}",
        "{% for label in ['First', 'Second'] %}{{ label }}{% endfor %}",
        "{% call field('name', 'Your name') %}{% endcall %}",
    ],
)
def test_a_text_that_nobody_marked_is_found(text: str) -> None:
    assert unmarked_texts(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "<p>{{ _('Hello') }}</p>",
        "<p>{% trans name=x %}{{ name }} is here{% endtrans %}</p>",
        '<p class="{{ \'on\' if it }}">{{ name if kind == "group" }}</p>',
        "{{ url_for('x') }}{{ ngettext('%(num)s day', '%(num)s days', 3) }}",
        '<input placeholder="ada@example.org">',
    ],
)
def test_marked_texts_and_names_are_left_alone(text: str) -> None:
    assert unmarked_texts(text) == []


SCRIPTS = sorted(
    path.relative_to(STATIC).as_posix()
    for path in STATIC.glob("**/*.js")
    if not path.name.endswith("-demo.js") and "vendor" not in path.parts
)


@pytest.mark.parametrize("name", [each for each in SCRIPTS if not each.endswith("/texts.js")])
def test_a_script_has_no_text_of_its_own(name: str) -> None:
    """It has them of the page that it is on: from attributes, or with an answer of the server."""
    assert script_texts((STATIC / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("module", FOR_OTHER_SITES)
def test_what_a_module_says_on_other_sites_is_there_in_every_language(module: str) -> None:
    texts = texts_in_languages((STATIC / module / "texts.js").read_text(encoding="utf-8"))

    assert len(texts) > 20
    assert {name: each for name, each in texts.items() if len(each) != 3 or not all(each)} == {}
    assert {
        name for name, (one, *more) in texts.items() if {"#" in one} != {"#" in x for x in more}
    } == set()


@pytest.mark.parametrize(
    "source",
    [
        "button.textContent = 'Remove';",
        'say("nothing was found");',
        "say(`${number} are selected`);",
        "const made = { ariaLabel: isList ? names : 'Value' };",
    ],
)
def test_a_text_in_a_script_is_found(source: str) -> None:
    assert script_texts(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "// It's a comment: 'Not a text'\n/* Nor \"this one\" */",
        "form.querySelector('tbody [type=checkbox], details.filter > summary');",
        "if (event.key === 'Escape') send({ method: 'POST' });",
        "made.className = 'quiet'; made.textContent = `${sign}${number}`; import './a/b.js';",
    ],
)
def test_names_in_a_script_are_left_alone(source: str) -> None:
    assert script_texts(source) == []


def test_a_style_has_no_text_of_its_own() -> None:
    """What it puts before or behind something comes from an attribute, which a page translates."""
    style = (STATIC / "pages.css").read_text(encoding="utf-8")

    assert re.findall(r"""content:[^;]*["'][^"';]*[^\W\d_][^"';]*["']""", style) == []
