"""Whether the restrictions of smtpd(8) ask about groups before anything may let mail in."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from contactsgroups.delivery.listening import is_loopback
from contactsgroups.delivery.postfix_configuration import (
    PostfixConfiguration,
    PostfixFault,
    Service,
    map_in_main_cf,
    missing,
    places_of,
    split_list,
)
from contactsgroups.services.delivery.published_maps import CLOSED_GROUP, HELD_GROUP, MapName

GROUP = "contactsgroups_group"
"""The restriction class of a group that Postfix expands."""
CLASSES = (GROUP, HELD_GROUP, CLOSED_GROUP)


def class_faults(postfix: PostfixConfiguration, policy_socket: str) -> Iterator[PostfixFault]:
    """All classes are declared and ask the service, and that of closed groups lets nothing pass."""
    declared = split_list(postfix.value("smtpd_restriction_classes"))
    for name in CLASSES:
        if name not in declared:
            yield missing(f"{name} is not declared", "smtpd_restriction_classes", name)
            continue
        asked = _asked(postfix.value(name))
        if asked is None:
            yield PostfixFault(
                f"{name} does not begin with check_policy_service, so what it says comes too "
                "late: take it over from postfix/main.cf"
            )
        elif not _is_same_place(postfix, asked, policy_socket):
            yield PostfixFault(
                f"{name} asks {asked}, but the policy service listens at {policy_socket}: "
                "change one of the two",
                is_grave=False,
            )
    if CLOSED_GROUP in declared and split_list(postfix.value(CLOSED_GROUP))[-1:] != ["defer"]:
        yield PostfixFault(
            f"{CLOSED_GROUP} does not end with defer, so mail may be accepted that nobody gets: "
            f"postconf -e '{CLOSED_GROUP} = ${{{GROUP}}}, defer'"
        )


def _asked(restrictions: str) -> str | None:
    """Return the place of the policy service that is asked first; None if none is."""
    first, place, *_ = [*split_list(restrictions), "", ""]
    if first != "check_policy_service":
        return None
    return split_list(place.strip("{}"))[0] if place.startswith("{") else place


def _is_same_place(postfix: PostfixConfiguration, asked: str, served: str) -> bool:
    kind, _, place = asked.partition(":")
    if kind != "unix":
        return place == served
    queue = Path(postfix.value("queue_directory"))
    return (queue / place).resolve() == Path(served).resolve()


def is_behind_a_filter(postfix: PostfixConfiguration, service: Service) -> bool:
    """Whether a server takes mail only from this machine, as behind a content filter.

    Groups were decided about where the mail came in (FILTER_README); asked here, the policy service
    would take the filter, which is this machine, for the sender.
    """
    host = service.name.removesuffix("/inet").rpartition(":")[0].strip("[]")
    restrictions = split_list(postfix.value("smtpd_recipient_restrictions", service))
    return is_loopback(host) and restrictions == ["permit_mynetworks", "reject"]


def recipient_faults(postfix: PostfixConfiguration, service: Service) -> Iterator[PostfixFault]:
    """The map of groups is asked before anything may permit."""
    name = "smtpd_recipient_restrictions"
    elements = split_list(postfix.value(name, service))
    where = _where(name, service)
    places = [
        number
        for number in places_of(postfix.value(name, service), MapName.RECIPIENT_ACCESS)
        if elements[number - 1] == "check_recipient_access"
    ]
    if not places:
        yield PostfixFault(
            f"{where} does not ask about groups, so every client may post to all of them: begin it "
            f"with check_recipient_access {map_in_main_cf(MapName.RECIPIENT_ACCESS)}"
        )
        return
    for element in elements[: places[0] - 1]:
        if element.startswith("permit"):
            yield PostfixFault(
                f"{where} has {element} before check_recipient_access, so whom it permits may post "
                "to every group: put it behind"
            )
        elif element.startswith("check_"):
            yield PostfixFault(
                f"{where} has {element} before check_recipient_access, and what it permits may "
                "post to every group: put it behind",
                is_grave=False,
            )
    if GROUP in elements or _asked(" ".join(elements[places[0] + 1 :])) is not None:
        yield from _asks_about_all(postfix, where, elements)


def _asks_about_all(
    postfix: PostfixConfiguration, where: str, elements: Sequence[str]
) -> Iterator[PostfixFault]:
    """The service defers what is no group: it must be asked by the classes only."""
    ours = _asked(postfix.value(GROUP))
    asks = [
        element
        for number, element in enumerate(elements)
        if element == GROUP
        or (element == "check_policy_service" and _asked(" ".join(elements[number:])) == ours)
    ]
    if asks:
        yield PostfixFault(
            f"{where} asks the policy service about every recipient, and it defers what is no "
            f"group: take {asks[0]} out"
        )


def sender_faults(postfix: PostfixConfiguration, service: Service) -> Iterator[PostfixFault]:
    """Nobody signs in as one account and sends as another."""
    name = "smtpd_sender_restrictions"
    before = _before_permit(split_list(postfix.value(name, service)))
    if not before & {"reject_sender_login_mismatch", "reject_authenticated_sender_login_mismatch"}:
        yield PostfixFault(
            f"{_where(name, service)} lets clients sign in as one account and send as another: "
            "begin it with reject_authenticated_sender_login_mismatch"
        )


def _before_permit(elements: Sequence[str]) -> set[str]:
    found = set()
    for element in elements:
        if element.startswith("permit"):
            break
        found.add(element)
    return found


def _where(name: str, service: Service) -> str:
    if name in service.overrides:
        return f"{name} of {service.name} in master.cf"
    return f"{name} of {service.name}"
