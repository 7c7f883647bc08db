"""Paths of this site that a form may lead back to."""


def own_path(target: str, otherwise: str) -> str:
    """Return a path of this site, never another site's address; ``otherwise`` if it is none."""
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_path and target.isprintable() else otherwise
