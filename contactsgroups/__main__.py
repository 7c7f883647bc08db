"""The command ``contactsgroups``, which is the same as ``python -m contactsgroups``."""

import sys

_INTERRUPTED = 128 + 2  # As a shell reports a program that SIGINT has ended.


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback from the first moment on."""
    try:
        # Not above: the import takes a second or two, in which Ctrl-C may come.
        from contactsgroups.cli import main as run_command_line

        run_command_line()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
