"""The log of processes that keep running."""

import logging


def log_to_stderr() -> None:
    """Write warnings and errors to standard error, where a service manager reads them."""
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING)
