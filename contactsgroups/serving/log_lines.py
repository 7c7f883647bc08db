"""The log of commands that keep running: one message, one line."""

import logging
import textwrap

_FORMAT = "%(name)s: %(message)s"


class OneLine(logging.Formatter):
    """Escapes control characters in messages, which may have in them what a client has sent.

    So nobody can begin a line of their own, and fail2ban reads only ours.  Tracebacks have many
    lines; they are indented, and what follows a traceback's text is as well.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line of a message."""
        text = super().formatMessage(record)
        return "".join(each if each.isprintable() else _escaped(each) for each in text)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Return a traceback."""
        return textwrap.indent(super().formatException(ei), "    ", lambda _line: True)  # type: ignore[arg-type]


def log_to_stderr() -> None:
    """Write warnings and errors to standard error, where a service manager reads them."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
