"""The JSON API."""

from contactsgroups.web.api.routes import blueprint

__all__ = [
    "blueprint",
]
