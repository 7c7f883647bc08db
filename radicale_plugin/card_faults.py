"""Why a card cannot be stored, in a sentence: Radicale says "Bad Request" and no more."""

from radicale import httputils
from radicale.item import Item, check_and_sanitize_items, read_components
from radicale.pathutils import is_safe_filesystem_path_component
from radicale.types import WSGIResponse
from vobject.base import Component

from radicale_plugin.refusal import bad_request, forbidden

_SHOWN = 200  # characters of what the parser says


def explained(response: WSGIResponse, name: str, text: str | None = None) -> WSGIResponse:
    """Return an answer of Radicale's, with the reason if it is a bad request.

    Args:
        response: the answer.
        name: what was to be stored is called so.
        text: the cards that were to be stored.
    """
    if response != httputils.BAD_REQUEST:
        return response
    if name and not (is_safe_filesystem_path_component(name) and name.isprintable()):
        reason = "a name begins with no dot, ends with no ~ and has no control characters"
        return bad_request(reason).answer()
    if text is None:
        return response
    # RFC 6352 section 6.3.2.1
    return forbidden(_find_fault(text), "CR:valid-address-data").answer()


def _find_fault(text: str) -> str:
    try:
        return _find_fault_of_cards(read_components(text))
    except Exception as error:  # noqa: BLE001 - the parser has errors of every kind
        return f"this is no card that can be stored: {' '.join(str(error).split())[:_SHOWN]}"


def _find_fault_of_cards(cards: list[Component]) -> str:
    if not cards:
        return "there is no card in the request"
    if len(cards) > 1:
        return f"one request stores one card, and this has {len(cards)}"
    if cards[0].name == "VCARD" and not hasattr(cards[0], "fn"):
        return "a card needs a name: FN, N, NICKNAME, ORG, EMAIL or TEL"
    check_and_sanitize_items(cards, 0, tag="VADDRESSBOOK")
    Item(collection_path="book", vobject_item=cards[0]).prepare()
    return "the card cannot be stored"
