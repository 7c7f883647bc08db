"""What is wrong in the configuration of Postfix, each with the line that mends it.

It is compared with ``postfix/main.cf`` and ``postfix/master.cf`` where a difference opens groups,
loses mail or delivers it to others; all else is the operator's.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from contactsgroups.bootstrap import Core
from contactsgroups.delivery.listening import split_port
from contactsgroups.delivery.postfix_configuration import (
    PostfixConfiguration,
    PostfixFault,
    Service,
    Unreadable,
    look_up,
    map_in_main_cf,
    missing,
    places_of,
    read_configuration,
    read_table,
    split_list,
)
from contactsgroups.delivery.postfix_restrictions import (
    CLASSES,
    class_faults,
    is_behind_a_filter,
    recipient_faults,
    sender_faults,
)
from contactsgroups.services.checks import largest_native_group
from contactsgroups.services.delivery.published_maps import (
    LMTP_PLACE,
    MapName,
    open_snapshot,
)

LMTP_TRANSPORT = "contactsgroups"

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


def inspect_postfix(core: Core) -> list[PostfixFault]:
    """Compare this machine's Postfix, if it has one, with what is served here.

    Raises:
        Unavailable: the database does not answer.
    """
    try:
        postfix = read_configuration()
    except Unreadable as error:
        return [PostfixFault(f"Postfix's configuration cannot be read: {error}", is_grave=False)]
    return [] if postfix is None else list(find_faults(postfix, _served_by(core)))


def _served_by(core: Core) -> Served:
    with open_snapshot(core.database) as snapshot:
        access = snapshot.read_rows(MapName.RECIPIENT_ACCESS)
        groups = [key for key, answer in access if answer in CLASSES]
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
    if not any(places_of(postfix.value(name), wanted) for name, wanted in _MAPS.items()):
        return
    yield from _maps(postfix, served)
    yield from _values(postfix)
    yield from class_faults(postfix, served.policy_socket)
    for service in postfix.running("smtpd"):
        if not (_takes_copies(service, served) or is_behind_a_filter(postfix, service)):
            yield from recipient_faults(postfix, service)
            yield from sender_faults(postfix, service)
    yield from _lmtp_lane(postfix, served)
    yield from _sendmail(postfix)
    yield from _other_tables(postfix, served)
    yield from _names_and_networks(postfix, served)


def _takes_copies(service: Service, served: Served) -> bool:
    """Whether it is the SMTP server that the LMTP server hands copies back to."""
    port = served.reinject.rpartition(":")[2]
    return service.name.removesuffix("/inet") in {served.reinject, port}


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


def _maps(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    for parameter, name in _MAPS.items():
        elements = split_list(postfix.value(parameter))
        places = places_of(postfix.value(parameter), name)
        if not places:
            yield missing(f"{parameter} lacks our map {name}", parameter, map_in_main_cf(name))
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


def _lmtp_lane(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    """There is a way to the LMTP server, and one back that expands and decides nothing again."""
    if not any(each.name == f"{LMTP_TRANSPORT}/unix" for each in postfix.services):
        yield PostfixFault(
            f"master.cf has no transport {LMTP_TRANSPORT}, so mail to groups waits in the queue: "
            "take it over from postfix/master.cf"
        )
    yield from _lmtp_socket(postfix, served)
    back = [each for each in postfix.running("smtpd") if _takes_copies(each, served)]
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
        is_asked = places_of(
            postfix.value("smtpd_recipient_restrictions", service), MapName.RECIPIENT_ACCESS
        )
        if not is_asked or {postfix.value(each, service) for each in CLASSES} != {"defer"}:
            yield PostfixFault(
                f"{service.name} in master.cf takes messages to groups, so a program of this "
                "machine may pass for whoever signed in from it: take its restrictions over from "
                "postfix/master.cf"
            )


def _lmtp_socket(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    """Where the LMTP server listens is where the map transport says."""
    named = Path(postfix.value("queue_directory"), LMTP_PLACE.removeprefix("unix:"))
    is_path = split_port(served.lmtp_socket) is None
    if is_path and Path(served.lmtp_socket).resolve() != named.resolve():
        yield PostfixFault(
            f"lmtp_socket is {served.lmtp_socket}, but Postfix looks for {named}, so mail to "
            "groups waits in the queue: set lmtp_socket to that"
        )


def _sendmail(postfix: PostfixConfiguration) -> Iterator[PostfixFault]:
    """Mail from sendmail(1), which no policy service sees, must not be expanded."""
    for pickup in postfix.running("pickup"):
        cleanup = f"{postfix.value('cleanup_service_name', pickup)}/unix"
        service = next((each for each in postfix.services if each.name == cleanup), None)
        expanding = "" if service is None else postfix.value("virtual_alias_maps", service)
        if service is None or places_of(expanding, MapName.VIRTUAL_ALIAS):
            yield PostfixFault(
                "programs of this machine may post to every group with sendmail(1): "
                "postconf -P pickup/unix/cleanup_service_name=lcleanup, "
                "and the two lines for lcleanup in docs/postfix.md"
            )


def _other_tables(postfix: PostfixConfiguration, served: Served) -> Iterator[PostfixFault]:
    """The operator's own tables must not answer for groups, nor lead to them."""
    for parameter in ("virtual_alias_maps", "transport_maps"):
        for table in _before_ours(postfix.value(parameter), _MAPS[parameter]):
            yield from _reading(table, _answers, parameter, served)
    for parameter in _REWRITING:
        for table in _not_ours(postfix.value(parameter)):
            yield from _reading(table, _catch_alls, parameter, served)
            yield from _reading(table, _ways_round, parameter, served)


_Inspect = Callable[[str, str, Served], Iterator[PostfixFault]]


def _reading(
    table: str, inspect: _Inspect, parameter: str, served: Served
) -> Iterator[PostfixFault]:
    """Yield what is wrong in a table, or that this is not known."""
    try:
        yield from inspect(parameter, table, served)
    except Unreadable as error:
        text = f"{table} in {parameter} cannot be looked through, run this as root: {error}"
        yield PostfixFault(text, is_grave=False)


def _answers(parameter: str, table: str, served: Served) -> Iterator[PostfixFault]:
    if found := look_up(table, served.groups):
        yield PostfixFault(
            f"{table} in {parameter} answers for {_listed(found)} before our map: "
            "take that out, or put the table behind"
        )


def _before_ours(value: str, name: MapName) -> list[str]:
    places = places_of(value, name)
    return split_list(value)[: places[0]] if places else []


def _not_ours(value: str) -> list[str]:
    ours = {place for name in MapName for place in places_of(value, name)}
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
