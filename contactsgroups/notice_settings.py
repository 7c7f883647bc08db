"""What is wrong with the settings of notices."""

import re
from collections.abc import Iterator
from typing import Protocol

from contactsgroups.catalogues import LANGUAGES, find_language
from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress

_PLACE = re.compile(r"[^\s@/]+:\d{1,5}", re.ASCII)
_URL = re.compile(r"https?://[^\s/?#@\"<>\\]+(/[^\s?#\"<>\\]*)?", re.ASCII)


class NoticeSettings(Protocol):
    """Those of the settings that notices have."""

    @property
    def notices_smtp(self) -> str: ...
    @property
    def notices_from(self) -> str: ...
    @property
    def notices_language(self) -> str: ...
    @property
    def public_url(self) -> str: ...


def find_faults(settings: NoticeSettings) -> Iterator[str]:
    """Yield a sentence for each value that cannot be."""
    smtp, sender = settings.notices_smtp, settings.notices_from
    language, public_url = settings.notices_language, settings.public_url
    if not _PLACE.fullmatch(smtp) or not 0 < int(smtp.rpartition(":")[2]) < 2**16:
        yield f"notices_smtp: {smtp!r} is not a place such as 127.0.0.1:25"
    try:
        if sender and _is_odd(str(Address.parse(sender))):
            yield f"notices_from: {sender!r} has letters before @ that not every server takes"
    except InvalidAddress as error:
        yield f"notices_from: {error}"
    if find_language(language) is None:
        tags = ", ".join(each.tag for each in LANGUAGES)
        yield f"notices_language: {language!r} is none of {tags}"
    if public_url and not _URL.fullmatch(public_url):
        yield f"public_url: {public_url!r} is no address such as https://groups.example.org"


def _is_odd(address: str) -> bool:
    """Whether there are servers, or readers, that take an address for something else."""
    return not address.isascii() or "=?" in address
