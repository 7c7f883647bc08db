"""What is wrong in the configuration of Postfix, each with the line that mends it.

It is compared with ``postfix/main.cf`` and ``postfix/master.cf`` where a difference opens groups,
loses mail or delivers it to others; all else is the operator's.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.postfix_configuration import (
    PostfixConfiguration,
    Service,
    look_up,
    read_configuration,
    read_table,
    split_list,
)
from contactsgroups.services.checks import largest_native_group
from contactsgroups.services.delivery.published_maps import CLOSED_GROUP, MapName, open_snapshot

LMTP_TRANSPORT = "contactsgroups"
GROUP = "contactsgroups_group"
"""The restriction class of a group that Postfix expands."""

_SHOWN = 5  # addresses in a text
_MANY = 256  # machines that are trusted without a login
_HOST_KINDS = ("lmdb", "mysql", "pgsql", "sqlite")

_MAPS = {
    "virtual_mailbox_domains": MapName.VIRTUAL_DOMAINS,
    "virtual_mailbox_maps": MapName.VIRTUAL_MAILBOX,
    "virtual_alias_maps": MapName.VIRTUAL_ALIAS,
    "transport_maps": MapName.TRANSPORT,
    "smtpd_sender_login_maps": MapName.SENDER_LOGIN,
}
_REWRITING = ("virtual_alias_maps", "canonical_maps", "recipient_canonical_maps", "alias_maps")


@dataclass(frozen=True, slots=True)
class Served:
    """What contactsgroups serves here, as far as Postfix must agree with it."""

    maps: Path
    policy_socket: str
    lmtp_socket: str
    reinject: str
    trusted_networks: str
    domains: Collection[str]
    groups: Collection[str]
    """Addresses of groups, in each spelling."""
    largest: tuple[str, int] | None
    """The largest group that Postfix expands, and how many mailboxes it reaches."""


@dataclass(frozen=True, slots=True)
class PostfixFault:
    """Something that is wrong; ``is_grave`` says that mail goes wrong, not only that it may."""

    text: str
    is_grave: bool = True


def inspect_postfix(core: Core) -> list[PostfixFault]:
    """Compare this machine's Postfix, if it has one, with what is served here.

    Raises:
        Unavailable: the database does not answer.
    """
    postfix = read_configuration()
    return [] if postfix is None else list(find_faults(postfix, _served_by(core)))


def _served_by(core: Core) -> Served:
    with open_snapshot(core.database) as snapshot:
        access = snapshot.read_rows(MapName.RECIPIENT_ACCESS)
        groups = [key for key, answer in access if answer in {GROUP, CLOSED_GROUP}]
        domains = [key for key, _ in snapshot.read_rows(MapName.VIRTUAL_DOMAINS)]
    return Served(
        core.settings.effective_maps_directory,
        core.settings.effective_policy_socket,
        core.settings.effective_lmtp_socket,
        core.settings.reinject,
        core.settings.trusted_networks,
        domains,
        groups,
        largest_native_group(core.database),
    )


def find_faults(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    """Yield what is wrong.

    Looks groups and domains up in the other tables that Postfix is told to use.  A Postfix that
    uses none of our maps is not ours, whatever it does.
    """
    yield from _limits(postfix, served)
    yield from _chroot(postfix, served)
    if not any(_places(postfix.value(name), wanted) for name, wanted in _MAPS.items()):
        return
    yield from _maps(postfix, served)
    yield from _values(postfix)
    yield from _classes(postfix, served)
    for service in postfix.running("smtpd"):
        if "no_address_mappings" not in postfix.value("receive_override_options", service):
            yield from _recipient_restrictions(postfix, service)
            yield from _sender_restrictions(postfix, service)
    yield from _lmtp_lane(postfix, served)
    yield from _sendmail(postfix)
    yield from _other_tables(postfix, served)
    yield from _names_and_networks(postfix, served)


def _limits(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    address, count = served.largest or ("", 0)
    for name in ("virtual_alias_expansion_limit", "duplicate_filter_limit"):
        value = postfix.value(name)
        if value.isdecimal() and count > int(value):
            text = f"{address} reaches {count} mailboxes, but Postfix's {name} is {value}"
            yield PostfixFault(f"{text}: postconf -e '{name} = 100000'", is_grave=False)


def _chroot(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    chroot = Path(postfix.value("queue_directory")).resolve()
    sockets = {"policy_socket": served.policy_socket, "lmtp_socket": served.lmtp_socket}
    for setting, place in sockets.items():
        path = Path(place).resolve()
        is_hidden = path.is_socket() and not path.is_relative_to(chroot)
        if is_hidden and any(each.is_in_chroot for each in postfix.running("smtpd")):
            text = f"Postfix cannot see {path}: its daemons are in a chroot, {chroot}"
            yield PostfixFault(f"{text}: set {setting} to a place in it", is_grave=False)


def _places(value: str, name: MapName) -> list[int]:
    """Return where in a list our map of this name stands, published or read from the database."""
    files = {name, f"{name}.cf"}
    elements = enumerate(split_list(value))
    return [number for number, each in elements if each.rpartition("/")[2] in files]


def _maps(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    for parameter, name in _MAPS.items():
        elements = split_list(postfix.value(parameter))
        places = _places(postfix.value(parameter), name)
        if not places:
            yield _missing(f"{parameter} lacks our map {name}", parameter, _line(name, "${", "}"))
        for table in (elements[place] for place in places):
            kind, _, path = table.removeprefix("proxy:").partition(":")
            if kind not in _HOST_KINDS:
                yield PostfixFault(
                    f"{parameter} reads {table}, which contactsgroups does not write: "
                    "postconf -e 'contactsgroups_maps = "
                    f"lmdb:{served.maps}/' 'contactsgroups_suffix ='"
                )
            elif kind == "lmdb" and Path(path).parent.resolve() != served.maps.resolve():
                yield PostfixFault(
                    f"{parameter} reads {table}, but the maps are published in {served.maps}: "
                    f"postconf -e 'contactsgroups_maps = lmdb:{served.maps}/'"
                )


def _line(name: MapName, before: str, behind: str) -> str:
    return f"{before}contactsgroups_maps{behind}{name}{before}contactsgroups_suffix{behind}"


def _missing(text: str, parameter: str, value: str) -> PostfixFault:
    return PostfixFault(f"{text}: add {value} to {parameter} in main.cf")


_VALUES: tuple[tuple[str, str, str, bool], ...] = (
    ("recipient_delimiter", "+", "the policy service reads group+word@ so", True),
    ("allow_percent_hack", "no", "group%domain would be rewritten after it was looked up", True),
    ("swap_bangpath", "no", "domain!group would be rewritten after it was looked up", True),
    ("virtual_alias_domains", "", "our domains would have to be in two lists", False),
    (
        "enable_original_recipient",
        "no",
        "members of several groups would get several copies",
        False,
    ),
    (
        "propagate_unmatched_extensions",
        "canonical",
        "a word behind the group's name would be passed on to its members",
        False,
    ),
)


def _values(postfix: PostfixConfiguration) -> Iterator[PostfixFault]:
    for name, wanted, why, is_grave in _VALUES:
        if postfix.value(name) != wanted:
            shown = postfix.value(name) or "empty"
            mend = f"postconf -e '{name} = {wanted}'".replace("= '", "='")
            yield PostfixFault(f"{name} is {shown}, so {why}: {mend}", is_grave)


def _classes(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    """Both classes are declared, ask the service, and the second one lets nothing pass."""
    declared = split_list(postfix.value("smtpd_restriction_classes"))
    for name in (GROUP, CLOSED_GROUP):
        if name not in declared:
            yield _missing(f"{name} is not declared", "smtpd_restriction_classes", name)
            continue
        asked = _asked(postfix.value(name))
        if asked is None:
            yield PostfixFault(
                f"{name} does not begin with check_policy_service, so what it says comes too "
                "late: take it over from postfix/main.cf"
            )
        elif not _is_same_place(postfix, asked, served.policy_socket):
            yield PostfixFault(
                f"{name} asks {asked}, but the policy service listens at {served.policy_socket}: "
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


def _recipient_restrictions(
    postfix: PostfixConfiguration, service: Service
) -> Iterator[PostfixFault]:
    """The map of groups is asked before anything may permit."""
    name = "smtpd_recipient_restrictions"
    elements = split_list(postfix.value(name, service))
    where = _where(name, service)
    places = [
        number
        for number in _places(postfix.value(name, service), MapName.RECIPIENT_ACCESS)
        if elements[number - 1] == "check_recipient_access"
    ]
    if not places:
        yield PostfixFault(
            f"{where} does not ask about groups, so every client may post to all of them: begin it "
            f"with check_recipient_access {_line(MapName.RECIPIENT_ACCESS, '${', '}')}"
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


def _sender_restrictions(postfix: PostfixConfiguration, service: Service) -> Iterator[PostfixFault]:
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


def _lmtp_lane(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    """There is a way to the LMTP server, and one back that expands and decides nothing again."""
    if not any(each.name == f"{LMTP_TRANSPORT}/unix" for each in postfix.services):
        yield PostfixFault(
            f"master.cf has no transport {LMTP_TRANSPORT}, so mail to groups waits in the queue: "
            "take it over from postfix/master.cf"
        )
    places = {served.reinject, served.reinject.rpartition(":")[2]}
    back = [each for each in postfix.running("smtpd") if each.name.removesuffix("/inet") in places]
    if not back:
        yield PostfixFault(
            f"master.cf has no SMTP server at {served.reinject}, so copies for members cannot be "
            "handed back: take it over from postfix/master.cf, or set reinject"
        )
    for service in back:
        options = split_list(postfix.value("receive_override_options", service))
        if not {"no_address_mappings", "no_unknown_recipient_checks"} <= set(options):
            yield PostfixFault(
                f"{service.name} in master.cf takes copies for members, but lacks "
                "no_address_mappings and no_unknown_recipient_checks in receive_override_options"
            )


def _sendmail(postfix: PostfixConfiguration) -> Iterator[PostfixFault]:
    """Mail from sendmail(1), which no policy service sees, must not be expanded."""
    for pickup in postfix.running("pickup"):
        cleanup = f"{postfix.value('cleanup_service_name', pickup)}/unix"
        service = next((each for each in postfix.services if each.name == cleanup), None)
        expanding = "" if service is None else postfix.value("virtual_alias_maps", service)
        if service is None or _places(expanding, MapName.VIRTUAL_ALIAS):
            yield PostfixFault(
                "programs of this machine may post to every group with sendmail(1): "
                "postconf -P pickup/unix/cleanup_service_name=lcleanup, "
                "and the two lines for lcleanup in docs/postfix.md"
            )


def _other_tables(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    """The operator's own tables must not answer for groups, nor lead to them."""
    for parameter in ("virtual_alias_maps", "transport_maps"):
        for table in _before_ours(postfix.value(parameter), _MAPS[parameter]):
            if found := look_up(table, served.groups):
                yield PostfixFault(
                    f"{table} in {parameter} answers for {_listed(found)} before our map: "
                    "take that out, or put the table behind"
                )
    for parameter in _REWRITING:
        for table in _not_ours(postfix.value(parameter)):
            yield from _catch_alls(parameter, table, served)
            yield from _ways_round(parameter, table, served)


def _before_ours(value: str, name: MapName) -> list[str]:
    places = _places(value, name)
    return split_list(value)[: places[0]] if places else []


def _not_ours(value: str) -> list[str]:
    ours = {place for name in MapName for place in _places(value, name)}
    return [each for number, each in enumerate(split_list(value)) if number not in ours]


def _catch_alls(parameter: str, table: str, served: Served) -> Iterator[PostfixFault]:
    if parameter == "alias_maps":  # Of aliases(5), which have no domains.
        return
    if found := look_up(table, [f"@{each}" for each in served.domains]):
        yield PostfixFault(
            f"{table} in {parameter} has {_listed(found)}, which takes the mail of all accounts "
            "there, and of the members of groups: give each account an entry for itself before it, "
            "or take it out"
        )


def _ways_round(parameter: str, table: str, served: Served) -> Iterator[PostfixFault]:
    groups = set(served.groups)
    ways = [
        f"{key} to {target}"
        for key, value in read_table(table).items()
        for target in split_list(value)
        if _lower(target) in groups and _lower(key) != _lower(target)
    ]
    if ways:
        yield PostfixFault(
            f"{table} in {parameter} leads round the check of who may post: {_listed(ways)}. Mail "
            "gets in unasked, or waits without its sender's login. Make it an alias or a group in "
            "contactsgroups instead"
        )


def _lower(text: str) -> str:
    return text.casefold()


def _names_and_networks(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    if (origin := _lower(postfix.value("myorigin"))) in served.domains:
        yield PostfixFault(
            f"myorigin is {origin}, so that a bare postmaster reaches a group of that name "
            "unasked: postconf -e 'myorigin = $myhostname'"
        )
    for text in served.trusted_networks.split():
        network = ip_network(text)
        if network.num_addresses > _MANY and not network.is_loopback:
            yield PostfixFault(
                f"trusted_networks has {text}: whatever sender a machine there names is believed. "
                "Name the machines that need it, and none that relays mail from outside",
                is_grave=False,
            )


def _listed(found: Collection[str]) -> str:
    names = sorted(found)
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
