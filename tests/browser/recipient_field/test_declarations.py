"""The TypeScript declarations: valid, useful to a page's script, and the same as the modules."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.browser.recipient_field.sample_api import STATIC

CONSUMER = Path(__file__).parent / "consumer.ts"
DECLARATIONS = STATIC / "recipient-field.d.ts"

OPTIONS = [
    *("--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"),
    *("--target", "es2022", "--module", "esnext", "--moduleResolution", "node"),
    *("--lib", "es2022,dom,dom.iterable"),
]


def _compile(*files: Path) -> str:
    """What the compiler has to say."""
    result = subprocess.run(
        ["tsc", *OPTIONS, *map(str, files)], capture_output=True, text=True, check=False
    )
    return result.stdout + result.stderr


def test_a_pages_script_is_checked_against_them():
    assert _compile(CONSUMER) == ""


def test_the_compiler_looks_at_them(tmp_path):
    faulty = tmp_path / "faulty.ts"
    source = CONSUMER.read_text(encoding="utf-8")
    source = source.replace("../../../static", STATIC.as_posix())
    faulty.write_text(source + "made.remove('now');\n", encoding="utf-8")
    assert "Expected 0 arguments" in _compile(faulty)


@pytest.fixture
def module(compose):
    """What the module exports, with the members of its class and the names of its texts."""
    return compose.evaluate(
        """async () => {
            const module = await import('/static/recipient-field.js');
            const members = Object.getOwnPropertyNames(module.RecipientField.prototype);
            return {
                exports: Object.keys(module), texts: Object.keys(module.strings),
                members: members.filter((name) => !/constructor|Callback$/.test(name)),
            };
        }"""
    )


def test_they_declare_what_the_module_exports(module):
    declared = re.findall(
        r"^export (?:class|const|function) (\w+)", DECLARATIONS.read_text(), re.MULTILINE
    )
    assert sorted(declared) == sorted(module["exports"])


def test_they_declare_the_members_of_the_class(module):
    text = DECLARATIONS.read_text().partition("export class")[2].partition("\n}")[0]
    declared = set(re.findall(r"^  (?:readonly |get |set )?(\w+)[(:?]", text, re.MULTILINE))
    # A page sets the first; the second is every element's, declared for the events of this one.
    assert declared - {"authorize", "addEventListener"} == set(module["members"])


def test_they_declare_the_texts(module):
    text = DECLARATIONS.read_text().partition("type TextName")[2].partition(";")[0]
    assert re.findall(r"'(\w+)'", text) == module["texts"]
