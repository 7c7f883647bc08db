"""Tests mirror the tree: whoever changes a module finds its tests at the same path.

In the rooms that hold rules, every module has a test of its own.  In the others, which translate
or are parts of one machine, a module's behaviour may show in the tests of the whole; but a test
that is named like a module stands where that module does.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE, TESTS = ROOT / "contactsgroups", ROOT / "tests"

STRICT = ("domain", "persistence", "services")
"""Here every module has a test at the same path."""

VALUES_ONLY = (
    "domain/change.py",
    "domain/held_message.py",
    "domain/membership_request.py",
    "services/groups/drafts.py",
    "persistence/models/",
    "persistence/migrations/",
)
"""Tables and plain values: tests of ``persistence/schema.py`` and of their users show them."""

WHOLES = {
    "autocomplete/test_against_reference.py": "the engine against a plain one",
    "autocomplete/test_typed_names.py": "names of many scripts, as people type them",
    "autocomplete/test_typing_errors.py": "what is found of errors nobody tuned to",
    "cli/test_run.py": "the process behind make run",
    "cli/test_silent_database.py": "that process, while the server of its database says nothing",
    "cli/test_state_parts.py": "every command, where a part of the state is something else",
    "cli/test_slow_writers.py": "that process, while another one holds the lock",
    "delivery/test_following.py": "a publisher that follows the journal",
    "delivery/test_policy_server.py": "the policy service over a socket",
    "directory/test_documentation.py": "docs/import.md",
    "directory/test_slapd.py": "LDIF files and a real server",
    "domain/test_purity.py": "the domain's imports",
    "persistence/dumps/test_on_servers.py": "dumps of both servers",
    "services/groups/test_pins_with_last_days.py": "pinned accounts until a day",
    "services/groups/test_saving_anyway.py": "groups whose people have gone",
    "services/completion/test_aliases.py": "aliases, from the database to the answer",
    "services/completion/test_privacy.py": "who gets what, after random changes",
    "services/test_read_only.py": "every use case that changes something",
    "services/test_wings.py": "what wings hand on",
    "services/transfer/test_importing_at_random.py": "two imports of anything, and the checks",
    "services/unit_of_work/test_audit_statements.py": "statements for many rows",
    "services/unit_of_work/test_audit_against_reference.py": "the log after random use cases",
    "serving/test_ending.py": "the product at SIGTERM",
    "serving/test_slow_clients.py": "the product while clients are slow on purpose",
    "web/test_confirming.py": "the page that asks before many members move",
    "web/admin/test_deleting.py": "the page to delete a group, and what it says",
    "web/admin/test_form_round_trips.py": "forms that are sent as they came",
    "web/admin/test_readable_domains.py": "every page within reach, as people read it",
    "web/admin/test_statements.py": "every page of administrators",
    "web/api/test_recipes.py": "docs/api.md",
    "web/api/test_rights.py": "every operation of the API as every role",
    "web/api/test_schemathesis.py": "every operation of the API",
    "web/test_field_lengths.py": "every field of every form",
    "web/test_rights.py": "every page, called by everybody",
    "web/test_raise_sites.py": "errors of all rooms that pages show",
    "web/test_template_texts.py": "texts of every template",
    "web/test_embedding.py": "the extension in another application",
    "web/test_flask_host.py": "docs/embedding.md, for Flask",
    "web/test_other_hosts.py": "docs/embedding.md, for everything else",
    "web/test_odd_input.py": "every route",
    "web/test_reverse_proxies.py": "docs/reverse-proxies.md",
}
"""Tests of several modules at once, or of a document."""


def modules(*rooms: str) -> Iterator[str]:
    """Every module of these rooms that has something in it, as a path below the package."""
    for room in rooms:
        for path in sorted((PACKAGE / room).glob("**/*.py")):
            if path.name != "__init__.py" and path.parent.name != "versions":
                yield str(path.relative_to(PACKAGE))


def mirrored(module: str) -> Path:
    """Where the tests of a module are."""
    path = Path(module)
    return TESTS / path.parent / f"test_{path.name}"


def files_beside_modules() -> list[str]:
    """Every test file in a folder that stands for a room."""
    rooms = [path.name for path in PACKAGE.iterdir() if path.is_dir()]
    found = [path for room in rooms for path in (TESTS / room).glob("**/test_*.py")]
    return sorted(str(path.relative_to(TESTS)) for path in found)


@pytest.mark.parametrize("room", STRICT)
def test_every_module_with_rules_has_its_test(room: str) -> None:
    with_rules = [each for each in modules(room) if not each.startswith(VALUES_ONLY)]
    assert with_rules
    assert [each for each in with_rules if not mirrored(each).exists()] == []


def test_every_test_stands_where_its_module_does() -> None:
    files = files_beside_modules()
    assert len(files) > 60
    strays = {each for each in files if not (PACKAGE / each.replace("/test_", "/")).exists()}
    assert strays - WHOLES.keys() == set()


def test_the_exceptions_are_still_needed() -> None:
    for start in VALUES_ONLY:
        assert any(each.startswith(start) for each in modules(""))
    assert {*files_beside_modules()} >= WHOLES.keys()
