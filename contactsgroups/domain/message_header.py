"""What the header of a message says about itself: whether nobody wrote it, and where it has been.

Only what decisions need is read, and nothing is changed, so that signatures stay valid.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

LOOP_FIELD = "X-Contactsgroups-Loop"
"""Each group that a message went through leaves a field of this name, with its mark."""

Field = tuple[str, str]
"""Name and value of a header field, the value unfolded."""

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:(.*)", re.DOTALL)  # RFC 5322 section 2.2
_COMMENT = re.compile(r"\([^()]*\)")
_BULK = frozenset({"bulk", "junk"})


def read_fields(content: bytes) -> Iterator[Field]:
    """Yield the header fields of a message (RFC 5322 section 2.2).

    The header ends where a line is empty, or is neither a field nor the continuation of one.
    """
    folded: list[bytes] = []
    for line in _lines(content):
        if line[:1] in {b" ", b"\t"} and folded:
            folded.append(line.strip())
            continue
        yield from _understand(folded)
        folded = [line]
        if not _FIELD.match(line):
            return
    yield from _understand(folded)


def is_automatic_reply(fields: Iterable[Field]) -> bool:
    """Whether a program answered with a message, as vacation programs do (RFC 3834).

    That something wrote a message by itself is not enough: cron, monitoring and newsletters do, and
    a group may be there for them.  Where a message only says so, it also has to answer another one
    (RFC 3834 section 3.1.5), and not to come from a list.
    """
    given = [(name.lower(), _first_word(value)) for name, value in fields]
    if any(_tells_reply(*each) for each in given):
        return True
    names = {name for name, word in given if word}
    answers = "in-reply-to" in names and "list-id" not in names
    return answers and any(_tells_automatic(*each) for each in given)


def loop_mark(uuid: str) -> str:
    """Return what a group puts into its :data:`LOOP_FIELD`.

    It names the group to us and to nobody else: recipients must not read there which other groups
    a message went to.
    """
    return hashlib.sha256(f"loop {uuid}".encode()).hexdigest()[:32]


def loop_marks(fields: Iterable[Field]) -> frozenset[str]:
    """Return the marks of the groups that a message has gone through."""
    name = LOOP_FIELD.lower()
    return frozenset(value.strip() for each, value in fields if each.lower() == name)


def _lines(content: bytes) -> Iterator[bytes]:
    start = 0
    while (end := content.find(b"\n", start)) >= 0:
        yield content[start:end].removesuffix(b"\r")
        start = end + 1
    yield content[start:]


def _understand(folded: Sequence[bytes]) -> Iterator[Field]:
    if match := _FIELD.fullmatch(b" ".join(folded)):
        name, value = match.groups()
        yield name.decode("ascii"), value.decode(errors="replace").strip()


def _first_word(value: str) -> str:
    """Return the value's word before comments and parameters, in lower case."""
    words = _COMMENT.sub(" ", value).replace(";", " ; ").split()
    return words[0].lower() if words else ""


def _tells_reply(name: str, word: str) -> bool:
    match name:
        case "auto-submitted":
            return word == "auto-replied"
        case "precedence":
            return word == "auto_reply"
        case "x-autoreply" | "x-autorespond":
            return word not in {"", "no"}
        case _:
            return False


def _tells_automatic(name: str, word: str) -> bool:
    match name:
        case "auto-submitted":
            return word not in {"", "no"}
        case "precedence":
            return word in _BULK
        case "x-auto-response-suppress":
            return word not in {"", "none"}
        case _:
            return False
