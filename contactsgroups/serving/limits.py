"""What the web server allows: threads, connections, octets, seconds, and open files."""

import resource

THREADS = 32
BACKLOG = 2048
"""Connections that wait in the kernel until the server takes them."""

HEADER_LIMIT = 65_536  # octets
BODY_LIMIT = 10 * 1024 * 1024  # octets; pages and CardDAV take less, and give a reason.
IN_MEMORY = 65_536  # octets of a body; what is longer goes to a file.
BODIES_LIMIT = 1024 * 1024 * 1024
"""Octets that unfinished requests may take on the disk, all together."""
BUFFERED = 64 * 1024 * 1024
"""Octets of an answer that are kept for a slow reader, most of them in a file: no thread waits."""

UNSENT = 131_072
"""Octets of an answer that the kernel keeps beyond those that are on their way (tcp(7))."""

PATIENCE = 20.0
"""Seconds that a client may let the server wait."""
SLOWEST = 500
"""Octets that gain a client another second."""
DRAIN_SECONDS = 8.0
"""So long may take what was begun before the server was asked to end."""

_CONNECTIONS = 4000
_FEWEST_CONNECTIONS = 32
_FILES = 8192
_OTHER_FILES = 192  # The index, the database, the maps, libraries.


def raise_file_limit() -> int:
    """Let this process open as many files as it may need, or as it may, and return how many.

    Every connection is one, and by default a process may open 1,024 (getrlimit(2)).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _FILES:
        soft = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return _FILES if soft == resource.RLIM_INFINITY else soft


def connections_for(files: int) -> int:
    """Return for how many connections these files do: a body and an answer may be in files, too."""
    return max(_FEWEST_CONNECTIONS, min(_CONNECTIONS, (files - _OTHER_FILES) // 2))
