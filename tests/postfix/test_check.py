"""What is wrong in a Postfix's configuration is found, each fault with the line that mends it."""

import re
from collections.abc import Callable

import pytest

from contactsgroups.delivery import postfix_faults
from contactsgroups.delivery.postfix_configuration import Unreadable, read_configuration
from contactsgroups.delivery.postfix_faults import PostfixFault, inspect_postfix
from tests.directories import add_group
from tests.postfix.conftest import MailSystem, switch
from tests.servers.postfix import PrivatePostfix

Change = Callable[[PrivatePostfix], None]


@pytest.fixture
def checked(configured: MailSystem, monkeypatch: pytest.MonkeyPatch) -> MailSystem:
    """Configured as documented, with two groups; what inspects it is told where it is."""
    people = ["ada@example.org", "bob@example.org"]
    add_group(configured.database, "team@example.org", *people, ignore_auto_replies=False)
    off = add_group(configured.database, "off@example.org", "ada@example.org")
    switch(configured.database, off, disabled=True)
    configured.publish()
    monkeypatch.setenv("MAIL_CONFIG", str(configured.postfix.root / "etc"))
    return configured


def faults(mail: MailSystem) -> list[PostfixFault]:
    mail.postfix.write_configuration()
    return inspect_postfix(mail.core)


def test_what_is_configured_as_documented_has_no_fault(checked: MailSystem) -> None:
    assert faults(checked) == []


def test_a_postfix_that_has_nothing_of_ours_is_none_of_our_business(
    postfix: PrivatePostfix, checked: MailSystem
) -> None:
    checked.postfix.main_cf = PrivatePostfix.__dict__["_own_parameters"](postfix)
    assert faults(checked) == []


def setting(name: str, value: str) -> Change:
    """Set a parameter of main.cf; ``{}`` is what was there."""

    def change(postfix: PrivatePostfix) -> None:
        postfix.main_cf[name] = value.replace("{}", postfix.main_cf.get(name, ""))

    return change


def submission(*overrides: str, name: str = "submission") -> Change:
    """Add Debian's submission service, or another one, with options of its own."""

    def change(postfix: PrivatePostfix) -> None:
        options = "".join(f"\n  -o {each}" for each in overrides)
        postfix.master_cf += f"\n{name} inet n - y - - smtpd{options}\n"

    return change


def table(parameter: str, entries: dict[str, str], *, first: bool = False) -> Change:
    """Give a parameter one more table, of the operator's own."""

    def change(postfix: PrivatePostfix) -> None:
        own = postfix.write_table("own", entries)
        before = postfix.main_cf.get(parameter, "")
        postfix.main_cf[parameter] = f"{own}, {before}" if first else f"{before}, {own}".strip(", ")

    return change


def without_lcleanup(postfix: PrivatePostfix) -> None:
    postfix.master_cf = postfix.master_cf.replace("cleanup_service_name=lcleanup", "x=y")


def lcleanup_that_expands(postfix: PrivatePostfix) -> None:
    postfix.master_cf = postfix.master_cf.replace("aliases_only", "virtual_alias")


def without_transport(postfix: PrivatePostfix) -> None:
    postfix.master_cf = postfix.master_cf.replace("\ncontactsgroups ", "\nothers ")


def without_the_way_back(postfix: PrivatePostfix) -> None:
    postfix.master_cf = re.sub(r"^127.*\n( .*\n?)*", "", postfix.master_cf, flags=re.MULTILINE)


def that_maps_again(postfix: PrivatePostfix) -> None:
    postfix.master_cf = postfix.master_cf.replace("no_unknown_recipient_checks,", "")


def that_takes_groups(postfix: PrivatePostfix) -> None:
    postfix.master_cf = postfix.master_cf.replace("contactsgroups_group=defer", "x=y")


RESTRICTIONS, CLASSES = "smtpd_recipient_restrictions", "smtpd_restriction_classes"
MISTAKES: list[tuple[Change, str]] = [
    (setting(RESTRICTIONS, "permit_mynetworks, {}"), "has permit_mynetworks before"),
    (setting(RESTRICTIONS, "permit_sasl_authenticated {}"), "has permit_sasl_authenticated before"),
    (
        setting(RESTRICTIONS, "check_client_access texthash:/x, {}"),
        "has check_client_access",
    ),
    (setting(RESTRICTIONS, "reject_non_fqdn_recipient"), "does not ask about groups"),
    (setting(RESTRICTIONS, ""), "does not ask about groups"),
    (setting(RESTRICTIONS, "{}, contactsgroups_group"), "asks the policy service about every"),
    (
        setting(
            RESTRICTIONS, "{}, check_policy_service { unix:contactsgroups/policy.sock, timeout=9s }"
        ),
        "asks the policy service about every",
    ),
    (submission("smtpd_recipient_restrictions="), "of submission/inet in master.cf does not ask"),
    (
        submission("smtpd_recipient_restrictions=permit_sasl_authenticated,reject"),
        "of submission/inet in master.cf does not ask about groups",
    ),
    (submission("smtpd_sender_restrictions="), "smtpd_sender_restrictions of submission/inet"),
    (setting("smtpd_sender_restrictions", "permit_mynetworks, {}"), "sign in as one account"),
    (
        setting(CLASSES, "contactsgroups_group, contactsgroups_held_group"),
        "contactsgroups_closed_group is not declared",
    ),
    (setting("contactsgroups_closed_group", "${contactsgroups_group}"), "not end with defer"),
    (setting("contactsgroups_group", "permit_mynetworks, {}"), "begin with check_policy_service"),
    (
        setting("contactsgroups_group", "check_policy_service inet:127.0.0.1:9"),
        "asks inet:127.0.0.1:9, but the policy service listens at",
    ),
    (setting("recipient_delimiter", ""), "recipient_delimiter is empty"),
    (setting("recipient_delimiter", "-"), "recipient_delimiter is -"),
    (setting("allow_percent_hack", "yes"), "postconf -e 'allow_percent_hack = no'"),
    (setting("swap_bangpath", "yes"), "postconf -e 'swap_bangpath = no'"),
    (setting("enable_original_recipient", "yes"), "several copies"),
    (setting("propagate_unmatched_extensions", "canonical, virtual"), "passed on to its members"),
    (setting("virtual_alias_domains", "$virtual_alias_maps"), "virtual_alias_domains is"),
    (setting("virtual_alias_maps", ""), "virtual_alias_maps lacks our map virtual_alias"),
    (setting("transport_maps", ""), "transport_maps lacks our map transport"),
    (setting("smtpd_sender_login_maps", ""), "smtpd_sender_login_maps lacks our map"),
    (setting("contactsgroups_maps", "texthash:/var/lib/contactsgroups/maps/"), "does not write"),
    (setting("contactsgroups_maps", "lmdb:/elsewhere/"), "but the maps are published in"),
    (
        submission("smtpd_recipient_restrictions=", "receive_override_options=no_address_mappings"),
        "of submission/inet in master.cf does not ask",
    ),
    (
        submission("smtpd_recipient_restrictions=permit_mynetworks,reject", name="10025"),
        "of 10025/inet in master.cf does not ask",
    ),
    (that_takes_groups, "may pass for whoever signed in from it"),
    (without_transport, "has no transport contactsgroups"),
    (without_the_way_back, "has no SMTP server at 127.0.0.1:"),
    (that_maps_again, "no_unknown_recipient_checks in receive_override_options"),
    (without_lcleanup, "with sendmail(1)"),
    (lcleanup_that_expands, "with sendmail(1)"),
    (table("virtual_alias_maps", {"@example.org": "eve@example.org"}), "has @example.org, which"),
    (table("virtual_alias_maps", {"list@example.com": "Team@example.org"}), "list@example.com to"),
    (
        table("virtual_alias_maps", {"off@example.org": "x@y.example"}, first=True),
        "answers for off",
    ),
    (table("transport_maps", {"team@example.org": "smtp:"}, first=True), "answers for team@"),
    (table("canonical_maps", {"l@example.com": "team@example.org"}), "leads round"),
    (table("recipient_canonical_maps", {"l@example.com": "off@example.org"}), "leads round"),
    (
        table("alias_maps", {"root": "ada@example.org, team@example.org"}),
        "root to team",
    ),
    (setting("myorigin", "example.org"), "myorigin is example.org"),
]


@pytest.mark.parametrize(("mistake", "text"), MISTAKES, ids=[text for _, text in MISTAKES])
def test_each_mistake_is_found_and_nothing_beside_it(
    checked: MailSystem, mistake: Change, text: str
) -> None:
    mistake(checked.postfix)
    found = faults(checked)
    assert found, "nothing was found"
    assert all(text in each.text for each in found), found


@pytest.mark.parametrize(
    "change",
    [
        setting(RESTRICTIONS, "{}, permit_mynetworks, reject_rbl_client bl.example"),
        setting(RESTRICTIONS, "reject_unknown_recipient_domain, {}"),
        setting(CLASSES, "mine, {}"),
        submission("syslog_name=postfix/submission", "smtpd_relay_restrictions=permit"),
        submission("smtpd_recipient_restrictions=permit_mynetworks,reject", name="127.0.0.1:10025"),
        submission("smtpd_recipient_restrictions=permit_mynetworks,reject", name="[::1]:10025"),
        setting("receive_override_options", "no_address_mappings"),
        table("virtual_alias_maps", {"abuse@example.com": "ada@example.org"}),
        table("transport_maps", {"example.com": "smtp:[mail.example.com]"}, first=True),
        setting("alias_maps", "texthash:/nowhere/aliases"),
    ],
)
def test_what_is_the_operators_own_is_let_be(checked: MailSystem, change: Change) -> None:
    change(checked.postfix)
    assert faults(checked) == []


def test_a_table_that_may_not_be_read_is_named(
    checked: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    table("virtual_alias_maps", {"abuse@example.com": "ada@example.org"})(checked.postfix)

    def refuse(name: str, *_: object) -> dict[str, str]:
        raise Unreadable(f"postmap: fatal: open {name}: Permission denied")

    monkeypatch.setattr(postfix_faults, "look_up", refuse)
    (fault,) = faults(checked)
    assert "cannot be looked through, run this as root" in fault.text
    assert not fault.is_grave


def test_groups_beyond_what_postfix_expands_are_named(checked: MailSystem) -> None:
    checked.postfix.main_cf["virtual_alias_expansion_limit"] = "1"
    (fault,) = faults(checked)
    assert fault.text.startswith(
        "team@example.org reaches 2 mailboxes, but Postfix's virtual_alias"
    )
    assert not fault.is_grave


def test_wide_networks_without_a_login_are_named(
    checked: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(checked.core.settings), "trusted_networks", "10.0.0.0/8 127.0.0.0/8")
    (fault,) = faults(checked)
    assert "trusted_networks has 10.0.0.0/8" in fault.text


def test_a_socket_where_postfix_does_not_look_is_named(
    checked: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = type(checked.core.settings)
    monkeypatch.setattr(chosen, "effective_lmtp_socket", "/elsewhere/lmtp.sock")
    (fault,) = faults(checked)
    assert fault.text.startswith("lmtp_socket is /elsewhere/lmtp.sock, but Postfix looks for ")
    monkeypatch.setattr(chosen, "effective_lmtp_socket", "127.0.0.1:10024")
    assert faults(checked) == []


def test_a_machine_without_postfix_has_nothing_to_inspect(
    checked: MailSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_CONFIG", str(checked.postfix.root / "nowhere"))
    assert read_configuration() is None
    assert inspect_postfix(checked.core) == []
