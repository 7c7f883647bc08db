"""What the dialog costs, its languages, its declarations, and the one file that is made of it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.contacts_dialog.conftest import opened, tick
from tests.browser.recipient_field.sample_api import STATIC
from tests.browser.recipient_field.test_declarations import OPTIONS

ENTRY = STATIC / "contacts-dialog.js"
MODULES = sorted((STATIC / "contacts-dialog").glob("*.js"))
DECLARATIONS = STATIC / "contacts-dialog.d.ts"


def test_the_entry_reaches_every_module_by_a_relative_name():
    reached, pending = set(), [ENTRY]
    while pending:
        module = pending.pop()
        for name in re.findall(r"""from ['"](.+?)['"]""", module.read_text(encoding="utf-8")):
            assert name.startswith(("./", "../recipient-field/"))
            found = (module.parent / name).resolve()
            if found not in reached:
                reached.add(found)
                pending.append(found)
    assert reached >= set(MODULES)
    assert not [each for each in reached if each.name == "element.js" and "recipient" in str(each)]


def test_they_never_write_markup_or_make_up_ids():
    source = "".join(each.read_text(encoding="utf-8") for each in [ENTRY, *MODULES])
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|eval\(|Math\.random|\.style\b", source
    )


def test_every_text_exists_in_every_language():
    """Three to a row, and a number or a name in all of them or in none."""
    source = (STATIC / "contacts-dialog" / "texts.js").read_text(encoding="utf-8")
    rows = re.findall(
        r"^  (\w+): \[\s*'(.+?)',\s*'(.+?)',\s*'(.+?)',?\s*\],$", source, re.MULTILINE
    )
    assert len(rows) == len(re.findall(r"^  \w+: \[", source, re.MULTILINE)) > 15
    assert all(len({"#" in text for text in texts}) == 1 for _, *texts in rows)


def test_it_is_declared_for_typescript(compose):
    consumer = Path(__file__).parent / "consumer.ts"
    result = subprocess.run(
        ["tsc", *OPTIONS, consumer], capture_output=True, text=True, check=False
    )
    assert result.stdout + result.stderr == ""
    module = compose.evaluate(
        """async () => {
            const module = await import('/static/contacts-dialog.js');
            const members = Object.getOwnPropertyNames(module.ContactsDialog.prototype);
            return {
                exports: Object.keys(module), texts: Object.keys(module.strings),
                members: members.filter((name) => !/constructor|Callback$|handleEvent/.test(name)),
            };
        }"""
    )
    text = DECLARATIONS.read_text()
    declared = re.findall(r"^export (?:class|const|function) (\w+)", text, re.MULTILINE)
    assert sorted(declared) == sorted(module["exports"])
    of_class = text.partition("export class")[2].partition("\n}")[0]
    members = set(re.findall(r"^  (?:readonly )?(\w+)[(:?]", of_class, re.MULTILINE))
    assert members - {"authorize", "addEventListener"} == set(module["members"])
    names = text.partition("type TextName")[2].partition(";")[0]
    assert re.findall(r"'(\w+)'", names) == module["texts"]


@pytest.fixture
def one_file(tmp_path):
    """The dialog as `make dist` makes it for hosts that want one file."""
    shutil.copytree(STATIC, tmp_path / "static")
    shutil.copy(STATIC.parent / "Makefile", tmp_path)
    subprocess.run(["make", "--silent", "dist/contacts-dialog.js"], cwd=tmp_path, check=True)
    return tmp_path / "dist" / "contacts-dialog.js"


def test_one_file_does_what_the_modules_do(site, page, one_file, chips):
    beside = {each.name for each in one_file.parent.iterdir()}
    assert beside > {"icons", "contacts-dialog.css", "contacts-dialog.d.ts"}
    site.pages["/one.js"] = one_file.read_text(encoding="utf-8")
    site.pages["/compose"] = site.pages["/compose"].replace("/static/contacts-dialog.js", "/one.js")
    page.goto(f"{site.url}/compose")
    dialog = opened(page)
    tick(dialog, "Sales Team").check()
    dialog.get_by_role("button", name="Add to To").click()
    expect(page.get_by_role("button", name="Sales Team group")).to_be_visible()
