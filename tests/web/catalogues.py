"""The catalogues of the pages' texts: collected from code and templates, written, compiled.

``make translations`` runs this: new messages are added to each catalogue without a translation, and
those that nothing says any more leave it. The tests do the same in memory and compare.
"""

import ast
import importlib
import io
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo

import contactsgroups
from contactsgroups.catalogues import DIRECTORY, DOMAIN, LANGUAGES
from contactsgroups.domain import audit_inspection, errors, posting
from contactsgroups.domain.authority import Right
from contactsgroups.domain.domain_settings import TeamCreators
from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.group import SETTINGS, Choice, GroupKind, PostingPolicy, Role
from contactsgroups.domain.membership_request import RequestState
from contactsgroups.domain.mistyped import Fault
from contactsgroups.persistence import outages
from contactsgroups.services.groups.delivery_preview import Silence
from contactsgroups.services.groups.pasting import ADDRESS
from tests.error_classes import error_classes

PACKAGE = Path(contactsgroups.__file__).parent
TEMPLATES = PACKAGE / "web" / "templates" / "contactsgroups"
TRANSLATED = tuple(each.directory for each in LANGUAGES if each.directory)

_FUNCTIONS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "mark": None,
    "Sentence": None,
}
CORE = ("domain", "services", "persistence", "web")
"""The rooms whose errors pages show."""
# What fields and things are called within an error; the values come from their names.
_WORDS = ("name", "description", "note", "answer", "title", "location", "department", "attribute")
_WORDS += ("departments", "accounts", "groups", "the part before @", "the domain")
_WORDS += ("account", "alias", "group")
_WORDS += ("are no addresses", "cannot be members", "cannot be named")
KINDS_OF_ADDRESSES = ("account", "alias", "external", "group")
COMMANDS_ONLY = frozenset({"backup", "dumps", "migrations", "transfer"})
"""Their wings: no page reaches them, and the commands speak English."""

Message = tuple[str, ...]
"""A message, or its forms for one and for many, behind its context (empty for none)."""


def messages() -> set[Message]:
    """Return every message of code and templates."""
    found = {*_of_templates(), *_of_python(), *_of_choices()}
    return found | {_without_address(each) for each in found if each[1].startswith(ADDRESS)}


def _without_address(message: Message) -> Message:
    """Return what is said of an address beside which it stands."""
    context, *forms = message
    return (context, *(each.removeprefix(ADDRESS) for each in forms))


def _of_templates() -> Iterator[Message]:
    for path in sorted(TEMPLATES.glob("*.html")):
        options = {"newstyle_gettext": "yes", "trimmed": "yes", "silent": "no"}
        with path.open("rb") as file:
            yield from _found(extract("jinja2.ext:babel_extract", file, _FUNCTIONS, (), options))


def functions() -> dict[str, Any]:
    """Return whose arguments are messages in the code, by name, as Babel wants to know them."""
    # The second argument of "conclude" is the reason of a decision about posting.
    own = {"__init__": None, "conclude": (2,)}
    return {**_FUNCTIONS, **own, **dict.fromkeys(error_names())}


def _of_python() -> Iterator[Message]:
    keywords = functions()
    for path in sources():
        with path.open("rb") as file:
            yield from _found(extract("python", file, keywords, (), {}))
        yield from _counted(path)


def sources() -> list[Path]:
    """Return the modules whose texts pages show."""
    found = (path for room in CORE for path in (PACKAGE / room).glob("**/*.py"))
    inside = ((path, path.relative_to(PACKAGE).parts) for path in found)
    return sorted(path for path, parts in inside if not set(parts) & COMMANDS_ONLY)


def error_names() -> set[str]:
    """Return the names of all classes of errors, whose first argument is a message."""
    for module in pkgutil.walk_packages([str(PACKAGE / "web")], "contactsgroups.web."):
        importlib.import_module(module.name)
    return {each.__name__ for each in error_classes() if each.__init__ in _TAKING_A_MESSAGE}


_TAKING_A_MESSAGE = {
    each.__init__
    for each in (
        ContactsGroupsError,
        errors.InvalidInput,
        errors.InvalidRule,
        errors.NotAuthenticated,
        errors.Unavailable,
    )
}


def _counted(path: Path) -> Iterator[Message]:
    """Yield the messages that have ``many=``, which Babel's extractor does not know."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        one, many = node.args[0], [each.value for each in node.keywords if each.arg == "many"]
        if many and isinstance(one, ast.Constant) and isinstance(many[0], ast.Constant):
            yield ("", str(one.value), str(many[0].value))


def _of_choices() -> Iterator[Message]:
    """Yield the words of settings and of their choices, which are made when the code runs."""
    kinds: tuple[type[Choice], ...] = (GroupKind, PostingPolicy, TeamCreators)
    texts = [text for kind in kinds for each in kind for text in (each.label, each.hint)]
    texts += [text for each in SETTINGS for text in (each.label, each.hint)]
    texts += [each.replace("_", " ") for each in (*Right, *Role, *RequestState, *_WORDS)]
    texts += [f"{each}s".replace("_", " ") for each in Role]
    texts += [each.explanation for each in Fault]
    texts += [*audit_inspection.FAULTS]
    texts += [*outages.REASONS, *posting.REFUSALS.values(), *posting.PERMISSIONS.values(), *Silence]
    texts += [each.capitalize() for each in (*KINDS_OF_ADDRESSES, *RequestState)]
    yield from (("", text) for text in texts if text)


def _found(extracted: Iterator[tuple[int, object, object, object]]) -> Iterator[Message]:
    for _, message, _, context in extracted:
        forms = message if isinstance(message, tuple) else (message,)
        yield (str(context or ""), *(str(each) for each in forms if each))


def path_of(directory: str, suffix: str) -> Path:
    return DIRECTORY / directory / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


def read(directory: str) -> Catalog:
    path = path_of(directory, ".po")
    with path.open("rb") as file:
        return pofile.read_po(file, locale=directory, domain=DOMAIN)


def updated(directory: str) -> Catalog:
    """Return a catalogue with exactly the messages that there are, in their order."""
    known = read(directory) if path_of(directory, ".po").exists() else Catalog(locale=directory)
    fresh = Catalog(locale=directory, domain=DOMAIN, charset="utf-8")
    for context, *forms in sorted(messages(), key=_order):
        ident = forms[0] if len(forms) == 1 else tuple(forms)
        old = known.get(forms[0], context or None)
        text = old.string if old is not None and _fits(old.id, ident) else None
        fresh.add(ident, text or _empty(ident, fresh), context=context or None)
    return fresh


def _order(message: Message) -> tuple[str, ...]:
    return (message[1].casefold(), message[1], message[0], *message[2:])


def _fits(old: object, new: object) -> bool:
    return isinstance(old, tuple) == isinstance(new, tuple)


def _empty(ident: object, catalogue: Catalog) -> str | tuple[str, ...]:
    return ("",) * catalogue.num_plurals if isinstance(ident, tuple) else ""


def as_source(catalogue: Catalog) -> bytes:
    """Return the catalogue's text, without what changes from one day to the next."""
    out = io.BytesIO()
    pofile.write_po(out, catalogue, width=100, no_location=True, omit_header=True)
    rule = f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};"
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {rule}\\n"\n\n'
    )
    return header.encode() + re.sub(rb"\n+$", b"\n", out.getvalue())


def compiled(directory: str) -> bytes:
    """Return what the product reads, made of a catalogue as it lies there."""
    out = io.BytesIO()
    write_mo(out, _without_dates(read(directory)))
    return out.getvalue()


def _without_dates(catalogue: Catalog) -> Catalog:
    """Return the catalogue with what of its head does not change from one day to the next."""

    class Undated(Catalog):
        @property
        def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
            kept = {"language", "mime-version", "content-type", "plural-forms"}
            return [pair for pair in super().mime_headers if pair[0].lower() in kept]

    undated = Undated(locale=catalogue.locale, domain=DOMAIN, charset="utf-8")
    for each in catalogue:
        if each.id:
            undated.add(each.id, each.string, context=each.context)
    return undated


def main() -> None:
    for directory in TRANSLATED:
        path_of(directory, ".po").parent.mkdir(parents=True, exist_ok=True)
        path_of(directory, ".po").write_bytes(as_source(updated(directory)))
        path_of(directory, ".mo").write_bytes(compiled(directory))


if __name__ == "__main__":
    main()
