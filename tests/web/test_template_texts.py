"""Nothing that people see in a template goes past the catalogues."""

import pytest
from jinja2 import Environment, nodes

from tests.web.catalogues import TEMPLATES
from tests.web.template_texts import unmarked_texts

TO_DO = frozenset(
    {
        "source_preview.html",
    }
)
"""Templates that are English still: this list only becomes shorter.

Those of members, delivery, requests and reports joined when their branches met that of the
languages; whoever owns a group sees them, so they go first.
"""

NAMES = sorted(path.name for path in TEMPLATES.glob("*.html"))


def source_of(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [each for each in NAMES if each not in TO_DO])
def test_every_text_of_a_template_is_marked(name: str) -> None:
    assert unmarked_texts(source_of(name)) == []


@pytest.mark.parametrize("name", sorted(TO_DO))
def test_the_templates_to_do_are_still_to_do(name: str) -> None:
    assert unmarked_texts(source_of(name)) != [], "take it from the list"


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
