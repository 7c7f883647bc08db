"""The command that says what would become of a message to a group, why, and who would get it."""

from collections.abc import Iterator
from typing import BinaryIO

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import with_core
from contactsgroups.domain.message_header import is_automatic_reply, read_fields
from contactsgroups.domain.posting import Lane
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups.delivery_preview import PreviewRow, Way, preview_delivery
from contactsgroups.services.groups.posting_preview import Proof, Verdict, preview_posting

_PAGE = 200
_PROOFS = {
    Proof.SIGNED_IN: "signed in",
    Proof.NONE: "not signed in",
    Proof.TRUSTED: "from a trusted network",
    Proof.AUTOMATIC: "an automatic message",
}
_LANES = {
    Lane.NATIVE: "native: Postfix expands the group by virtual_alias_maps",
    Lane.LMTP: "LMTP: the LMTP server reads the header, decides again and hands copies to Postfix",
    Lane.NONE: "none: the group takes no mail now",
}


@click.command()
@click.argument("sender")
@click.argument("group")
@click.option(
    "--login/--no-login",
    default=None,
    help="The sender has signed in, or has not.  [default: signed in, if it is an account here]",
)
@click.option("--trusted", is_flag=True, help="It comes from one of trusted_networks.")
@click.option(
    "--message",
    type=click.File("rb"),
    metavar="FILE",
    help="The message, whose header says whether it is an automatic one; - is standard input.",
)
@with_core
def explain(
    core: Core,
    sender: str,
    group: str,
    login: bool | None,
    trusted: bool,
    message: BinaryIO | None,
) -> None:
    """Say what would become of a message from SENDER to GROUP, and who would get a copy.

    Printed are the decision with what was asked for it, the lane that the message would take, and
    each recipient with the ways to it. SENDER may be "<>", the null sender of bounces.
    """
    details = groups.find_group(core.database, OPERATOR, group)
    proof = _proof_of(login, trusted, message)
    verdict = preview_posting(core.database, OPERATOR, details.uuid, sender=sender, proof=proof)
    for line in _explain(verdict):
        click.echo(line)
    for row in _rows(core, details.uuid):
        click.echo(f"  {_describe(row)}")


def _proof_of(login: bool | None, trusted: bool, message: BinaryIO | None) -> Proof | None:
    """Return what the options say of the sender; None for what is usual."""
    if message is not None and is_automatic_reply(read_fields(message.read())):
        return Proof.AUTOMATIC
    if trusted:
        return Proof.TRUSTED
    if login is None:
        return None
    return Proof.SIGNED_IN if login else Proof.NONE


def _explain(verdict: Verdict) -> Iterator[str]:
    decision = verdict.decision
    sender = "<>" if verdict.sender is None else verdict.sender.original
    yield f"sender:    {sender}, {_PROOFS[verdict.proof]}"
    by = f" (says {verdict.decided_by}, inside)" if verdict.decided_by else ""
    yield f"decision:  {decision.action}: {decision.reason}{by}"
    yield from (f"           {step}" for step in decision.trace[:-1])
    yield f"lane:      {_LANES[verdict.lane]}"
    yield "recipients:"


def _rows(core: Core, uuid: str) -> Iterator[PreviewRow]:
    """Yield who gets a copy, and who is left out, in the order of their addresses."""
    after: str | None = ""
    while after is not None:
        page = preview_delivery(core.database, OPERATOR, uuid, after=after, limit=_PAGE)
        yield from page.rows
        after = page.next_after


def _describe(row: PreviewRow) -> str:
    if row.silence is not None:
        return f"{row.original}  left out: {row.silence}"
    more = row.way_count - len(row.ways)
    ways = [_describe_way(each) for each in row.ways]
    return f"{row.original}  {'; '.join(ways)}{f'; {more} more ways' if more else ''}"


def _describe_way(way: Way) -> str:
    parts = [*(f"through {name}" for name in way.groups)]
    if way.alias:
        parts.append(f"as {way.alias}")
    return ", ".join(parts) or "directly"


COMMANDS = (explain,)
